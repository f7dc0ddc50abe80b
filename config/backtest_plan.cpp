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

trading::execution_costs costs_of(const simulated_venue_settings& venue) {
  return {venue.taker_fee_ppb, venue.maker_fee_ppb, venue.slippage_ppb, venue.max_volume_share_ppb};
}

trading::result<trading::backtest_plan, std::string>
make_backtest_plan(const cluster_settings& settings, const account_settings& account,
                   const simulated_venue_settings& venue) {
  auto plan = make_backtest_plan(settings, account, costs_of(venue));
  const auto deposit = venue.deposits.find(account.id);
  plan.pays_from_cash = deposit != venue.deposits.end();
  if (plan.pays_from_cash && deposit->second != account.initial)
    return "the venue's deposits of account " + account.id.str()
           + " are not the balances it begins with: make [deposits." + account.id.str()
           + "] of the venue file and [accounts.initial] of the cluster file the same";
  return plan;
}

} // namespace supreme::config
