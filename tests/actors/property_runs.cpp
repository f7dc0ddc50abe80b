// Properties here run on 300 inputs: placement and merging are small, recovery runs a whole replay
// per input. RC_PARAMS, where set, goes before it ("seed=… max_success=…").

#include <gtest/gtest.h>

#include <cstdlib>

namespace supreme::tests {
namespace {

class property_runs : public ::testing::Environment {
public:
  void SetUp() override {
    constexpr int keep_what_is_set = 0;
    ASSERT_EQ(::setenv("RC_PARAMS", "max_success=300 max_discard_ratio=20", keep_what_is_set), 0);
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs);

} // namespace
} // namespace supreme::tests
