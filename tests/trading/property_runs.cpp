// Every property here runs on a thousand inputs: RapidCheck's hundred reach too few of the
// approvals and ties that matter. RC_PARAMS, where set, goes before it ("seed=… max_success=…").

#include <gtest/gtest.h>

#include <cstdlib>

namespace supreme::tests {
namespace {

class property_runs : public ::testing::Environment {
public:
  void SetUp() override {
    constexpr int keep_what_is_set = 0;
    ASSERT_EQ(::setenv("RC_PARAMS", "max_success=1000 max_discard_ratio=20", keep_what_is_set), 0);
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs);

} // namespace
} // namespace supreme::tests
