#include "commands/report/value_axis.hpp"

#include "commands/report/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace supreme::commands::report {

namespace {

/// Beyond this a label would not fit beside the chart, and nobody could read it.
double largest(value_unit unit) { return unit == value_unit::percent ? 1e12 : 1e18; }

double bounded(double value, value_unit unit) {
  return std::clamp(value, -largest(unit), largest(unit));
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `step`.
double nice_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
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

/// A tick as a multiple of `size`, which is named by what follows the number.
std::string multiple_text(double value, double step, double size, const std::string& name) {
  return value == 0 ? "0" : number_text(value / size, digits_for(step / size)) + name;
}

/// Numbers that would be long are told by their millions and more, or by a power of ten: all labels
/// of an axis the same way, as the largest of them asks for.
std::string tick_label(double value, double step, double largest_tick, value_unit unit) {
  if (unit == value_unit::percent) {
    // The sign of percent takes its room, too.
    const double largest_percent = largest_tick * 100;
    return (largest_percent >= 1e5 && largest_percent < 1e6
              ? multiple_text(value * 100, step * 100, 1e3, "k")
              : tick_label(value * 100, step * 100, largest_percent, value_unit::number))
           + " %";
  }
  struct magnitude {
    double size;
    const char* name;
  };
  static constexpr std::array magnitudes{magnitude{1e12, "T"}, magnitude{1e9, "B"},
                                         magnitude{1e6, "M"}};
  if (largest_tick >= 1e15 || largest_tick < 0.999999e-3) {
    const double exponent = std::floor(std::log10(largest_tick) + 1e-9);
    return multiple_text(value, step, std::pow(10, exponent),
                         "e" + std::to_string(static_cast<int>(exponent)));
  }
  for (const auto& m : magnitudes)
    if (largest_tick >= m.size)
      return multiple_text(value, step, m.size, m.name);
  return number_text(value, digits_for(step));
}

/// A range that is wide enough to be divided by ticks with few digits: at least a thousandth of its
/// values, which a constant lies in the middle of.
std::pair<double, double> widened(double lowest, double highest, value_unit unit) {
  const double size = std::max(std::abs(lowest), std::abs(highest));
  const double least = unit == value_unit::percent ? 1e-6 : 1e-9;
  if (size < least)
    return {lowest - 1, highest + 1};
  const double missing = std::max(size / 1000, least) - (highest - lowest);
  return missing <= 0 ? std::pair{lowest, highest}
                      : std::pair{lowest - missing / 2, highest + missing / 2};
}

/// 1, 2 and 5 times the powers of ten between the bounds, or powers alone, or fewer of them.
std::vector<double> decades(double low, double high, size_t at_most) {
  std::vector<double> values;
  const auto first = static_cast<int>(std::floor(std::log10(low)));
  const auto last = static_cast<int>(std::ceil(std::log10(high)));
  auto collect = [&](std::initializer_list<double> factors, int stride) {
    values.clear();
    // Counted from 1, so that it is among them.
    for (int power = first - (first % stride + stride) % stride; power <= last; power += stride)
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
  const auto [low, high] = widened(bounded(lowest, unit), bounded(highest, unit), unit);
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
  const auto [low, high] = widened(bounded(lowest, unit), bounded(highest, unit), unit);
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
