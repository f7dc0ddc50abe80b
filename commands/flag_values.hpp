#pragma once

#include "commands/backtest_flags.hpp"
#include "trading/strategies/strategy.hpp"

#include <string>
#include <utility>
#include <vector>

namespace supreme::commands {

inline constexpr int64_t ppb_per_bps = 100'000;
inline constexpr int64_t ppb_per_percent = 10'000'000;
/// Of equity, the most that sizes by flags come to unless somebody says more: orders worth all of
/// it are refused, because the price collar and the fee are reserved with them.
inline constexpr int64_t affordable_share_ppb = 900'000'000;

/// Each reads the text of a flag and throws verb_error with a sentence where it is not valid.
[[nodiscard]] trading::decimal read_amount(const std::string& flag, const std::string& text,
                                           bool zero_allowed);
/// A number of basis points or percents from 0 to `units_max`, in parts per billion, exact.
[[nodiscard]] int64_t read_share(const std::string& flag, const std::string& text,
                                 int64_t ppb_per_unit, int64_t units_max);
/// The other way round: "7.5".
[[nodiscard]] std::string share_text(int64_t ppb, int64_t ppb_per_unit);
[[nodiscard]] const trading::strategy_kind& find_kind(const std::string& name);
/// Complete and checked; each text is name=value.
[[nodiscard]] trading::parameters read_parameters(const trading::strategy_kind& kind,
                                                  const std::vector<std::string>& texts);
/// MODE:VALUE.
[[nodiscard]] trading::sizing read_size(const std::string& text);

} // namespace supreme::commands
