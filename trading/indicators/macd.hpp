#pragma once

#include "trading/indicators/moving_average.hpp"

namespace supreme::trading {

struct macd_value {
  double line = 0;   ///< EMA(fast) − EMA(slow)
  double signal = 0; ///< EMA(signal) of the line
};

/// Moving average convergence/divergence. The line comes with the slow-th input, the signal with
/// the (slow + signal − 1)-th.
class macd {
public:
  macd(uint32_t fast, uint32_t slow, uint32_t signal) : fast_(fast), slow_(slow), signal_(signal) {
    SUPREME_CHECK(fast < slow, "the fast average is the shorter one");
  }

  /// The line alone: it is there before its signal.
  [[nodiscard]] std::optional<double> line() const noexcept {
    const auto fast = fast_.value();
    const auto slow = slow_.value();
    return fast && slow ? std::optional{*fast - *slow} : std::nullopt;
  }

  /// O(1), no allocation.
  std::optional<macd_value> update(double input) noexcept {
    const auto fast = fast_.update(input);
    const auto slow = slow_.update(input);
    if (!fast || !slow)
      return std::nullopt;
    const double line = *fast - *slow;
    const auto signal = signal_.update(line);
    return signal ? std::optional{macd_value{line, *signal}} : std::nullopt;
  }

  [[nodiscard]] bool is_ready() const noexcept { return signal_.is_ready(); }
  /// update() of one that is_ready(), for loops that have asked already.
  macd_value advance(double input) noexcept {
    const double line = fast_.advance(input) - slow_.advance(input);
    return {line, signal_.advance(line)};
  }

private:
  ema fast_;
  ema slow_;
  ema signal_;
};

} // namespace supreme::trading
