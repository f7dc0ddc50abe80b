#pragma once

#include "trading/strategies/strategy.hpp"

namespace supreme::trading {

/// Adds kinds to those that strategy_kinds() lists, all of them or none. False, and nothing added,
/// when one of their names is there already or twice among them. What is added stays for as long
/// as the process lives. Any thread; readers never wait.
[[nodiscard]] bool add_strategy_kinds(const std::vector<strategy_kind>& kinds);

/// The value of a choice by its name; nothing for any other text.
[[nodiscard]] std::optional<double> choice_value(const parameter_spec& spec, std::string_view text);
/// "long, short, both".
[[nodiscard]] std::string choice_names(const parameter_spec& spec);

/// "fast=12 direction=long": each value as a file gives it, in name order. Without a kind, and for
/// names that it does not have, the numbers themselves.
[[nodiscard]] std::string parameters_text(const strategy_kind* kind, const parameters& values,
                                          const std::string& between);

} // namespace supreme::trading
