#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/sections.hpp"

#include <ostream>

namespace supreme::commands::report {

namespace {

enum class tone : uint8_t { plain = 1, gain = 2, loss = 3 };

tone tone_of(const std::optional<double>& value) {
  return !value || *value == 0 ? tone::plain : *value > 0 ? tone::gain : tone::loss;
}

/// One figure, with what puts it into proportion below it. The sign is in the text: the tone only
/// repeats it.
class figure_list {
public:
  explicit figure_list(std::ostream& out) : out_(out) { out_ << "<dl class=\"figures\">\n"; }
  ~figure_list() { out_ << "</dl>\n"; }
  figure_list(const figure_list&) = delete;
  figure_list& operator=(const figure_list&) = delete;

  void add(const char* name, const std::string& value, const std::string& note = {},
           tone t = tone::plain) {
    const char* classes = t == tone::gain   ? " class=\"gain\""
                          : t == tone::loss ? " class=\"loss\""
                                            : "";
    out_ << "<div><dt>" << name << "</dt><dd" << classes << '>' << escape(value) << "</dd>";
    if (!note.empty())
      out_ << "<dd class=\"note\">" << escape(note) << "</dd>";
    out_ << "</div>\n";
  }

private:
  std::ostream& out_;
};

void add_return_figures(figure_list& list, const trading::backtest_result& result) {
  const auto& p = result.statistics;
  const int digits = money_digits(p.start_equity);
  list.add("Total return", signed_percent_text(p.total_return),
           decimal_text(p.start_equity, digits) + " → " + decimal_text(p.end_equity, digits),
           tone_of(p.total_return));
  list.add("CAGR", signed_percent_text(p.cagr), "annual return " + percent_text(p.annual_return),
           tone_of(p.cagr));
  list.add("Sharpe", number_text(p.sharpe), "annual");
  list.add("Sortino", number_text(p.sortino));
  list.add("Calmar", number_text(p.calmar));
  list.add("Max drawdown", percent_text(p.drawdown.deepest),
           "longest " + duration_text(p.drawdown.longest_days));
  list.add("Volatility", percent_text(p.annual_volatility), "annual");
  list.add("Exposure", percent_text(p.exposure_time), "of the time");
}

void add_trade_figures(figure_list& list, const trading::backtest_result& result) {
  const auto& p = result.statistics;
  list.add("Trades", whole_text(p.trades.count),
           whole_text(p.trades.wins) + " won, " + whole_text(p.trades.losses) + " lost");
  list.add("Win rate", percent_text(p.trades.win_rate));
  list.add("Profit factor", number_text(p.trades.profit_factor));
  list.add("SQN", number_text(p.trades.system_quality));
  list.add("Fees", decimal_text(p.fees, money_digits(p.start_equity)));
  list.add("Turnover", number_text(p.turnover) + (p.turnover ? " ×" : ""),
           "a year " + number_text(p.annual_turnover));
}

void add_risk_figures(figure_list& list, const trading::performance& p) {
  list.add("Value at risk", percent_text(p.historical_95.value_at_risk), "95 %, a day");
  list.add("Expected shortfall", percent_text(p.historical_95.expected_shortfall), "95 %, a day");
  list.add("Probabilistic Sharpe", percent_text(p.probabilistic_sharpe), "true ratio above 0");
  if (p.deflated_sharpe)
    list.add("Deflated Sharpe", percent_text(p.deflated_sharpe), "after the search for it");
  if (p.market.beta || p.market.alpha)
    list.add("Alpha, beta", percent_text(p.market.alpha) + ", " + number_text(p.market.beta),
             "market " + signed_percent_text(p.market.market_return));
}

} // namespace

void write_key_figures(std::ostream& out, const trading::backtest_result& result) {
  section s{out, "figures", "Key figures"};
  {
    figure_list list{out};
    add_return_figures(list, result);
    add_trade_figures(list, result);
    add_risk_figures(list, result.statistics);
  }
  write_sentence(out, whole_text(result.bars) + " bars in " + whole_text(result.steps) + " steps, "
                        + whole_text(result.signals) + " signals, " + whole_text(result.orders)
                        + " orders, " + whole_text(result.fills) + " fills, "
                        + whole_text(result.cancelled - result.withdrawn)
                        + " cancelled with nothing left to close, " + whole_text(result.withdrawn)
                        + " entries withdrawn by an exit, " + whole_text(result.expired)
                        + " expired, of which cash did not pay for " + whole_text(result.unpaid)
                        + ", " + whole_text(result.open_orders) + " still open at the end.");
}

} // namespace supreme::commands::report
