#pragma once

#include "commands/setting_lines.hpp"
#include "trading/backtest/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>

namespace supreme::commands {

/// Everything of a result, for programs, with what the run was given: exact decimals as text, what
/// is undefined as null.
[[nodiscard]] nlohmann::json to_json(const trading::backtest_result& r,
                                     const setting_lines& inputs);

/// The same for people, in short. Annual figures of less than a month of daily returns are left
/// out, because they mean nothing.
void print_summary(std::ostream& out, const trading::backtest_result& r);

} // namespace supreme::commands
