#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"
#include "trading/market/timestamp.hpp"

#include <cstdint>

namespace supreme::trading {

/// One closed candle. `open_time` is its timestamp; nobody sees it before `close_time`.
struct bar {
  instrument_id instrument;
  timestamp open_time;
  nanoseconds interval{0}; ///< > 0
  price open;
  price high;
  price low;
  price close;
  quantity volume; ///< ≥ 0, base units

  [[nodiscard]] timestamp close_time() const noexcept { return open_time + interval; }
  friend bool operator==(const bar&, const bar&) = default;
};

/// Why a bar cannot be true; `none` when it can. Codes are stored with quarantined rows: never
/// reused.
enum class bar_defect : uint8_t {
  none = 0,
  price_not_positive = 1,
  high_below_low = 2,
  open_outside_range = 3,
  close_outside_range = 4,
  volume_negative = 5,
  interval_not_positive = 6,
};

[[nodiscard]] bar_defect find_defect(const bar& b) noexcept;
[[nodiscard]] const char* to_string(bar_defect d) noexcept;

} // namespace supreme::trading
