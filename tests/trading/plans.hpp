#pragma once

#include "trading/backtest/plan.hpp"

#include <memory>
#include <string>
#include <utility>

namespace supreme::tests {

/// What the plans of these tests have in common: account main at venue sim with so much USDT.
inline trading::backtest_plan account_plan(const char* cash) {
  trading::backtest_plan plan;
  plan.account = trading::account_id{"main"};
  plan.venue = trading::venue_id{"sim"};
  plan.quote = trading::asset_id{"USDT"};
  plan.initial = {{plan.quote, trading::decimal::literal(cash)}};
  return plan;
}

/// A kind of a test's own strategy that has no parameters.
template <class Strategy>
trading::strategy_kind plain_kind(std::string name, std::string text) {
  return {std::move(name),
          std::move(text),
          {},
          [](const trading::parameters&) -> std::unique_ptr<trading::strategy> {
            return std::make_unique<Strategy>();
          },
          nullptr,
          nullptr};
}

} // namespace supreme::tests
