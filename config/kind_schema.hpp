#pragma once

#include "config/strategy_plugins.hpp"
#include "trading/strategies/strategy.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace supreme::config {

/// Where a kind was loaded from; nothing for a built-in one. Any thread.
[[nodiscard]] std::optional<strategy_plugin> library_of(const trading::strategy_kind& kind);

/// What a kind of strategy is and takes, for programs: name, text, how many instruments it looks
/// at, the library it comes from (null for a built-in kind) and its parameters with their type
/// ("number", "whole" or "choice"), range or choices, default and text. Any thread.
[[nodiscard]] nlohmann::ordered_json describe_kind(const trading::strategy_kind& kind);

/// A valid value as describe_kind() gives defaults: a number, or the name of a choice.
[[nodiscard]] nlohmann::ordered_json describe_value(const trading::parameter_spec& spec,
                                                    double value);

} // namespace supreme::config
