#include "commands/backtest_report.hpp"

#include "commands/count_text.hpp"
#include "commands/number_text.hpp"
#include "trading/portfolio/fill_booking.hpp"

#include <algorithm>
#include <ostream>

namespace supreme::commands {

namespace {

using trading::backtest_result;

constexpr size_t label_width = 17;

/// Lines below headings, their texts one below the other.
class page {
public:
  explicit page(std::ostream& out) : out_(out) {}
  void heading(const char* text) { out_ << '\n' << text << '\n'; }
  void line(const std::string& label, const std::string& text) {
    out_ << "  " << label << std::string(label_width - std::min(label.size(), label_width), ' ')
         << ' ' << text << '\n';
  }

private:
  std::ostream& out_;
};

std::string days_text(const std::optional<double>& days) {
  return days ? rounded(days) + " days" : std::string{undefined_text};
}

std::string money_text(const backtest_result& r, const std::optional<trading::money>& amount) {
  return amount ? grouped_cents(*amount) + " " + r.quote.str() : std::string{undefined_text};
}

/// An annual figure, where there is enough to make one from.
std::optional<double> annual(const backtest_result& r, const std::optional<double>& value) {
  return is_annual_meaningful(r.statistics) ? value : std::nullopt;
}

void print_return(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Return");
  out.line("equity", money_text(r, r.equity) + ", of it cash " + grouped_cents(r.cash));
  out.line("total", percent(p.total_return));
  out.line("annual", percent(annual(r, p.annual_return)) + ", CAGR " + percent(annual(r, p.cagr)));
  if (!is_annual_meaningful(p))
    out.line("", "annual figures need " + std::to_string(trading::annual_returns_min)
                   + " daily returns, there are "
                   + std::to_string(p.day_count > 0 ? p.day_count - 1 : 0));
  out.line("buy and hold", percent(p.market.market_return) + ", alpha " + percent(p.market.alpha)
                             + ", beta " + rounded(p.market.beta));
  out.line("days", "best " + percent(p.best_day) + ", worst " + percent(p.worst_day));
}

void print_risk(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Risk");
  out.line("volatility", percent(annual(r, p.annual_volatility)));
  out.line("Sharpe", rounded(annual(r, p.sharpe)) + ", Sortino " + rounded(annual(r, p.sortino))
                       + ", Calmar " + rounded(annual(r, p.calmar)));
  out.line("drawdown", "deepest " + percent(p.drawdown.deepest) + ", average "
                         + percent(p.drawdown.average) + ", longest "
                         + days_text(p.drawdown.longest_days) + ", now "
                         + percent(p.drawdown.current));
  out.line("value at risk", "95 %: " + percent(p.historical_95.value_at_risk) + ", 99 %: "
                              + percent(p.historical_99.value_at_risk) + " of equity in a day");
  out.line("exposure", percent(p.exposure_time) + " of the time");
}

void print_positions(page& out, const backtest_result& r) {
  for (const auto& i : r.instruments) {
    if (i.held.size.is_zero())
      continue;
    out.line("still held", i.traded.id.str() + " " + grouped(i.held.size) + " at "
                             + grouped(i.held.average_price()) + ", worth "
                             + money_text(r, value_of(i.held, i.mark)));
  }
}

void print_trades(page& out, const backtest_result& r) {
  const auto& t = r.statistics.trades;
  out.heading("Trades");
  out.line("signals",
           grouped(r.signals) + ", orders " + grouped(r.orders) + ", fills " + grouped(r.fills));
  out.line("closed trades", grouped(t.count) + ", won " + percent(t.win_rate));
  out.line("per trade", "mean " + percent(t.expectancy) + ", best " + percent(t.best) + ", worst "
                          + percent(t.worst));
  out.line("profit factor", rounded(t.profit_factor) + ", SQN " + rounded(t.system_quality)
                              + ", Kelly " + percent(t.kelly));
  out.line("duration", "mean " + days_text(t.mean_days) + ", longest " + days_text(t.longest_days));
  out.line("in a row", count_text(t.max_consecutive_wins, "win") + ", "
                         + count_text(t.max_consecutive_losses, "loss", "losses"));
  print_positions(out, r);
  if (r.expired != 0)
    out.line("expired", count_text(r.expired, "order"));
  if (r.strategies.size() < 2)
    return;
  for (const auto& s : r.strategies)
    out.line(s.id.str(), "realised " + grouped_cents(s.realised_gross) + ", unrealised "
                           + grouped_cents(s.unrealised) + ", fees " + grouped_cents(s.fees) + ", "
                           + count_text(s.trades, "trade"));
}

void print_costs(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Costs");
  out.line("fees", money_text(r, p.fees) + " on " + money_text(r, p.traded_notional) + " traded");
  out.line("turnover", rounded(p.turnover) + " times the mean equity");
}

void print_refusals(page& out, const backtest_result& r) {
  out.heading("Refusals");
  if (r.refusals.empty())
    out.line("none", "");
  for (const auto& each : r.refusals)
    out.line(each.code, grouped(each.count) + ", " + each.first.to_string()
                          + (each.count > 1 ? " to " + each.last.to_string() : ""));
}

} // namespace

void print_summary(std::ostream& out, const backtest_result& r) {
  page lines{out};
  const auto& p = r.statistics;
  out << '\n'
      << (p.from ? p.from->to_string() + " to " + p.to->to_string() : std::string{"no bars"})
      << ", " << grouped(r.bars) << (r.bars == 1 ? " bar in " : " bars in ") << grouped(r.steps)
      << (r.steps == 1 ? " step\n" : " steps\n");
  if (r.steps < 2)
    out << "there was nothing to trade: an order fills on a bar after the one it was decided on\n";
  print_return(lines, r);
  print_risk(lines, r);
  print_trades(lines, r);
  print_costs(lines, r);
  print_refusals(lines, r);
}

} // namespace supreme::commands
