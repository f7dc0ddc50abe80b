#pragma once

#include "trading/check.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace supreme::trading {

/// What the last n values add up to, for any `combine(older, newer)` that is associative: extremes,
/// sums, moments. Nothing is ever subtracted, so nothing cancels and nothing drifts. Amortised
/// O(1): every value is combined at most three times (the two-stack queue of Tangwongsan, Hirzel
/// and Schneider, "In-order sliding-window aggregation in worst-case constant time", 2021, section
/// 3).
template <class Aggregate>
class sliding_window {
public:
  explicit sliding_window(uint32_t length) : ring_(length) {
    SUPREME_CHECK(length > 0, "a window holds at least one value");
  }

  [[nodiscard]] bool full() const noexcept { return size_ == ring_.size(); }

  /// No allocation.
  void push(const Aggregate& x) noexcept {
    if (full())
      drop_oldest();
    ring_[at(size_)] = x;
    back_ = size_ == front_ ? x : combine(back_, x);
    ++size_;
  }

  /// Nothing until the window is full.
  [[nodiscard]] std::optional<Aggregate> value() const noexcept {
    if (!full())
      return std::nullopt;
    if (front_ == 0)
      return back_;
    return front_ == size_ ? ring_[begin_] : combine(ring_[begin_], back_);
  }

private:
  [[nodiscard]] size_t at(size_t place) const noexcept {
    const size_t i = begin_ + place;
    return i < ring_.size() ? i : i - ring_.size();
  }

  void drop_oldest() noexcept {
    if (front_ == 0) {
      // Each place now holds what it and everything newer adds up to.
      for (size_t i = size_ - 1; i-- > 0;)
        ring_[at(i)] = combine(ring_[at(i)], ring_[at(i + 1)]);
      front_ = size_;
    }
    begin_ = at(1);
    --front_;
    --size_;
  }

  std::vector<Aggregate> ring_;
  size_t begin_ = 0;
  size_t size_ = 0;
  size_t front_ = 0; ///< places from the oldest on that hold aggregates up to the last of them
  Aggregate back_{}; ///< of all places after those
};

} // namespace supreme::trading
