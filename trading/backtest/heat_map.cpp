#include "trading/backtest/heat_map.hpp"

#include "trading/check.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

std::vector<heat_band> make_bands(const parameter_trials& trials, size_t axis) {
  std::vector<double> values;
  for (const auto& point : trials.points)
    values.push_back(point[axis]);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<heat_band> bands;
  if (values.size() <= heat_map_values_max) {
    for (const double value : values)
      bands.push_back({value, value});
    return bands;
  }
  const double lowest = values.front();
  const double width = (values.back() - lowest) / static_cast<double>(heat_map_bands);
  for (size_t i = 0; i < heat_map_bands; ++i)
    bands.push_back(
      {lowest + width * static_cast<double>(i),
       i + 1 == heat_map_bands ? values.back() : lowest + width * static_cast<double>(i + 1)});
  return bands;
}

/// The first band that the value is not above; bands touch, and their ends cover every value.
size_t find_band(const std::vector<heat_band>& bands, double value) {
  const auto found =
    std::find_if(bands.begin(), bands.end(), [value](const heat_band& b) { return value <= b.to; });
  SUPREME_CHECK(found != bands.end(), "the bands cover every value");
  return static_cast<size_t>(found - bands.begin());
}

void add_extremes(heat_map& map) {
  for (const auto& c : map.cells) {
    if (!c.best)
      continue;
    map.lowest = map.lowest ? std::min(*map.lowest, *c.best) : *c.best;
    map.highest = map.highest ? std::max(*map.highest, *c.best) : *c.best;
  }
}

} // namespace

std::optional<double> heat_map::heat(const heat_cell& c) const noexcept {
  if (!c.best || !lowest || !highest)
    return std::nullopt;
  return *highest > *lowest ? (*c.best - *lowest) / (*highest - *lowest) : 1.0;
}

heat_map make_heat_map(const parameter_trials& trials, std::span<const trial_result> results,
                       size_t column, size_t row) {
  SUPREME_CHECK(column != row && column < trials.names.size() && row < trials.names.size(),
                "a heat map has two of the varied parameters");
  SUPREME_CHECK(results.size() == trials.points.size(), "each trial has a result");
  heat_map map;
  map.column_name = trials.names[column];
  map.row_name = trials.names[row];
  map.columns = make_bands(trials, column);
  map.rows = make_bands(trials, row);
  map.cells.resize(map.columns.size() * map.rows.size());
  for (size_t i = 0; i < results.size(); ++i) {
    const auto& point = trials.points[i];
    auto& c = map.cells[find_band(map.rows, point[row]) * map.columns.size()
                        + find_band(map.columns, point[column])];
    const auto& t = results[i];
    c.trials += t.status == trial_status::done ? 1 : 0;
    if (t.reached && (!c.best || *c.best < *t.reached))
      c.best = t.reached;
  }
  add_extremes(map);
  return map;
}

} // namespace supreme::trading
