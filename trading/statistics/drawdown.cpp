#include "trading/statistics/drawdown.hpp"

#include "trading/market/decimal_span.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

double fall(money peak, money to) noexcept { return -relative_change(peak, to).value_or(0); }

} // namespace

drawdown_tracker::extent drawdown_tracker::current() const noexcept {
  return {fall(*peak_, lowest_), days_between(peak_time_, time_)};
}

/// Below the peak only the lowest matters.
void drawdown_tracker::add(const equity_block& samples) noexcept {
  constexpr size_t part_max = 64; // Most parts stay below it as a whole.
  for (size_t i = 0, count = 0; i < samples.equity.size(); i += count) {
    count = std::min(part_max, samples.equity.size() - i);
    const auto part = samples.equity.subspan(i, count);
    if (const auto range = range_of(part); peak_ && range.highest < *peak_) {
      lowest_ = std::min(lowest_, range.lowest);
      time_ = samples.times[i + count - 1];
      equity_ = part.back();
      continue;
    }
    for (size_t k = 0; k < count; ++k)
      add(samples.times[i + k], part[k]);
  }
}

void drawdown_tracker::finish(timestamp end) noexcept {
  time_ = end;
  const auto over = current();
  ++finished_;
  largest_ = {std::max(largest_.depth, over.depth), std::max(largest_.days, over.days)};
  depths_.add(over.depth);
  days_.add(over.days);
}

drawdown_statistics drawdown_tracker::value() const noexcept {
  if (!peak_)
    return {};
  if (lowest_ < *peak_) {
    // What still lasts counts as if it ended now.
    auto ended = *this;
    ended.finish(time_);
    ended.lowest_ = *peak_;
    auto s = ended.value();
    s.current = fall(*peak_, equity_);
    return s;
  }
  drawdown_statistics s;
  s.count = finished_;
  s.deepest = largest_.depth;
  s.current = 0.0;
  if (finished_ > 0) {
    const auto n = static_cast<double>(finished_);
    s.average = depths_.value() / n;
    s.longest_days = largest_.days;
    s.average_days = days_.value() / n;
  }
  return s;
}

drawdown_statistics drawdowns(std::span<const equity_sample> samples) noexcept {
  drawdown_tracker tracker;
  for (const auto& sample : samples)
    tracker.add(sample.time, sample.equity);
  return tracker.value();
}

} // namespace supreme::trading
