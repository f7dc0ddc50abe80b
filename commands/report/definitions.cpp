#include "commands/report/sections.hpp"

#include <array>
#include <ostream>

namespace supreme::commands::report {

namespace {

struct definition {
  const char* name;
  const char* text;
};

constexpr std::array definitions{
  definition{"Equity", "cash and the worth of all positions at the last closes, at every bar"},
  definition{"Daily return", "from the last equity of a UTC day to that of the next day"},
  definition{"D", "days of a trading year: 365 where weekends are traded, else 252"},
  definition{"Annual return", "(1 + g)^D − 1, g the geometric mean of the daily returns"},
  definition{"CAGR", "(end/start)^(1/years) − 1, years of 365.25 days"},
  definition{"Volatility",
             "sqrt((v + (1 + g)²)^D − (1 + g)^(2D)), v the variance of daily returns"},
  definition{"Sharpe", "(annual return − risk-free rate)/volatility"},
  definition{"Sortino", "the same over the deviation of daily losses · sqrt(D)"},
  definition{"Calmar", "annual return/deepest drawdown"},
  definition{"Drawdown", "share of the highest equity so far that is lost"},
  definition{"Benchmark", "equal shares of the first equity bought at the first closes and held, "
                          "without costs"},
  definition{"Exposure", "key figure: share of the bars with an open position; chart: worth of "
                         "positions, long and short added, over equity"},
  definition{"Trade", "from flat until flat again; profit is net of fees"},
  definition{"Win rate", "trades with a profit above 0/trades"},
  definition{"Trade return", "profit/entry cost"},
  definition{"Profit factor", "sum of positive trade returns/sum of negative ones, without sign"},
  definition{"SQN", "sqrt(trades) · mean profit/deviation of profits"},
  definition{"Kelly", "W − (1 − W)/(mean win/mean loss), W the win rate"},
  definition{"Turnover", "sum of price · size of all fills/mean equity"},
  definition{"Value at risk", "the daily return that 95 % (99 %) of the days exceed"},
  definition{"Expected shortfall", "mean of the worst 5 % (1 %) of the daily returns"},
  definition{"Probabilistic Sharpe",
             "probability that the true Sharpe ratio exceeds 0, given length, "
             "skewness and kurtosis"},
};

} // namespace

void write_definitions(std::ostream& out) {
  section s{out, "definitions", "How the numbers are defined"};
  out << "<dl class=\"definitions\">\n";
  for (const auto& d : definitions)
    out << "<div><dt>" << d.name << "</dt><dd>" << d.text << "</dd></div>\n";
  out << "</dl>\n";
  write_sentence(out, "“–” stands for what is not defined. All times are UTC. The full text is in "
                      "docs/statistics.md.");
}

} // namespace supreme::commands::report
