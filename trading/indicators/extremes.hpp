#pragma once

#include "trading/indicators/sliding_window.hpp"

#include <algorithm>

namespace supreme::trading {

/// The largest of the last n values. The first value comes with the n-th input.
class highest {
public:
  explicit highest(uint32_t length) : window_(length) {}

  [[nodiscard]] std::optional<double> value() const noexcept {
    const auto found = window_.value();
    return found ? std::optional{found->x} : std::nullopt;
  }

  /// Amortised O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    window_.push({input});
    return value();
  }

private:
  struct largest {
    double x = 0;
    friend largest combine(const largest& a, const largest& b) noexcept {
      return {std::max(a.x, b.x)};
    }
  };
  sliding_window<largest> window_;
};

/// The smallest of the last n values. The first value comes with the n-th input.
class lowest {
public:
  explicit lowest(uint32_t length) : window_(length) {}

  [[nodiscard]] std::optional<double> value() const noexcept {
    const auto found = window_.value();
    return found ? std::optional{found->x} : std::nullopt;
  }

  /// Amortised O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    window_.push({input});
    return value();
  }

private:
  struct smallest {
    double x = 0;
    friend smallest combine(const smallest& a, const smallest& b) noexcept {
      return {std::min(a.x, b.x)};
    }
  };
  sliding_window<smallest> window_;
};

} // namespace supreme::trading
