#include "trading/market/bar_aggregation.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

/// The multiple of `length` at or before a time, before 1970 too.
timestamp window_of(timestamp t, nanoseconds length) {
  const auto rest = t.ns() % length.count();
  return t - nanoseconds{rest < 0 ? rest + length.count() : rest};
}

} // namespace

bar_aggregator::bar_aggregator(nanoseconds from, nanoseconds to) : from_(from), to_(to) {
  if (from.count() <= 0 || to < from || to.count() % from.count() != 0)
    throw aggregation_error(
      "bars of " + std::to_string(from.count() / 1'000'000'000) + " s do not make up bars of "
      + std::to_string(to.count() / 1'000'000'000) + " s: it must be a multiple");
}

void bar_aggregator::add(const bar_record& b, std::vector<bar_record>& out) {
  const auto window = window_of(b.open_time, to_);
  const auto end = window + to_;
  if (b.open_time + from_ > end)
    throw aggregation_error("the bar that opens at " + b.open_time.to_string()
                            + " reaches beyond the longer bar that ends at " + end.to_string());
  if (open_ && open_->open_time != window) {
    out.push_back(*open_);
    open_.reset();
  }
  if (!open_) {
    open_ = b;
    open_->open_time = window;
  } else {
    open_->high = std::max(open_->high, b.high);
    open_->low = std::min(open_->low, b.low);
    open_->close = b.close;
    open_->volume += b.volume;
  }
  if (b.open_time + from_ == end) {
    out.push_back(*open_);
    open_.reset();
  }
}

std::span<const bar_record> aggregated_bars::next() {
  bars_.clear();
  while (bars_.empty()) {
    const auto more = from_.next();
    if (more.empty())
      break;
    for (const auto& b : more)
      aggregator_.add(b, bars_);
  }
  return bars_;
}

} // namespace supreme::trading
