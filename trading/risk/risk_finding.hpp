#pragma once

#include "trading/market/decimal.hpp"
#include "trading/market/timestamp.hpp"

#include <string>

namespace supreme::trading {

/// Something that is not as it should be and that no refusal could prevent: it has happened. Told
/// once when it begins; what ends and begins again is told again.
struct risk_finding {
  timestamp at;        ///< event time
  std::string code;    ///< of the trade_check, of the refusal, or "breaker"
  std::string subject; ///< the order, the instrument, the breaker, or "account"
  std::string text;    ///< one sentence
  decimal limit;       ///< in the check's unit
  decimal seen;

  friend bool operator==(const risk_finding&, const risk_finding&) = default;
};

} // namespace supreme::trading
