#pragma once

#include "storage/audit/table.hpp"
#include "trading/market/decimal.hpp"
#include "trading/orders/order.hpp"
#include "trading/portfolio/position.hpp"

#include <nlohmann/json.hpp>

#include <string>

/// Reading audit payloads. All throw nlohmann::json::exception for what is missing or of another
/// type.
namespace supreme::storage::payload {

[[nodiscard]] std::string text(const nlohmann::json& j, const char* key);
[[nodiscard]] int64_t integer(const nlohmann::json& j, const char* key);
/// Throws store_failure for text that is no decimal.
[[nodiscard]] trading::decimal amount(const nlohmann::json& j, const char* key);
[[nodiscard]] trading::fill fill(const nlohmann::json& j);
[[nodiscard]] trading::position position(const nlohmann::json& j);

/// Cells of the comparison.
[[nodiscard]] cell text_cell(const nlohmann::json& j, const char* key);
[[nodiscard]] cell integer_cell(const nlohmann::json& j, const char* key);
[[nodiscard]] cell amount_cell(const nlohmann::json& j, const char* key);
[[nodiscard]] inline cell amount_cell(trading::decimal d) { return d.to_string(); }

} // namespace supreme::storage::payload
