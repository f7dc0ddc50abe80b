#include "commands/backtest_report.hpp"

#include "commands/count_text.hpp"
#include "commands/report/number_text.hpp"
#include "trading/portfolio/fill_booking.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace supreme::commands {

namespace {

using report::decimal_text;
using report::exact_text;
using report::number_text;
using report::percent_text;
using report::whole_text;
using trading::backtest_result;

constexpr size_t label_width = 17;
constexpr size_t instruments_shown_max = 20;

/// Lines below headings, their texts one below the other.
class page {
public:
  explicit page(std::ostream& out) : out_(out) {}
  void heading(const char* text) { out_ << '\n' << text << '\n'; }
  void line(const std::string& label, const std::string& text) {
    out_ << "  " << label;
    if (!text.empty())
      out_ << std::string(label_width - std::min(label.size(), label_width), ' ') << ' ' << text;
    out_ << '\n';
  }

private:
  std::ostream& out_;
};

std::string days_text(const std::optional<double>& days) {
  return days ? number_text(days) + " days" : std::string{report::no_value};
}

std::string money_text(const backtest_result& r, const std::optional<trading::money>& amount) {
  return amount ? decimal_text(*amount, 2) + " " + r.quote.str() : std::string{report::no_value};
}

/// An annual figure, where there is enough to make one from.
std::optional<double> annual(const backtest_result& r, const std::optional<double>& value) {
  return is_annual_meaningful(r.statistics) ? value : std::nullopt;
}

void print_return(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Return");
  out.line("equity", money_text(r, r.equity) + ", of it cash " + decimal_text(r.cash, 2));
  out.line("total", percent_text(p.total_return));
  out.line("annual",
           percent_text(annual(r, p.annual_return)) + ", CAGR " + percent_text(annual(r, p.cagr)));
  if (!is_annual_meaningful(p))
    out.line("", "annual figures need " + std::to_string(trading::annual_returns_min)
                   + " daily returns, there are "
                   + std::to_string(p.day_count > 0 ? p.day_count - 1 : 0));
  out.line("buy and hold", percent_text(p.market.market_return) + ", alpha "
                             + percent_text(p.market.alpha) + ", beta "
                             + number_text(p.market.beta));
  out.line("days", "best " + percent_text(p.best_day) + ", worst " + percent_text(p.worst_day));
}

void print_risk(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Risk");
  out.line("volatility", percent_text(annual(r, p.annual_volatility)));
  out.line("Sharpe", number_text(annual(r, p.sharpe)) + ", Sortino "
                       + number_text(annual(r, p.sortino)) + ", Calmar "
                       + number_text(annual(r, p.calmar)));
  out.line("drawdown", "deepest " + percent_text(p.drawdown.deepest) + ", average "
                         + percent_text(p.drawdown.average) + ", longest "
                         + days_text(p.drawdown.longest_days) + ", now "
                         + percent_text(p.drawdown.current));
  out.line("value at risk", "95 %: " + percent_text(p.historical_95.value_at_risk)
                              + ", 99 %: " + percent_text(p.historical_99.value_at_risk)
                              + " of equity in a day");
  out.line("exposure", percent_text(p.exposure_time) + " of the time");
}

void print_positions(page& out, const backtest_result& r) {
  for (const auto& i : r.instruments) {
    if (i.held.size.is_zero())
      continue;
    out.line("still held", i.traded.id.str() + " " + exact_text(i.held.size) + " at "
                             + exact_text(i.held.average_price()) + ", worth "
                             + money_text(r, value_of(i.held, i.mark)));
  }
}

std::string unpaid_text(const backtest_result& r) {
  return r.unpaid == 0
           ? std::string{}
           : ", of which cash did not pay for " + report::whole_text(r.unpaid) + " at the fill";
}

std::string cancelled_text(const backtest_result& r) {
  const auto pointless = r.cancelled - r.withdrawn;
  std::string text;
  if (pointless != 0)
    text = count_text(pointless, "order") + " with nothing left to close";
  if (r.withdrawn != 0)
    text += (text.empty() ? "" : ", ") + count_text(r.withdrawn, "entry", "entries")
            + " withdrawn by an exit";
  return text;
}

void print_trades(page& out, const backtest_result& r) {
  const auto& t = r.statistics.trades;
  out.heading("Trades");
  out.line("signals", whole_text(r.signals) + ", orders " + whole_text(r.orders) + ", fills "
                        + whole_text(r.fills));
  out.line("closed trades", whole_text(t.count) + ", won " + percent_text(t.win_rate));
  out.line("per trade", "mean " + percent_text(t.expectancy) + ", best " + percent_text(t.best)
                          + ", worst " + percent_text(t.worst));
  out.line("profit factor", number_text(t.profit_factor) + ", SQN " + number_text(t.system_quality)
                              + ", Kelly " + percent_text(t.kelly));
  out.line("duration", "mean " + days_text(t.mean_days) + ", longest " + days_text(t.longest_days));
  out.line("in a row", count_text(t.max_consecutive_wins, "win") + ", "
                         + count_text(t.max_consecutive_losses, "loss", "losses"));
  print_positions(out, r);
  if (r.cancelled != 0)
    out.line("cancelled", cancelled_text(r));
  if (r.expired != 0)
    out.line("expired", count_text(r.expired, "order") + unpaid_text(r));
}

std::string earned_text(const trading::contribution& c) {
  return "net " + decimal_text(c.net(), 2) + ", realised " + decimal_text(c.realised, 2)
         + ", unrealised " + decimal_text(c.unrealised, 2) + ", fees " + decimal_text(c.fees, 2);
}

/// Of many instruments those that earned and lost the most; the JSON has all.
void print_attribution(page& out, const backtest_result& r) {
  if (r.strategies.size() > 1) {
    out.heading("By strategy");
    for (const auto& s : r.strategies)
      out.line(s.id.str(), earned_text(r.earned_by(s)) + ", " + whole_text(s.trades)
                             + (s.trades == 1 ? " trade" : " trades"));
  }
  using entry = std::pair<trading::instrument_id, trading::contribution>;
  std::vector<entry> parts(r.earned.by_instrument().begin(), r.earned.by_instrument().end());
  if (parts.size() < 2)
    return;
  std::stable_sort(parts.begin(), parts.end(),
                   [](const entry& a, const entry& b) { return a.second.net() > b.second.net(); });
  out.heading("By instrument");
  const auto left_out = parts.size() - std::min(parts.size(), instruments_shown_max);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (left_out > 0 && i == instruments_shown_max / 2) {
      out.line("...", whole_text(left_out) + " in between");
      i += left_out;
    }
    out.line(parts[i].first.str(), earned_text(parts[i].second));
  }
}

void print_costs(page& out, const backtest_result& r) {
  const auto& p = r.statistics;
  out.heading("Costs");
  out.line("fees", money_text(r, p.fees) + " on " + money_text(r, p.traded_notional) + " traded");
  out.line("turnover", number_text(p.turnover) + " times the mean equity");
}

void print_refusals(page& out, const backtest_result& r) {
  out.heading("Refusals");
  if (r.refusals.empty())
    out.line("none", "");
  for (const auto& each : r.refusals) {
    out.line(each.code, whole_text(each.count) + ", " + each.first.to_string()
                          + (each.count > 1 ? " to " + each.last.to_string() : ""));
    for (const auto& [why, count] : each.why)
      out.line("", why + " " + whole_text(count));
  }
  if (r.findings.empty())
    return;
  out.heading("Findings");
  for (const auto& [code, count] : r.findings)
    out.line(code, whole_text(count));
}

} // namespace

void print_summary(std::ostream& out, const backtest_result& r) {
  page lines{out};
  const auto& p = r.statistics;
  out << '\n'
      << (p.from ? p.from->to_string() + " to " + p.to->to_string() : std::string{"no bars"})
      << ", " << whole_text(r.bars) << (r.bars == 1 ? " bar in " : " bars in ")
      << whole_text(r.steps) << (r.steps == 1 ? " step\n" : " steps\n");
  if (r.steps < 2)
    out << "there was nothing to trade: an order fills on a bar after the one it was decided on\n";
  print_return(lines, r);
  print_risk(lines, r);
  print_trades(lines, r);
  print_attribution(lines, r);
  print_costs(lines, r);
  print_refusals(lines, r);
}

} // namespace supreme::commands
