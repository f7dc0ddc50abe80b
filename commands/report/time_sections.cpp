#include "commands/report/number_text.hpp"
#include "commands/report/picture.hpp"
#include "commands/report/sections.hpp"
#include "trading/statistics/rolling_sharpe.hpp"

#include <algorithm>
#include <ostream>

// Exposure and the rolling Sharpe ratio: one line over time, in half of the page's width.

namespace supreme::commands::report {

namespace {

constexpr uint32_t window_days_max = 126; ///< half a trading year
constexpr uint32_t window_days_min = 10;  ///< below this a ratio is chance alone
constexpr size_t rows_max = 270;

/// The points of a line up to where it has no value; it goes on in the next one.
using stretches = std::vector<std::vector<chart_point>>;

struct time_chart {
  std::string label;
  time_span x;
  value_axis y;
  stretches lines;
  bool from_zero = false; ///< the area down to 0 is filled
};

std::string draw(const time_chart& chart, layout size) {
  picture drawing{size, 240, "", chart.label};
  const auto a = drawing.area(14, 212);
  drawing.value_grid(a, chart.y);
  drawing.time_grid(a, chart.x);
  if (chart.y.low() < 0 && chart.y.high() > 0)
    drawing.level(a, chart.y, 0, "zero");
  for (const auto& points : chart.lines) {
    if (chart.from_zero)
      drawing.filled(a, chart.x, chart.y, points, 0, "exposure");
    drawing.line(a, chart.x, chart.y, points, "line equity");
  }
  return std::move(drawing).finish();
}

void write_chart(figure_writer& figures, figure f, const time_chart& chart) {
  f.pictures = {draw(chart, layout::half), draw(chart, layout::narrow)};
  figures.write(f);
}

trading::timestamp close_of(int32_t day) {
  return trading::timestamp::from_ms((int64_t{day} + 1) * 86'400'000);
}

trading::timestamp start_of(int32_t day) {
  return trading::timestamp::from_ms(int64_t{day} * 86'400'000);
}

stretches stretches_of(const std::vector<trading::dated_value>& values) {
  stretches lines;
  bool open = false;
  for (const auto& v : values) {
    if (v.value && !open)
      lines.emplace_back();
    open = v.value.has_value();
    if (v.value)
      lines.back().push_back({close_of(v.day), *v.value, *v.value, *v.value});
  }
  return lines;
}

value_axis axis_of(const stretches& lines) {
  double lowest = 0;
  double highest = 0;
  for (const auto& line : lines)
    for (const auto& p : line) {
      lowest = std::min(lowest, p.lowest);
      highest = std::max(highest, p.highest);
    }
  return value_axis::linear(lowest, highest, 5, value_unit::number);
}

/// Half of the history where that is less than the usual window; 0 where it would be too little.
uint32_t window_for(size_t days) {
  const auto window = static_cast<uint32_t>(std::min<size_t>(days / 2, window_days_max));
  return window < window_days_min ? 0 : window;
}

} // namespace

void write_rolling_sharpe(std::ostream& out, figure_writer& figures,
                          const trading::backtest_result& result) {
  section s{out, "rolling-sharpe", "Rolling Sharpe ratio"};
  const auto window = window_for(result.days.size());
  if (window == 0) {
    write_sentence(
      out, "A rolling Sharpe ratio takes at least " + std::to_string(2 * window_days_min)
             + " days; there "
             + (result.days.size() == 1 ? "is 1." : "are " + whole_text(result.days.size()) + "."));
    return;
  }
  const auto values = trading::rolling_sharpe_series(result.days, window);
  auto lines = values ? stretches_of(*values) : stretches{};
  if (lines.empty()) {
    write_sentence(out, "No Sharpe ratio is defined here: equity never varied, or was lost.");
    return;
  }
  time_chart chart{"Sharpe ratio of the last " + std::to_string(window) + " days, over time",
                   {start_of(result.days.front().day), close_of(result.days.back().day)},
                   axis_of(lines),
                   {}};
  figure f;
  f.id = "rolling-sharpe";
  f.caption = "Annual Sharpe ratio of the last " + std::to_string(window)
              + " daily returns, risk-free rate 0.";
  f.rows.labels = {"Sharpe"};
  for (const auto& line : lines) {
    // Each stretch gets its share of what the page holds.
    const auto share = std::max<size_t>(rows_max * line.size() / values->size(), 1);
    chart.lines.push_back(thinned(line, share));
    for (const auto& p : chart.lines.back())
      f.rows.rows.push_back({chart.x.fraction(p.at),
                             date_text(p.at - trading::nanoseconds{1}),
                             {number_text(p.value)}});
  }
  write_chart(figures, std::move(f), chart);
}

void write_exposure(std::ostream& out, figure_writer& figures,
                    const trading::backtest_result& result) {
  section s{out, "exposure", "Exposure"};
  if (result.exposure.empty()) {
    write_sentence(out, "No bar was seen, so there is no exposure to draw.");
    return;
  }
  const auto points = thinned(points_of(result.exposure), rows_max);
  double highest = 0;
  double lowest = 0;
  for (const auto& p : points) {
    highest = std::max(highest, p.highest);
    lowest = std::min(lowest, p.lowest);
  }
  const bool never = highest == 0 && lowest == 0;
  const time_chart chart{"Exposure over time as a share of equity",
                         {result.exposure.front().from, result.exposure.back().to},
                         value_axis::linear(lowest, never ? 1 : highest, 5, value_unit::percent),
                         {points},
                         true};
  figure f;
  f.id = "exposure";
  f.caption = "Worth of all positions, long and short added, as a share of equity. A position was "
              "open "
              + percent_text(result.statistics.exposure_time) + " of the time.";
  f.rows.labels = {"Exposure", "Highest"};
  for (const auto& p : points)
    f.rows.rows.push_back(
      {chart.x.fraction(p.at), time_text(p.at), {percent_text(p.value), percent_text(p.highest)}});
  write_chart(figures, std::move(f), chart);
}

} // namespace supreme::commands::report
