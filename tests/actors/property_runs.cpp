// Placement and merging are small, recovery runs a whole replay per input.

#include "tests/support/property_runs.hpp"

namespace supreme::tests {
namespace {

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs{300});

} // namespace
} // namespace supreme::tests
