#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/ids.hpp"
#include "trading/market/timestamp.hpp"

namespace supreme::trading {

/// Best bid and ask. A side without interest has size 0 and its price means nothing.
struct quote {
  instrument_id instrument;
  timestamp time;
  price bid;
  quantity bid_size;
  price ask;
  quantity ask_size;

  friend bool operator==(const quote&, const quote&) = default;
};

} // namespace supreme::trading
