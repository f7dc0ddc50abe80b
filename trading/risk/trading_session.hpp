#pragma once

#include "trading/market/timestamp.hpp"
#include "trading/risk/check_result.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace supreme::trading {

/// Open hours that repeat every week: seconds since Monday 00:00 UTC, each 0…604799. Open from
/// `opens` up to but without `closes`; one that closes at or before it opens runs over the week's
/// end.
struct weekly_window {
  static constexpr int32_t week_s = 604'800;

  int32_t opens_s = 0;
  int32_t closes_s = 0;
};

/// When an instrument is traded. No windows at all: always. UTC knows no summer time: hours that
/// follow a local clock need a session for each part of the year.
struct trading_session {
  std::vector<weekly_window> windows;
  std::set<int64_t> holidays; ///< UTC days (see utc_day) without any trading

  [[nodiscard]] bool usable() const noexcept;
};

/// Needs a usable session.
[[nodiscard]] bool is_open(const trading_session& session, timestamp at) noexcept;

/// session_closed: 1 when open.
[[nodiscard]] check_result check_session(const trading_session& session, timestamp at) noexcept;

} // namespace supreme::trading
