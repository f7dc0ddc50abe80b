#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace supreme::commands::report {

enum class value_unit : uint8_t { number = 1, percent = 2 };

struct value_tick {
  double value = 0;
  std::string label;
};

/// The scale of a chart's values: bounds, and ticks at values that people count in. Plain, any
/// thread.
class value_axis {
public:
  /// From a tick at or below the lowest value to one at or above the highest. Values beyond ±1e18
  /// count as ±1e18. `at_most` ticks, at least 2; two more where the bounds make it so.
  [[nodiscard]] static value_axis linear(double lowest, double highest, size_t at_most,
                                         value_unit unit);
  /// Equal factors are equal distances; 0 < lowest ≤ highest.
  [[nodiscard]] static value_axis logarithmic(double lowest, double highest, size_t at_most,
                                              value_unit unit);

  /// 0 at the lower bound, 1 at the upper one; what lies outside is put on the bound.
  [[nodiscard]] double fraction(double value) const noexcept;
  [[nodiscard]] double low() const noexcept { return low_; }
  [[nodiscard]] double high() const noexcept { return high_; }
  [[nodiscard]] const std::vector<value_tick>& ticks() const noexcept { return ticks_; }

private:
  double low_ = 0;
  double high_ = 1;
  bool logarithmic_ = false;
  std::vector<value_tick> ticks_;
};

} // namespace supreme::commands::report
