#pragma once

#include "venues/history/bar_reader.hpp"

#include <string>

namespace supreme::commands {

/// The largest power of ten up to 0.01 that all prices of a file's first thousand bars are
/// multiples of. Damage is not reported: whoever reads the file will.
[[nodiscard]] trading::price step_of_prices(const venues::bar_file_settings& bars);

/// The same of a file of trades, by its first thousand trades.
[[nodiscard]] trading::price step_of_trade_prices(const std::string& path);

} // namespace supreme::commands
