#include "commands/report/value_axis.hpp"

#include "commands/report/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace supreme::commands::report {

namespace {

constexpr double largest = 1e18;

double bounded(double value) { return std::clamp(value, -largest, largest); }

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `step`.
double nice_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0})
    if (factor * power >= step * (1 - 1e-9))
      return factor * power;
  return 10 * power;
}

/// Fraction digits that tell multiples of `step` apart and show each as it is.
int digits_for(double step) {
  for (int digits = 0; digits < 12; ++digits) {
    const double scaled = step * std::pow(10, digits);
    if (scaled >= 0.5 && std::abs(scaled - std::round(scaled)) < 1e-6 * scaled)
      return digits;
  }
  return 12;
}

/// Millions and more are told by their unit.
std::string tick_label(double value, double step, double largest_tick, value_unit unit) {
  if (unit == value_unit::percent)
    return number_text(value * 100, digits_for(step * 100)) + " %";
  struct magnitude {
    double size;
    const char* name;
  };
  static constexpr std::array magnitudes{magnitude{1e15, "e15"}, magnitude{1e12, "T"},
                                         magnitude{1e9, "B"}, magnitude{1e6, "M"}};
  for (const auto& m : magnitudes)
    if (largest_tick >= m.size)
      return value == 0 ? "0" : number_text(value / m.size, digits_for(step / m.size)) + m.name;
  return number_text(value, digits_for(step));
}

/// A range that is wide enough to be divided: a constant lies in the middle of one.
std::pair<double, double> widened(double lowest, double highest) {
  const double size = std::max(std::abs(lowest), std::abs(highest));
  if (highest - lowest > size * 1e-9)
    return {lowest, highest};
  const double margin = size == 0 ? 1 : size * 0.05;
  return {lowest - margin, highest + margin};
}

/// 1, 2 and 5 times the powers of ten between the bounds, or powers alone, or fewer of them.
std::vector<double> decades(double low, double high, size_t at_most) {
  std::vector<double> values;
  const auto first = static_cast<int>(std::floor(std::log10(low)));
  const auto last = static_cast<int>(std::ceil(std::log10(high)));
  auto collect = [&](std::initializer_list<double> factors, int stride) {
    values.clear();
    for (int power = first; power <= last; power += stride)
      for (const double factor : factors)
        if (const double v = factor * std::pow(10, power); v >= low && v <= high)
          values.push_back(v);
    return values.size() <= at_most;
  };
  if (collect({1.0, 2.0, 5.0}, 1))
    return values;
  for (int stride = 1; !collect({1.0}, stride);)
    ++stride;
  return values;
}

} // namespace

value_axis value_axis::linear(double lowest, double highest, size_t at_most, value_unit unit) {
  const auto [low, high] = widened(bounded(lowest), bounded(highest));
  const double step = nice_step((high - low) / static_cast<double>(std::max<size_t>(at_most, 2)));
  const double first = std::floor(low / step + 1e-9);
  const double last = std::max(std::ceil(high / step - 1e-9), first + 1);
  value_axis axis;
  axis.low_ = first * step;
  axis.high_ = last * step;
  const double largest_tick = std::max(std::abs(axis.low_), std::abs(axis.high_));
  for (double i = first; i <= last; ++i)
    axis.ticks_.push_back({i * step, tick_label(i * step, step, largest_tick, unit)});
  return axis;
}

value_axis value_axis::logarithmic(double lowest, double highest, size_t at_most, value_unit unit) {
  const auto [low, high] = widened(std::min(lowest, largest), std::min(highest, largest));
  value_axis axis;
  axis.logarithmic_ = true;
  const double margin = std::pow(high / low, 0.03);
  axis.low_ = low / margin;
  axis.high_ = high * margin;
  if (high / low < 10) {
    for (auto& tick : linear(low, high, at_most, unit).ticks_)
      if (tick.value >= axis.low_ && tick.value <= axis.high_)
        axis.ticks_.push_back(std::move(tick));
  } else {
    for (const double value : decades(axis.low_, axis.high_, at_most))
      axis.ticks_.push_back({value, tick_label(value, value, value, unit)});
  }
  return axis;
}

double value_axis::fraction(double value) const noexcept {
  const double bounded_value = std::clamp(value, low_, high_);
  return logarithmic_ ? std::log(bounded_value / low_) / std::log(high_ / low_)
                      : (bounded_value - low_) / (high_ - low_);
}

} // namespace supreme::commands::report
