// RapidCheck's hundred inputs reach too few of the approvals and ties that matter.

#include "tests/support/property_runs.hpp"

namespace supreme::tests {
namespace {

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs{1'000});

} // namespace
} // namespace supreme::tests
