#include "commands/report/escape.hpp"
#include "commands/report/number_text.hpp"
#include "commands/report/picture.hpp"
#include "commands/report/sections.hpp"

#include <algorithm>
#include <ostream>

namespace supreme::commands::report {

namespace {

using trading::series_bucket;

/// What is drawn, thinned to the width of the picture. Equity has at least one point.
struct curves {
  std::vector<chart_point> equity;
  std::vector<chart_point> benchmark;
  std::vector<chart_point> drawdown;
  time_span span;
};

curves curves_of(const trading::backtest_result& result, size_t at_most) {
  const auto& equity = result.equity_curve;
  return {thinned(points_of(equity), at_most),
          thinned(points_of(result.benchmark), at_most),
          thinned(drawdown_of(equity), at_most),
          {equity.front().from, equity.back().to}};
}

struct value_range {
  double lowest;
  double highest;
};

value_range range_of(const curves& c) {
  value_range r{c.equity.front().lowest, c.equity.front().highest};
  for (const auto* line : {&c.equity, &c.benchmark})
    for (const auto& p : *line)
      r = {std::min(r.lowest, p.lowest), std::max(r.highest, p.highest)};
  return r;
}

std::string draw(const trading::backtest_result& result, layout size, bool logarithmic) {
  const bool wide = size == layout::wide;
  picture drawing{size, wide ? 440.0 : 400.0, logarithmic ? "log" : "linear",
                  std::string{"Equity and benchmark, drawdown below, over time; "}
                    + (logarithmic ? "logarithmic" : "linear") + " scale"};
  const auto c = curves_of(result, drawing.point_count());
  const auto range = range_of(c);
  const auto y = logarithmic
                   ? value_axis::logarithmic(range.lowest, range.highest, 7, value_unit::number)
                   : value_axis::linear(range.lowest, range.highest, 6, value_unit::number);
  const auto above = drawing.area(24, wide ? 284.0 : 244.0);
  drawing.value_grid(above, y);
  drawing.title(above, "Equity, " + shortened(result.quote.str(), 12));
  drawing.band(above, c.span, y, c.equity, "equity-band");
  drawing.line(above, c.span, y, c.benchmark, "line benchmark");
  drawing.line(above, c.span, y, c.equity, "line equity");

  double deepest = 0;
  for (const auto& p : c.drawdown)
    deepest = std::min(deepest, p.lowest);
  const auto depth = value_axis::linear(std::min(deepest, -1e-4), 0, 3, value_unit::percent);
  const auto below = drawing.area(above.bottom + 36, wide ? 414.0 : 374.0);
  drawing.value_grid(below, depth);
  drawing.title(below, "Drawdown");
  drawing.filled(below, c.span, depth, c.drawdown, 0, "drawdown");
  drawing.time_grid(below, c.span);
  return std::move(drawing).finish();
}

/// The value as it stood at a time: that of the first point that is not before it.
std::optional<double> value_at(std::span<const chart_point> points, trading::timestamp at) {
  const auto found =
    std::lower_bound(points.begin(), points.end(), at,
                     [](const chart_point& p, trading::timestamp t) { return p.at < t; });
  return found == points.end() ? std::nullopt : std::optional{found->value};
}

chart_rows rows_of(const trading::backtest_result& result) {
  constexpr size_t rows_max = 480;
  const auto c = curves_of(result, rows_max);
  const auto benchmark = points_of(result.benchmark);
  const int digits = money_digits(result.statistics.start_equity);
  chart_rows rows;
  rows.labels = {"Equity"};
  if (!benchmark.empty())
    rows.labels.emplace_back("Benchmark");
  rows.labels.emplace_back("Drawdown");
  for (size_t i = 0; i < c.equity.size(); ++i) {
    const auto& p = c.equity[i];
    chart_rows::row row{c.span.fraction(p.at), time_text(p.at), {number_text(p.value, digits)}};
    if (!benchmark.empty())
      row.values.push_back(number_text(value_at(benchmark, p.at), digits));
    row.values.push_back(percent_text(c.drawdown[i].value));
    rows.rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace

void write_equity(std::ostream& out, figure_writer& figures,
                  const trading::backtest_result& result) {
  section s{out, "equity", "Equity and drawdown"};
  if (result.equity_curve.empty()) {
    write_sentence(out, "No bar was seen, so there is no equity to draw.");
    return;
  }
  figure f;
  f.id = "equity";
  f.caption = "Deepest drawdown " + percent_text(result.statistics.drawdown.deepest)
              + " from the peak, longest " + duration_text(result.statistics.drawdown.longest_days)
              + ". The shade around equity is what it touched between two points.";
  f.legend = {{"sample equity", "Equity"}};
  if (!result.benchmark.empty()) {
    f.legend.push_back(
      {"sample benchmark", "Benchmark: equal shares bought at the start and held"});
  }
  auto positive = [](const series_bucket& b) { return b.lowest.is_positive(); };
  f.logarithmic = std::all_of(result.equity_curve.begin(), result.equity_curve.end(), positive)
                  && std::all_of(result.benchmark.begin(), result.benchmark.end(), positive);
  for (const auto size : {layout::wide, layout::narrow}) {
    f.pictures.push_back(draw(result, size, false));
    if (f.logarithmic)
      f.pictures.push_back(draw(result, size, true));
  }
  f.rows = rows_of(result);
  figures.write(f);
}

} // namespace supreme::commands::report
