#pragma once

#include "trading/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace supreme::api {

/// Parses exactly one JSON value. Stricter than the grammar where leniency has been used for
/// attacks: refuses a member given twice, nesting deeper than `depth_max`, text that is not UTF-8
/// and numbers that do not fit. The error is a sentence that quotes nothing of the text.
[[nodiscard]] trading::result<nlohmann::json, std::string> parse_strict_json(std::string_view text,
                                                                             size_t depth_max);

} // namespace supreme::api
