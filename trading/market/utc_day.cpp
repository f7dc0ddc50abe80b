#include "trading/market/utc_day.hpp"

namespace supreme::trading {

std::string day_text(int32_t day) {
  // At noon, because the first day that a timestamp can be of begins before all of them.
  constexpr int64_t half_day_ns = 43'200'000'000'000;
  constexpr size_t date_length = 10;
  return timestamp::from_ns((int64_t{2} * day + 1) * half_day_ns)
    .to_string()
    .substr(0, date_length);
}

} // namespace supreme::trading
