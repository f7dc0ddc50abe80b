#pragma once

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace supreme::storage {

/// The JSON in the only field of a one-row answer; null for SQL's NULL and for no row. Throws a definitive
/// store_failure when it is not JSON.
[[nodiscard]] nlohmann::json parse_json(const pqxx::result& answer);

} // namespace supreme::storage
