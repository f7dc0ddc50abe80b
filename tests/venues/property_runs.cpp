// Every property here runs on five hundred inputs unless RC_PARAMS, where set, says otherwise
// ("seed=… max_success=…"): most of them write and sync files.

#include <gtest/gtest.h>

#include <cstdlib>

namespace supreme::tests {
namespace {

class property_runs : public ::testing::Environment {
public:
  void SetUp() override {
    constexpr int keep_what_is_set = 0;
    ASSERT_EQ(::setenv("RC_PARAMS", "max_success=500", keep_what_is_set), 0);
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new property_runs);

} // namespace
} // namespace supreme::tests
