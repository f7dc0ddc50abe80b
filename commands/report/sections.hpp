#pragma once

#include "commands/html_report.hpp"
#include "commands/report/figure.hpp"

#include <iosfwd>
#include <string_view>

namespace supreme::commands::report {

/// A section element with its heading, from construction to destruction.
class section {
public:
  section(std::ostream& out, std::string_view id, std::string_view title);
  ~section();
  section(const section&) = delete;
  section& operator=(const section&) = delete;

private:
  std::ostream& out_;
};

/// A sentence where there is nothing to draw or to list.
void write_sentence(std::ostream& out, std::string_view text);

// The sections of the report, in the order of the page. Each is complete in itself and says in a
// sentence what it has no data for.

void write_key_figures(std::ostream& out, const trading::backtest_result& result);
void write_equity(std::ostream& out, figure_writer& figures,
                  const trading::backtest_result& result);
void write_months(std::ostream& out, const trading::backtest_result& result);
void write_rolling_sharpe(std::ostream& out, figure_writer& figures,
                          const trading::backtest_result& result);
void write_exposure(std::ostream& out, figure_writer& figures,
                    const trading::backtest_result& result);
void write_daily_returns(std::ostream& out, figure_writer& figures,
                         const trading::backtest_result& result);
void write_prices(std::ostream& out, figure_writer& figures,
                  const trading::backtest_result& result);
void write_trade_statistics(std::ostream& out, const trading::backtest_result& result);
void write_strategies(std::ostream& out, const trading::backtest_result& result);
void write_instruments(std::ostream& out, const trading::backtest_result& result);
void write_refusals(std::ostream& out, const trading::backtest_result& result);
void write_trades(std::ostream& out, const trading::backtest_result& result);
void write_settings(std::ostream& out, const report_heading& heading);
void write_definitions(std::ostream& out);

} // namespace supreme::commands::report
