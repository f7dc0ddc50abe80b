#pragma once

#include "trading/strategies/trade_rules.hpp"

namespace supreme::trading {

/// A length in bars: whole, from `minimum` to the longest that a strategy may ask for.
[[nodiscard]] parameter_spec length_parameter(const char* name, const char* text, uint32_t minimum,
                                              uint32_t initial);
[[nodiscard]] uint32_t whole_parameter(const parameters& values, const char* name);

/// The schema of a kind on one instrument: its own parameters, then `warmup_bars`, `direction`,
/// `atr_length`, `stop_atr`, `take_profit_atr`, `trail_atr` and `max_bars`.
[[nodiscard]] std::vector<parameter_spec> with_common(std::vector<parameter_spec> own);
[[nodiscard]] common_settings read_common(const parameters& values);

/// The common parameters that make sense without an ATR, too: for kinds on several instruments.
[[nodiscard]] parameter_spec warmup_parameter();
[[nodiscard]] parameter_spec direction_parameter(direction initial);
[[nodiscard]] parameter_spec max_bars_parameter();
[[nodiscard]] direction read_direction(const parameters& values);

} // namespace supreme::trading
