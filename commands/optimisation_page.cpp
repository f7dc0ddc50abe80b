#include "commands/optimisation_page.hpp"

#include "commands/report/escape.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

namespace supreme::commands {

namespace {

using namespace trading;
using report::escape;

/// Trials that the page lists; the CSV and JSON files have all of them.
constexpr size_t listed_trials = 100;
/// Steps of the heat map's colour.
constexpr size_t heat_steps = 10;

// Heat is the strength of one colour on the page's own background, so it reads in light and dark;
// every cell also says its number.
constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --page: #f6f7f8; --surface: #fff; --ink: #1a2027; --muted: #56616c;
  --rule: #dfe3e8; --heat: 10 92 173; --loss: #b04600; }
@media (prefers-color-scheme: dark) { :root { --page: #0f1317; --surface: #171c22; --ink: #e5e9ee;
  --muted: #9ca8b4; --rule: #2b333c; --heat: 86 166 236; --loss: #f2994f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 12px; }
h2 { font-size: 17px; margin: 0 0 12px; }
section { background: var(--surface); border: 1px solid var(--rule); border-radius: 10px;
  padding: 20px 22px; margin: 0 0 20px; }
.banner { border: 1px solid var(--loss); border-left-width: 6px; border-radius: 6px;
  padding: 10px 14px; margin: 0 0 16px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 4px 10px; text-align: right; white-space: nowrap; }
th { color: var(--muted); font-weight: 500; }
tbody tr { border-top: 1px solid var(--rule); }
.text { text-align: left; }
.note { color: var(--muted); font-size: 13px; }
.best { outline: 2px solid var(--ink); outline-offset: -2px; }
@media (max-width: 600px) { main { padding: 12px; } section { padding: 14px; } }
)css";

void write_head(std::ostream& out, const std::string& title) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n<title>"
      << escape(title) << "</title>\n<style>" << style;
  for (size_t i = 0; i <= heat_steps; ++i)
    out << ".h" << i << " { background: rgb(var(--heat) / " << static_cast<double>(i) * 0.055
        << "); }\n";
  out << "</style>\n</head>\n<body>\n<main>\n<h1>" << escape(title) << "</h1>\n";
}

void write_row(std::ostream& out, const std::string& name, const std::string& value) {
  out << "<tr><th class=\"text\" scope=\"row\">" << escape(name) << "</th><td class=\"text\">"
      << escape(value) << "</td></tr>\n";
}

void write_summary(std::ostream& out, const optimisation_outcome& o) {
  out << "<section>\n<h2>Search</h2>\n<div class=\"wide\"><table><tbody>\n";
  for (const auto& [name, value] : o.lines)
    write_row(out, name, value);
  const auto& found = o.found;
  write_row(out, "trials",
            std::to_string(found.done) + " done, " + std::to_string(found.failed) + " failed, "
              + std::to_string(found.trials.size() - found.done - found.failed) + " not run");
  write_row(out, "combinations left out", std::to_string(o.task.trials.invalid));
  if (found.best) {
    write_row(out, "best", point_text(o, *found.best));
    write_row(out, to_string(o.task.goal), short_text(found.trials[*found.best].reached));
  }
  write_row(out, "probabilistic Sharpe", short_text(found.luck.probabilistic));
  write_row(out, "deflated Sharpe", short_text(found.luck.deflated));
  out << "</tbody></table></div>\n</section>\n";
}

void write_heat_row(std::ostream& out, const optimisation_outcome& o, size_t row) {
  const auto& map = *o.heat;
  out << "<tr><th scope=\"row\">" << escape(band_text(o, map.row_name, map.rows[row])) << "</th>";
  for (size_t c = 0; c < map.columns.size(); ++c) {
    const auto& cell = map.cell(row, c);
    const auto heat = map.heat(cell);
    out << "<td class=\"h"
        << (heat ? static_cast<size_t>(*heat * static_cast<double>(heat_steps)) : 0)
        << (cell.best && cell.best == map.highest ? " best" : "") << "\">"
        << escape(short_text(cell.best)) << "</td>";
  }
  out << "</tr>\n";
}

void write_heat(std::ostream& out, const optimisation_outcome& o) {
  const auto& map = *o.heat;
  out << "<section>\n<h2>Best " << to_string(o.task.goal) << " by " << escape(map.row_name)
      << " and " << escape(map.column_name) << "</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>"
      << escape(map.row_name) << " ↓ " << escape(map.column_name) << " →</th>";
  for (const auto& column : map.columns)
    out << "<th scope=\"col\">" << escape(band_text(o, map.column_name, column)) << "</th>";
  out << "</tr></thead>\n<tbody>\n";
  for (size_t r = 0; r < map.rows.size(); ++r)
    write_heat_row(out, o, r);
  out << "</tbody></table></div>\n<p class=\"note\">Each cell is the best over all other "
         "parameters. A lone strong cell among weak ones is luck more often than skill.</p>\n"
         "</section>\n";
}

void write_trials(std::ostream& out, const optimisation_outcome& o) {
  const auto listed = std::min(listed_trials, o.found.ranking.size());
  out << "<section>\n<h2>Trials</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>trial</th>";
  for (const auto& name : o.task.trials.names)
    out << "<th>" << escape(name) << "</th>";
  out << "<th>" << to_string(o.task.goal)
      << "</th><th>return</th><th>drawdown</th><th>Sharpe</th><th>trades</th>"
         "<th class=\"text\">failure</th></tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < listed; ++i) {
    const auto index = o.found.ranking[i];
    const auto& t = o.found.trials[index];
    out << "<tr><td>" << index + 1 << "</td>";
    for (size_t axis = 0; axis < o.task.trials.names.size(); ++axis)
      out << "<td>" << escape(axis_value_text(o, axis, o.task.trials.points[index][axis]))
          << "</td>";
    out << "<td>" << short_text(t.reached) << "</td><td>" << percent_text(t.figures.total_return)
        << "</td><td>" << percent_text(t.figures.max_drawdown) << "</td><td>"
        << short_text(t.figures.sharpe) << "</td><td>" << t.figures.trades
        << "</td><td class=\"text\">" << escape(t.failure) << "</td></tr>\n";
  }
  out << "</tbody></table></div>\n<p class=\"note\">The best " << listed << " of "
      << o.found.ranking.size() << ".</p>\n</section>\n";
}

void write_walk(std::ostream& out, const optimisation_outcome& o) {
  const auto& walked = *o.walked;
  out << "<section>\n<h2>Walk-forward</h2>\n<div class=\"wide\"><table>\n<thead><tr>"
         "<th class=\"text\">chosen until</th><th class=\"text\">tried until</th><th>in-sample "
      << to_string(o.task.goal)
      << "</th><th>out of sample</th><th>return</th><th class=\"text\">parameters</th>"
         "</tr></thead>\n<tbody>\n";
  for (const auto& w : walked.windows) {
    out << "<tr><td class=\"text\">" << w.in_sample.until->to_string() << "</td><td class=\"text\">"
        << w.out_of_sample.until->to_string() << "</td><td>" << short_text(w.in_reached)
        << "</td><td>" << short_text(w.out.reached) << "</td><td>"
        << percent_text(w.out.figures.total_return) << "</td><td class=\"text\">"
        << escape(w.chosen ? point_text(o, *w.chosen) : "no trial has an objective")
        << escape(w.out.failure.empty() ? "" : "; failed: " + w.out.failure) << "</td></tr>\n";
  }
  out << "</tbody></table></div>\n<p>All windows one after the other: " << to_string(o.task.goal)
      << ' ' << short_text(walked.stitched_reached) << ", return "
      << percent_text(walked.stitched.total_return) << ", drawdown "
      << percent_text(walked.stitched.max_drawdown) << ". Efficiency "
      << short_text(walked.efficiency) << " of the in-sample objective.</p>\n</section>\n";
}

} // namespace

void write_page(std::ostream& out, const optimisation_outcome& o) {
  const auto& planned = o.task.plan.strategies.front();
  write_head(out, "Parameter search: " + planned.id.str() + " (" + planned.kind->name + ")");
  if (!o.complete())
    out << "<p class=\"banner\" role=\"note\"><strong>Incomplete.</strong> The search was ended "
           "before everything was run.</p>\n";
  for (const auto& sentence : o.warnings())
    out << "<p class=\"banner\" role=\"note\">" << escape(sentence) << "</p>\n";
  write_summary(out, o);
  if (o.heat)
    write_heat(out, o);
  if (o.walked)
    write_walk(out, o);
  write_trials(out, o);
  out << "</main>\n</body>\n</html>\n";
}

} // namespace supreme::commands
