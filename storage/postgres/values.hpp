#pragma once

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <string>

namespace supreme::storage {

/// The JSON in the only field of a one-row answer; null for SQL's NULL and for no row. Throws a
/// definitive store_failure when it is not JSON.
[[nodiscard]] nlohmann::json parse_json(const pqxx::result& answer);

/// A field as people's JSON: numeric and 64-bit integers as exact text, smaller integers and
/// booleans as such, times as ISO 8601 in UTC, JSON parsed, all else as text.
[[nodiscard]] nlohmann::json to_json(const pqxx::field& field);

[[nodiscard]] bool is_timestamp(const pqxx::field& field);

/// "12.50000000" → "12.5"; text that is no decimal stays as it is.
[[nodiscard]] std::string shortest_decimal(std::string text);

} // namespace supreme::storage
