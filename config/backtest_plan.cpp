#include "config/backtest_plan.hpp"

#include "trading/check.hpp"

namespace supreme::config {

trading::backtest_plan make_backtest_plan(const cluster_settings& settings,
                                          const account_settings& account,
                                          const trading::execution_costs& costs) {
  trading::backtest_plan plan;
  plan.account = account.id;
  plan.venue = account.venue;
  plan.quote = account.quote;
  plan.initial = account.initial;
  plan.limits = account.limits;
  plan.instrument_limits = account.instrument_limits;
  plan.policy = account.policy;
  plan.instruments = settings.instruments;
  plan.costs = costs;
  for (const auto& s : settings.strategies) {
    if (s.account != account.id)
      continue;
    const auto* kind = trading::find_strategy_kind(s.kind);
    SUPREME_CHECK(kind != nullptr, "a configured strategy's kind exists");
    plan.strategies.push_back({s.id, kind, s.parameters, s.size, s.instruments});
  }
  return plan;
}

} // namespace supreme::config
