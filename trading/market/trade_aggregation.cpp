#include "trading/market/trade_aggregation.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace supreme::trading {

trade_aggregation trade_aggregation::by_time(nanoseconds interval) {
  SUPREME_CHECK(interval.count() > 0, "the interval of bars is positive");
  trade_aggregation a;
  a.interval_ = interval;
  return a;
}

trade_aggregation trade_aggregation::by_volume(quantity volume) {
  SUPREME_CHECK(volume.is_positive(), "the volume of bars is positive");
  trade_aggregation a;
  a.volume_ = volume;
  return a;
}

trade_aggregation trade_aggregation::by_count(uint64_t trades) {
  SUPREME_CHECK(trades > 0, "bars have a trade or more");
  trade_aggregation a;
  a.trades_ = trades;
  return a;
}

std::optional<trade_bar> trade_aggregation::add(const trade_tick& t) {
  auto closed = close_until(t.time);
  if (!in_hand_)
    in_hand_ = trade_bar{{open_time_of(t.time), t.at, t.at, t.at, t.at, {}}, t.time, 0};
  auto& b = in_hand_->bar;
  b.high = std::max(b.high, t.at);
  b.low = std::min(b.low, t.at);
  b.close = t.at;
  b.volume += t.size;
  in_hand_->last = t.time;
  ++in_hand_->trades;
  if ((volume_.is_positive() && b.volume >= volume_) || in_hand_->trades == trades_)
    return close();
  return closed;
}

std::optional<trade_bar> trade_aggregation::close_until(timestamp now) {
  const auto closing = closes_at();
  return closing && *closing <= now ? close() : std::nullopt;
}

std::optional<trade_bar> trade_aggregation::close() { return std::exchange(in_hand_, {}); }

timestamp trade_aggregation::open_time_of(timestamp t) const noexcept {
  if (interval_.count() == 0)
    return t;
  const auto behind = t.ns() % interval_.count();
  int64_t open_ns = 0;
  // Before the first whole interval of all times there is only their beginning.
  if (__builtin_sub_overflow(t.ns(), behind < 0 ? behind + interval_.count() : behind, &open_ns))
    open_ns = std::numeric_limits<int64_t>::min();
  return timestamp::from_ns(open_ns);
}

std::optional<timestamp> trade_aggregation::closes_at() const noexcept {
  int64_t close_ns = 0;
  if (!in_hand_ || interval_.count() == 0
      || __builtin_add_overflow(in_hand_->bar.open_time.ns(), interval_.count(), &close_ns))
    return std::nullopt;
  return timestamp::from_ns(close_ns);
}

} // namespace supreme::trading
