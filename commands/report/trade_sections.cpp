#include "commands/report/number_text.hpp"
#include "commands/report/sections.hpp"
#include "commands/report/table.hpp"
#include "commands/report/trade_prices.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <ostream>

namespace supreme::commands::report {

namespace {

/// profit/entry cost, as statistics define a trade's return.
std::optional<double> return_of(const trading::closed_trade& t) {
  const auto net = net_profit(t);
  return net ? trading::ratio(net->to_double(), t.entry_cost.to_double()) : std::nullopt;
}

} // namespace

void write_trade_statistics(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "trade-statistics", "Trade statistics"};
  const auto& p = result.statistics.trades;
  if (p.count == 0) {
    write_sentence(out, "No trade was closed.");
    return;
  }
  const int digits = money_digits(result.statistics.start_equity);
  out << "<div class=\"pair\">\n";
  table profit{"figures", {{"Profit"}, {"", true}}};
  profit.add({"Net profit, " + result.quote.str(), decimal_text(p.net_profit, digits)});
  profit.add({"Fees, " + result.quote.str(), decimal_text(p.fees, digits)});
  profit.add({"Expectancy", signed_percent_text(p.expectancy)});
  profit.add({"Geometric mean return", signed_percent_text(p.geometric_mean, 3)});
  profit.add({"Best return", signed_percent_text(p.best)});
  profit.add({"Worst return", signed_percent_text(p.worst)});
  profit.add({"Profit factor", number_text(p.profit_factor)});
  profit.add({"SQN", number_text(p.system_quality)});
  profit.write(out, "Profit of the closed trades");
  table course{"figures", {{"Course"}, {"", true}}};
  course.add({"Closed trades", whole_text(p.count)});
  course.add({"Won, lost", whole_text(p.wins) + ", " + whole_text(p.losses)});
  course.add({"Win rate", percent_text(p.win_rate)});
  course.add({"Kelly", percent_text(p.kelly)});
  course.add({"Most wins in a row", whole_text(p.max_consecutive_wins)});
  course.add({"Most losses in a row", whole_text(p.max_consecutive_losses)});
  course.add({"Mean duration", duration_text(p.mean_days)});
  course.add({"Longest duration", duration_text(p.longest_days)});
  course.write(out, "Course of the closed trades");
  out << "</div>\n";
}

void write_trades(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "trades", "Trades"};
  if (result.trades.empty()) {
    write_sentence(out, "No trade was closed.");
    return;
  }
  const int digits = money_digits(result.statistics.start_equity);
  table t{"trades",
          {{"No.", true},
           {"Instrument"},
           {"Side"},
           {"Opened"},
           {"Closed"},
           {"Held", true},
           {"Size", true},
           {"Entry", true},
           {"Exit", true},
           {"Net, " + result.quote.str(), true},
           {"Return", true},
           {"Fees", true},
           {"Strategy"},
           {"Entry reason"},
           {"Exit reason"}}};
  uint64_t number = 0;
  for (const auto& each : result.trades) {
    const auto& trade = each.trade;
    const auto& traded = result.instrument_of(each);
    const int at = fraction_digits(traded.tick_size);
    t.add({whole_text(++number), traded.id.str(),
           trade.direction == trading::side::buy ? "long" : "short", time_text(trade.opened_at),
           time_text(trade.closed_at),
           duration_text(trading::days_between(trade.opened_at, trade.closed_at)),
           exact_text(trade.entered), decimal_text(entry_price(trade), at),
           decimal_text(exit_price(trade), at), decimal_text(net_profit(trade), digits),
           signed_percent_text(return_of(trade)), decimal_text(trade.fees, digits),
           result.strategy_of(each).str(), result.entry_reason_of(each),
           result.exit_reason_of(each)});
  }
  t.write(out, "Closed trades in the order of their ends", "paged");
}

} // namespace supreme::commands::report
