// Most properties here write and sync files.

#include "tests/support/property_runs.hpp"

namespace supreme::tests {
namespace {

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs{500});

} // namespace
} // namespace supreme::tests
