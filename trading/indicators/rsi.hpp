#pragma once

#include "trading/indicators/moving_average.hpp"

namespace supreme::trading {

/// Wilder's relative strength index over n changes, 0…100; 100 when there was no loss. The first
/// value comes with the (n+1)-th input.
class rsi {
public:
  explicit rsi(uint32_t length) : gains_(length), losses_(length) {}

  [[nodiscard]] std::optional<double> value() const noexcept {
    return index(gains_.value(), losses_.value());
  }

  /// O(1), no allocation.
  std::optional<double> update(double input) noexcept {
    add(input);
    return value();
  }
  /// The same for whoever asks for value() now and then only.
  void add(double input) noexcept {
    if (previous_) [[likely]] {
      const double change = input - *previous_;
      (void)gains_.update(change > 0 ? change : 0.0);
      (void)losses_.update(change < 0 ? -change : 0.0);
    }
    previous_ = input;
  }
  [[nodiscard]] bool is_ready() const noexcept { return losses_.is_ready(); }
  /// add() of one that is_ready(), for loops that have asked already.
  void advance(double input) noexcept {
    const double change = input - *previous_;
    const double gain = change > 0 ? change : 0.0;
    gains_.advance(gain);
    losses_.advance(gain - change); // One of the two is 0.
    previous_ = input;
  }

private:
  static std::optional<double> index(std::optional<double> gain,
                                     std::optional<double> loss) noexcept {
    if (!gain || !loss)
      return std::nullopt;
    return *loss == 0 ? 100.0 : 100.0 * *gain / (*gain + *loss);
  }

  wilder gains_;
  wilder losses_;
  std::optional<double> previous_;
};

} // namespace supreme::trading
