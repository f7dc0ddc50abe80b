#pragma once

#include "commands/setting_lines.hpp"
#include "trading/backtest/result.hpp"

#include <iosfwd>
#include <string>

namespace supreme::commands {

/// What a report says of itself.
struct report_heading {
  std::string title;
  std::string subtitle; ///< may be empty
  setting_lines settings;
};

/// Writes the result as one HTML page that needs nothing but itself: no network, no other file,
/// and no script to be read. Every text is escaped, whatever it holds. Its size is bounded, and
/// below 3 MB for ten thousand trades: series are thinned, long texts are cut, and tables and
/// charts say how much they leave out. The stream's own state tells whether all was written. Any
/// thread.
void write_html_report(std::ostream& out, const report_heading& heading,
                       const trading::backtest_result& result);

} // namespace supreme::commands
