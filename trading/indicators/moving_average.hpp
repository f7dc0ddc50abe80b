#pragma once

#include "trading/check.hpp"

#include <cstdint>
#include <optional>

namespace supreme::trading {

/// An exponential average seeded with the plain average of its first n values: the common core of
/// ema and wilder. No value before the n-th. Finite inputs give finite values; a plain value, one
/// owner.
class exponential_average {
public:
  /// The latest average; nothing while there were fewer than n values.
  [[nodiscard]] std::optional<double> value() const noexcept {
    return is_ready() ? std::optional{average_} : std::nullopt;
  }

  [[nodiscard]] bool is_ready() const noexcept { return seen_ >= length_; }

  /// O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    if (is_ready()) [[likely]]
      return advance(input);
    average_ += input; // Still a sum.
    if (++seen_ < length_)
      return std::nullopt;
    average_ /= static_cast<double>(length_);
    return average_;
  }
  /// update() of one that is_ready(), for loops that have asked already.
  double advance(double input) noexcept { return average_ += alpha_ * (input - average_); }

protected:
  exponential_average(uint32_t length, double alpha) : length_(length), alpha_(alpha) {
    SUPREME_CHECK(length > 0, "an average is over at least one value");
  }

private:
  uint32_t length_;
  uint32_t seen_ = 0;
  double alpha_;
  double average_ = 0;
};

/// Exponential moving average, α = 2/(n+1).
class ema : public exponential_average {
public:
  explicit ema(uint32_t length) : exponential_average(length, 2.0 / (double{1} + length)) {}
};

/// Wilder's average, α = 1/n.
class wilder : public exponential_average {
public:
  explicit wilder(uint32_t length) : exponential_average(length, 1.0 / length) {}
};

} // namespace supreme::trading
