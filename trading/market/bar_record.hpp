#pragma once

#include "trading/market/bar.hpp"

#include <span>
#include <utility>

namespace supreme::trading {

/// What a bar says without its names: how long histories are kept and handed on. Instrument and
/// length are those of the history.
struct bar_record {
  timestamp open_time;
  price open;
  price high;
  price low;
  price close;
  quantity volume;

  friend bool operator==(const bar_record&, const bar_record&) = default;
};

[[nodiscard]] inline bar_record record_of(const bar& b) noexcept {
  return {b.open_time, b.open, b.high, b.low, b.close, b.volume};
}

/// Puts a record's values into a bar, whose instrument and length stay.
inline void set_values(bar& b, const bar_record& values) noexcept {
  b.open_time = values.open_time;
  b.open = values.open;
  b.high = values.high;
  b.low = values.low;
  b.close = values.close;
  b.volume = values.volume;
}

/// The bars of one instrument in time order, part by part. One owner.
class bar_stream {
public:
  virtual ~bar_stream() = default;

  /// The next bars, none when there are no more; valid until the next call. Bars are without
  /// defect, each later than the one before. Throws what reading throws.
  [[nodiscard]] virtual std::span<const bar_record> next() = 0;
};

/// Bars that are in memory, which must outlive this; given out in one part.
class memory_bars final : public bar_stream {
public:
  explicit memory_bars(std::span<const bar_record> bars) : bars_(bars) {}

  [[nodiscard]] std::span<const bar_record> next() override { return std::exchange(bars_, {}); }

private:
  std::span<const bar_record> bars_;
};

} // namespace supreme::trading
