#pragma once

#include "tests/support/sanitized.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace supreme::tests {

/// On how many inputs a program's properties run. RC_PARAMS, where set, goes before it ("seed=…
/// max_success=…").
class property_runs : public ::testing::Environment {
public:
  explicit property_runs(int inputs) : inputs_(is_sanitized ? inputs / 5 : inputs) {}

  void SetUp() override {
    constexpr int keep_what_is_set = 0;
    const auto text = "max_success=" + std::to_string(inputs_) + " max_discard_ratio=20";
    ASSERT_EQ(::setenv("RC_PARAMS", text.c_str(), keep_what_is_set), 0);
  }

private:
  int inputs_;
};

} // namespace supreme::tests
