#include "commands/backtest_report.hpp"
#include "trading/market/utc_day.hpp"

#include <nlohmann/json.hpp>

namespace supreme::commands {

namespace {

using nlohmann::json;
using trading::backtest_result;

json value(const std::optional<double>& x) { return x ? json(*x) : json{}; }
json value(const std::optional<trading::money>& x) { return x ? json(x->to_string()) : json{}; }
json value(const std::optional<trading::timestamp>& x) { return x ? json(x->to_string()) : json{}; }

json to_json(const trading::position& held) {
  return {{"size", held.size.to_string()},
          {"cost", held.cost.to_string()},
          {"realised_gross", held.realised_gross.to_string()},
          {"fees", held.fees_quote.to_string()},
          {"fills", held.fill_count}};
}

json to_json(const trading::tail_risk& risk) {
  return {{"value_at_risk", value(risk.value_at_risk)},
          {"expected_shortfall", value(risk.expected_shortfall)}};
}

json to_json(const trading::drawdown_statistics& d) {
  return {{"count", d.count},
          {"deepest", value(d.deepest)},
          {"average", value(d.average)},
          {"longest_days", value(d.longest_days)},
          {"average_days", value(d.average_days)},
          {"current", value(d.current)}};
}

json to_json(const trading::trade_statistics& t) {
  return {{"closed", t.count},
          {"wins", t.wins},
          {"losses", t.losses},
          {"max_consecutive_wins", t.max_consecutive_wins},
          {"max_consecutive_losses", t.max_consecutive_losses},
          {"net_profit", value(t.net_profit)},
          {"fees", value(t.fees)},
          {"win_rate", value(t.win_rate)},
          {"best", value(t.best)},
          {"worst", value(t.worst)},
          {"geometric_mean", value(t.geometric_mean)},
          {"expectancy", value(t.expectancy)},
          {"profit_factor", value(t.profit_factor)},
          {"sqn", value(t.system_quality)},
          {"kelly", value(t.kelly)},
          {"mean_days", value(t.mean_days)},
          {"longest_days", value(t.longest_days)}};
}

json monthly(const trading::performance& p) {
  auto out = json::array();
  for (const auto& row : p.months) {
    auto months = json::array();
    for (const auto& month : row.months)
      months.push_back(value(month));
    out.push_back({{"year", row.year}, {"months", std::move(months)}, {"total", value(row.total)}});
  }
  return out;
}

/// The values under the keys that they have had from the beginning.
void add_statistics(json& out, const trading::performance& p) {
  out.update({{"from", value(p.from)},
              {"to", value(p.to)},
              {"start_equity", value(p.start_equity)},
              {"days", p.day_count},
              {"days_per_year", p.days_per_year},
              {"annual_meaningful", is_annual_meaningful(p)},
              {"total_return", value(p.total_return)},
              {"annual_return", value(p.annual_return)},
              {"annual_volatility", value(p.annual_volatility)},
              {"cagr", value(p.cagr)},
              {"cagr_trading_days", value(p.cagr_trading_days)},
              {"sharpe", value(p.sharpe)},
              {"sortino", value(p.sortino)},
              {"calmar", value(p.calmar)},
              {"probabilistic_sharpe", value(p.probabilistic_sharpe)},
              {"best_day", value(p.best_day)},
              {"worst_day", value(p.worst_day)},
              {"skewness", value(p.skewness)},
              {"kurtosis", value(p.kurtosis)},
              {"historical_95", to_json(p.historical_95)},
              {"historical_99", to_json(p.historical_99)},
              {"parametric_95", to_json(p.parametric_95)},
              {"parametric_99", to_json(p.parametric_99)},
              {"max_drawdown", value(p.drawdown.deepest)},
              {"drawdown", to_json(p.drawdown)},
              {"market_return", value(p.market.market_return)},
              {"alpha", value(p.market.alpha)},
              {"beta", value(p.market.beta)},
              {"exposure_time", value(p.exposure_time)},
              {"traded_notional", value(p.traded_notional)},
              {"fees", value(p.fees)},
              {"turnover", value(p.turnover)},
              {"annual_turnover", value(p.annual_turnover)},
              {"monthly_returns", monthly(p)},
              {"trades", to_json(p.trades)}});
}

void add_instruments(json& out, const backtest_result& r) {
  auto positions = json::object();
  auto instruments = json::array();
  for (const auto& i : r.instruments) {
    if (i.held.fill_count > 0)
      positions[i.traded.id.str()] = to_json(i.held);
    instruments.push_back({{"id", i.traded.id.str()},
                           {"base", i.traded.base.str()},
                           {"bars", i.bars},
                           {"mark", i.bars > 0 ? json(i.mark.to_string()) : json{}},
                           {"position", to_json(i.held)}});
  }
  out["positions"] = std::move(positions);
  out["instruments"] = std::move(instruments);
}

json daily(const backtest_result& r) {
  auto out = json::array();
  for (const auto& d : r.days)
    out.push_back({{"day", trading::day_text(d.day)}, {"equity", d.equity.to_string()}});
  return out;
}

json to_json(const trading::contribution& c) {
  return {{"realised_gross", c.realised.to_string()},
          {"unrealised", c.unrealised.to_string()},
          {"fees", c.fees.to_string()},
          {"net", c.net().to_string()}};
}

json strategies(const backtest_result& r) {
  auto out = json::array();
  for (const auto& s : r.strategies) {
    auto& about = out.emplace_back(to_json(r.earned_by(s)));
    about.update({{"id", s.id.str()},
                  {"kind", s.kind},
                  {"parameters", s.parameters},
                  {"fills", s.fills},
                  {"trades", s.trades}});
  }
  return out;
}

template <class Id>
json by_name(const std::map<Id, trading::contribution>& parts) {
  auto out = json::object();
  for (const auto& [id, earned] : parts)
    out[id.str()] = to_json(earned);
  return out;
}

json attribution(const backtest_result& r) {
  return {{"total", to_json(r.earned.total())},
          {"by_strategy", by_name(r.earned.by_strategy())},
          {"by_instrument", by_name(r.earned.by_instrument())},
          {"by_slot", by_name(r.earned.by_slot())}};
}

json trades(const backtest_result& r) {
  auto out = json::array();
  for (const auto& t : r.trades)
    out.push_back({{"strategy", r.strategy_of(t).str()},
                   {"instrument", r.instrument_of(t).id.str()},
                   {"direction", t.trade.direction == trading::side::buy ? "long" : "short"},
                   {"opened_at", t.trade.opened_at.to_string()},
                   {"closed_at", t.trade.closed_at.to_string()},
                   {"size", t.trade.entered.to_string()},
                   {"entry_cost", t.trade.entry_cost.to_string()},
                   {"gross", t.trade.gross.to_string()},
                   {"fees", t.trade.fees.to_string()},
                   {"net", t.trade.net().to_string()},
                   {"fills", t.trade.fill_count},
                   {"entry_reason", r.entry_reason_of(t)},
                   {"exit_reason", r.exit_reason_of(t)}});
  return out;
}

json series(const std::vector<trading::series_bucket>& buckets) {
  auto out = json::array();
  for (const auto& b : buckets)
    out.push_back({{"from", b.from.to_string()},
                   {"to", b.to.to_string()},
                   {"first", b.first.to_string()},
                   {"lowest", b.lowest.to_string()},
                   {"highest", b.highest.to_string()},
                   {"last", b.last.to_string()}});
  return out;
}

} // namespace

json to_json(const backtest_result& r, const setting_lines& inputs) {
  auto refused = json::object();
  auto times = json::array();
  for (const auto& each : r.refusals) {
    refused[each.code] = each.count;
    times.push_back({{"code", each.code},
                     {"count", each.count},
                     {"first", each.first.to_string()},
                     {"last", each.last.to_string()}});
    if (!each.why.empty())
      times.back()["why"] = each.why;
  }
  json out{{"account", r.account.str()},
           {"quote", r.quote.str()},
           {"complete", r.complete},
           {"bars", r.bars},
           {"steps", r.steps},
           {"signals", r.signals},
           {"orders", r.orders},
           {"open_orders", r.open_orders},
           {"expired", r.expired},
           {"unpaid", r.unpaid},
           {"cancelled", r.cancelled},
           {"withdrawn", r.withdrawn},
           {"fills", r.fills},
           {"refusals", std::move(refused)},
           {"refusal_times", std::move(times)},
           {"findings", r.findings},
           {"equity", r.equity.to_string()},
           {"cash", r.cash.to_string()}};
  out["inputs"] = lines_json(inputs);
  add_statistics(out, r.statistics);
  add_instruments(out, r);
  out["strategies"] = strategies(r);
  out["attribution"] = attribution(r);
  out["closed_trades"] = trades(r);
  out["daily_equity"] = daily(r);
  out["equity_curve"] = series(r.equity_curve);
  out["benchmark"] = series(r.benchmark);
  out["exposure"] = series(r.exposure);
  return out;
}

} // namespace supreme::commands
