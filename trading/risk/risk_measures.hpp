#pragma once

#include "trading/check.hpp"
#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"
#include "trading/market/utc_day.hpp"
#include "trading/risk/ppb.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace supreme::trading {

/// Closed trades lost in a row. A trade that neither gained nor lost leaves the run as it is.
[[nodiscard]] constexpr uint32_t next_loss_run(uint32_t run, money net) noexcept {
  if (net.is_positive())
    return 0;
  return net.is_negative() && run < UINT32_MAX ? run + 1 : run;
}

/// How many of the last outcomes were failures: rejected orders, failed requests. A plain value.
class failure_rate {
public:
  /// The last `length` outcomes; no rate before `least` of them. Throws contract_violation unless
  /// 1 ≤ least ≤ length.
  failure_rate(uint32_t length, uint32_t least) : length_(length), least_(least) {
    SUPREME_CHECK(least >= 1 && least <= length, "a rate needs an outcome, and room for it");
    failed_.reserve(length);
  }

  void record(bool failed) {
    if (failed_.size() < length_) {
      failed_.push_back(failed);
    } else {
      failures_ -= failed_[oldest_] ? 1 : 0;
      failed_[oldest_] = failed;
      oldest_ = oldest_ + 1 == length_ ? 0 : oldest_ + 1;
    }
    failures_ += failed ? 1 : 0;
  }

  /// Rounded down; nothing before enough outcomes.
  [[nodiscard]] std::optional<int64_t> ppb() const noexcept {
    if (failed_.size() < least_)
      return std::nullopt;
    return int64_t{failures_} * whole_ppb / static_cast<int64_t>(failed_.size());
  }

  friend bool operator==(const failure_rate&, const failure_rate&) = default;

private:
  uint32_t length_;
  uint32_t least_;
  uint32_t failures_ = 0;
  uint32_t oldest_ = 0;
  std::vector<bool> failed_;
};

/// What the account has lost since the UTC day began. A plain value.
struct daily_loss_measure {
  int32_t day = 0;
  std::optional<money> start; ///< the last equity before the day, or the first one there was
  std::optional<money> last;

  /// The loss of the day so far, negative for a gain; nothing outside the range. A time of an
  /// earlier day counts as of the running one.
  [[nodiscard]] std::optional<money> update(timestamp at, money equity) noexcept {
    if (!start || utc_day(at) > day) {
      day = utc_day(at);
      start = last.value_or(equity);
    }
    last = equity;
    return checked_subtract(*start, equity);
  }

  friend bool operator==(const daily_loss_measure&, const daily_loss_measure&) = default;
};

} // namespace supreme::trading
