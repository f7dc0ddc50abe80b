#include "trading/risk/rate_limits.hpp"

#include "trading/check.hpp"
#include "trading/risk/event_time.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

decimal count_of(size_t n) noexcept {
  return decimal::from_raw(static_cast<int64_t>(n) * decimal::scale);
}

} // namespace

bool rate_limit::usable() const noexcept {
  return count >= 1 && count <= max_count && window.count() > 0;
}

// -- event_rate -----------------------------------------------------------------------

event_rate::event_rate(const rate_limit& limit) : limit_(limit) {
  SUPREME_CHECK(limit_.usable(), "a rate has a count within its bound and a window");
}

check_result event_rate::check(refusal code, timestamp at) const {
  const timestamp now = recent_.empty() ? at : std::max(at, recent_.back());
  const auto first = std::partition_point(
    recent_.begin(), recent_.end(), [&](timestamp t) { return has_passed(limit_.window, t, now); });
  const auto seen = static_cast<size_t>(recent_.end() - first) + 1;
  return {code, seen <= limit_.count, count_of(limit_.count), count_of(seen)};
}

void event_rate::record(timestamp at) {
  if (!recent_.empty())
    at = std::max(at, recent_.back());
  if (recent_.size() == limit_.count)
    recent_.pop_front();
  recent_.push_back(at);
}

// -- repeated_executions --------------------------------------------------------------

repeated_executions::repeated_executions(uint32_t limit, uint32_t max_slots)
  : limit_(limit), max_slots_(max_slots) {
  SUPREME_CHECK(limit >= 1 && max_slots >= 1, "a slot may execute once, and one can be watched");
}

repeated_executions::run* repeated_executions::watch(const slot_id& slot) {
  const auto found = runs_.find(slot);
  if (found != runs_.end())
    return &found->second;
  return runs_.size() < max_slots_ ? &runs_[slot] : nullptr;
}

void repeated_executions::note_signal(const slot_id& slot, target wanted) {
  auto* watched = watch(slot);
  if (watched && watched->wanted != wanted)
    *watched = {wanted, 0, 0};
}

void repeated_executions::begin_anew(const slot_id& slot) {
  if (const auto found = runs_.find(slot); found != runs_.end())
    found->second = {found->second.wanted, 0, 0};
}

check_result repeated_executions::check(const slot_id& slot, side direction) const {
  const auto found = runs_.find(slot);
  if (found == runs_.end()) {
    const bool room = runs_.size() < max_slots_;
    return {refusal::repeated_execution, room, count_of(room ? limit_ : 0), count_of(1)};
  }
  const uint32_t before = direction == side::buy ? found->second.buys : found->second.sells;
  return {refusal::repeated_execution, before < limit_, count_of(limit_),
          count_of(size_t{before} + 1)};
}

void repeated_executions::record(const slot_id& slot, side direction) {
  auto* watched = watch(slot);
  if (!watched)
    return;
  uint32_t& count = direction == side::buy ? watched->buys : watched->sells;
  if (count < UINT32_MAX)
    ++count;
}

// -- duplicate_orders -----------------------------------------------------------------

order_print print_of(const order& o) {
  return {o.key.slot, o.direction, o.size, o.limit_price ? o.limit_price : o.stop_price};
}

duplicate_orders::duplicate_orders(nanoseconds window, uint32_t capacity)
  : window_(window), capacity_(capacity) {
  SUPREME_CHECK(window.count() > 0 && capacity >= 1, "a window is positive and holds an order");
}

check_result duplicate_orders::check(const order_print& print, timestamp at) const {
  const timestamp now = recent_.empty() ? at : std::max(at, recent_.back().at);
  size_t inside = 0;
  for (auto i = recent_.rbegin(); i != recent_.rend() && !has_passed(window_, i->at, now); ++i) {
    ++inside;
    if (i->print == print)
      return {refusal::duplicate_order, false, seconds_of(window_), seconds_between(i->at, now)};
  }
  if (inside >= capacity_)
    return {refusal::order_rate, false, count_of(capacity_), count_of(inside + 1)};
  return {refusal::duplicate_order, true, seconds_of(window_), seconds_of(window_)};
}

void duplicate_orders::record(const order_print& print, timestamp at) {
  if (!recent_.empty())
    at = std::max(at, recent_.back().at);
  if (recent_.size() == capacity_)
    recent_.pop_front();
  recent_.push_back({print, at});
}

} // namespace supreme::trading
