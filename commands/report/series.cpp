#include "commands/report/series.hpp"

#include "trading/statistics/drawdown.hpp"

#include <algorithm>

namespace supreme::commands::report {

std::vector<chart_point> thinned(std::span<const chart_point> points, size_t at_most) {
  std::vector<chart_point> folded;
  if (points.empty())
    return folded;
  folded.push_back(points.front());
  const auto rest = points.subspan(1);
  const size_t width = (rest.size() + at_most - 1) / at_most;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (i % width == 0) {
      folded.push_back(rest[i]);
      continue;
    }
    auto& into = folded.back();
    into = {rest[i].at, rest[i].value, std::min(into.lowest, rest[i].lowest),
            std::max(into.highest, rest[i].highest)};
  }
  return folded;
}

std::vector<chart_point> points_of(std::span<const trading::series_bucket> series) {
  std::vector<chart_point> points;
  if (series.empty())
    return points;
  const double first = series.front().first.to_double();
  points.push_back({series.front().from, first, first, first});
  for (const auto& b : series)
    points.push_back({b.to, b.last.to_double(), b.lowest.to_double(), b.highest.to_double()});
  return points;
}

std::vector<chart_point> drawdown_of(std::span<const trading::series_bucket> equity) {
  std::vector<chart_point> points;
  if (equity.empty())
    return points;
  trading::drawdown_tracker tracker;
  auto depth_after = [&](trading::timestamp at, trading::money value) {
    tracker.add(at, value);
    return -tracker.value().current.value_or(0);
  };
  const double start = depth_after(equity.front().from, equity.front().first);
  points.push_back({equity.front().from, start, start, start});
  for (const auto& b : equity) {
    const double first = depth_after(b.from, b.first);
    const double lowest = depth_after(b.from, b.lowest);
    tracker.add(b.to, b.highest);
    const double last = depth_after(b.to, b.last);
    points.push_back({b.to, last, std::min({first, lowest, last}), std::max(first, last)});
  }
  return points;
}

} // namespace supreme::commands::report
