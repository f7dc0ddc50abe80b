#pragma once

#include "trading/market/decimal.hpp"
#include "trading/risk/refusal.hpp"
#include "trading/risk/zero_size.hpp"

namespace supreme::trading {

/// One line of a verdict: which check, what it allowed and what it saw. Units follow the check:
/// base or quote units, a price, a count, seconds for ages, per cent for shares. Checks that only
/// answer yes or no carry 1 for yes; nothing_to_do shows what the slot holds and has asked for;
/// short_not_allowed and reducing show what could still be sold or closed; `overflow` shows
/// nothing.
struct check_result {
  refusal code = refusal::none; ///< the code this check refuses with
  bool passed = true;
  decimal limit;
  decimal seen;
  zero_size why = zero_size::none; ///< of a failed quantity_zero: why there is no size

  friend bool operator==(const check_result&, const check_result&) = default;
};

} // namespace supreme::trading
