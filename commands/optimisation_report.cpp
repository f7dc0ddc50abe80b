#include "commands/optimisation_report.hpp"

#include "commands/count_text.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace supreme::commands {

namespace {

using namespace trading;

constexpr const char* undefined = "–";
/// Trials that a terminal shows.
constexpr size_t shown_trials = 10;
/// Different reasons of failed trials that a terminal shows.
constexpr size_t shown_failures = 3;

/// Padded to a width in characters; every character of these texts takes one column.
std::string padded(const std::string& text, size_t width) {
  const auto characters = static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
  return text + std::string(width > characters ? width - characters : 0, ' ');
}

const parameter_spec& spec_of(const optimisation_outcome& o, const std::string& name) {
  const auto& schema = o.task.plan.strategies.front().kind->schema;
  const auto found = std::find_if(schema.begin(), schema.end(),
                                  [&name](const auto& spec) { return spec.name == name; });
  SUPREME_CHECK(found != schema.end(), "what is varied is a parameter of the kind");
  return *found;
}

/// What a column or row is called where there is little room: a band by its beginning.
std::string narrow_text(const optimisation_outcome& o, const std::string& name,
                        const heat_band& band) {
  return band.from == band.to ? band_text(o, name, band) : short_text(band.from);
}

void print_line(std::ostream& out, const std::string& name, const std::string& text) {
  out << "  " << padded(name, 18) << text << '\n';
}

void print_trials(std::ostream& out, const optimisation_outcome& o) {
  size_t width = 10;
  const auto shown = std::min(shown_trials, o.found.ranking.size());
  for (size_t i = 0; i < shown; ++i)
    width = std::max(width, point_text(o, o.found.ranking[i]).size());
  out << "\n  " << padded("trial", 8) << padded("parameters", width + 2)
      << padded(to_string(o.task.goal), 15) << padded("return", 12) << padded("drawdown", 12)
      << "trades\n";
  for (size_t i = 0; i < shown; ++i) {
    const auto index = o.found.ranking[i];
    const auto& t = o.found.trials[index];
    if (t.status != trial_status::done)
      break;
    out << "  " << padded(std::to_string(index + 1), 8) << padded(point_text(o, index), width + 2)
        << padded(short_text(t.reached), 15) << padded(percent_text(t.figures.total_return), 12)
        << padded(percent_text(t.figures.max_drawdown), 12) << t.figures.trades << '\n';
  }
}

void print_failures(std::ostream& out, const search_result& found) {
  std::vector<std::string> said;
  for (size_t i = 0; i < found.trials.size() && said.size() < shown_failures; ++i) {
    const auto& t = found.trials[i];
    if (t.status != trial_status::failed
        || std::find(said.begin(), said.end(), t.failure) != said.end())
      continue;
    said.push_back(t.failure);
    out << "  trial " << i + 1 << " failed: " << t.failure << '\n';
  }
}

/// Darker is better. The best has the full block.
std::string shade(std::optional<double> heat, size_t width) {
  constexpr std::array shades{"░", "▒", "▓", "█"};
  std::string out;
  for (size_t i = 0; i < width; ++i)
    out += heat ? shades[std::min<size_t>(3, static_cast<size_t>(*heat * 4))] : "·";
  return out;
}

void print_heat(std::ostream& out, const optimisation_outcome& o) {
  const auto& map = *o.heat;
  size_t label = 0;
  for (const auto& row : map.rows)
    label = std::max(label, narrow_text(o, map.row_name, row).size());
  size_t width = 2;
  for (const auto& column : map.columns)
    width = std::max(width, narrow_text(o, map.column_name, column).size());
  out << "\n  Best " << to_string(o.task.goal) << " by " << map.row_name << " (down) and "
      << map.column_name << " (across); ░ " << short_text(map.lowest) << " to █ "
      << short_text(map.highest) << ", · nothing\n  " << padded("", label);
  for (const auto& column : map.columns)
    out << ' ' << padded(narrow_text(o, map.column_name, column), width);
  out << '\n';
  for (size_t r = 0; r < map.rows.size(); ++r) {
    out << "  " << padded(narrow_text(o, map.row_name, map.rows[r]), label);
    for (size_t c = 0; c < map.columns.size(); ++c)
      out << ' ' << shade(map.heat(map.cell(r, c)), width);
    out << '\n';
  }
}

void print_walk(std::ostream& out, const optimisation_outcome& o) {
  const auto& walked = *o.walked;
  out << "\n  Walk-forward, " << count_text(walked.windows.size(), "window");
  if (!walked.complete)
    out << " of " << walked.planned;
  out << "\n  " << padded("out of sample until", 22) << padded("in-sample", 12) << padded("out", 12)
      << padded("return", 12) << "parameters\n";
  for (const auto& w : walked.windows) {
    out << "  " << padded(w.out_of_sample.until->to_string(), 22)
        << padded(short_text(w.in_reached), 12) << padded(short_text(w.out.reached), 12)
        << padded(percent_text(w.out.figures.total_return), 12)
        << (w.chosen ? point_text(o, *w.chosen) : "no trial has an objective");
    if (w.out.status == trial_status::failed)
      out << "; failed: " << w.out.failure;
    if (w.failed != 0)
      out << "; " << count_text(w.failed, "trial") << " failed in-sample: " << w.first_failure;
    out << '\n';
  }
  print_line(out, "stitched",
             std::string{to_string(o.task.goal)} + " " + short_text(walked.stitched_reached)
               + ", return " + percent_text(walked.stitched.total_return) + ", drawdown "
               + percent_text(walked.stitched.max_drawdown));
  print_line(out, "efficiency", short_text(walked.efficiency) + " of the in-sample objective");
}

void print_counts(std::ostream& out, const optimisation_outcome& o) {
  const auto& found = o.found;
  auto text = std::to_string(found.done) + " done";
  if (found.failed != 0)
    text += ", " + std::to_string(found.failed) + " failed";
  if (const auto left = found.trials.size() - found.done - found.failed; left != 0)
    text += ", " + std::to_string(left) + " not run";
  print_line(out, "trials", text);
  if (o.task.trials.invalid != 0)
    print_line(out, "left out",
               count_text(o.task.trials.invalid, "combination") + " that the strategy refuses");
}

} // namespace

std::vector<std::string> optimisation_outcome::warnings() const {
  auto all = luck_warnings(found);
  if (walked) {
    for (auto& sentence : luck_warnings(*walked))
      all.push_back(std::move(sentence));
  }
  return all;
}

std::string axis_value_text(const optimisation_outcome& o, size_t axis, double value) {
  return value_text(spec_of(o, o.task.trials.names[axis]), value);
}

std::string point_text(const optimisation_outcome& o, size_t trial) {
  std::string text;
  for (size_t i = 0; i < o.task.trials.names.size(); ++i)
    text += (i == 0 ? "" : ", ") + o.task.trials.names[i] + ' '
            + axis_value_text(o, i, o.task.trials.points[trial][i]);
  return text;
}

std::string short_text(const std::optional<double>& value) {
  if (!value)
    return undefined;
  std::ostringstream text;
  text << std::setprecision(4) << *value;
  return text.str();
}

std::string percent_text(const std::optional<double>& fraction) {
  if (!fraction)
    return undefined;
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << *fraction * 100 << " %";
  return text.str();
}

std::string band_text(const optimisation_outcome& o, const std::string& name,
                      const heat_band& band) {
  return band.from == band.to ? value_text(spec_of(o, name), band.from)
                              : short_text(band.from) + "…" + short_text(band.to);
}

void print(std::ostream& out, const optimisation_outcome& o) {
  for (const auto& [name, value] : o.lines)
    print_line(out, name, value);
  print_counts(out, o);
  print_failures(out, o.found);
  print_trials(out, o);
  if (o.heat)
    print_heat(out, o);
  if (o.walked)
    print_walk(out, o);
  out << '\n';
  print_line(out, "probable skill",
             "probabilistic Sharpe " + short_text(o.found.luck.probabilistic) + ", deflated by "
               + count_text(o.found.luck.trials, "trial") + " "
               + short_text(o.found.luck.deflated));
  for (const auto& sentence : o.warnings())
    out << "  " << sentence << '\n';
  if (!o.complete())
    out << "  Ended early: not everything was run.\n";
}

} // namespace supreme::commands
