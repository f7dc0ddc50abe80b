#pragma once

#include "storage/cluster_store.hpp"
#include "storage/ledger_store.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// The JSON that goes to and comes from the SQL functions. Decimals are exact text, times are
/// integers of nanoseconds. Readers throw a definitive store_failure when the database answers
/// something else.
namespace supreme::storage::codec {

[[nodiscard]] nlohmann::json to_json(const transaction& t);
/// What trading.commit_group takes, as SQL arrays: the units and accounts the members touch, and
/// the members, each a text of JSON.
struct group_request {
  std::string units;
  std::string accounts;
  std::string members;
};
[[nodiscard]] group_request make_group(const std::vector<const transaction*>& members);

[[nodiscard]] outcome outcome_from_json(const nlohmann::json& j);
[[nodiscard]] order_row order_from_json(const nlohmann::json& j);
[[nodiscard]] fill_row fill_from_json(const nlohmann::json& j);
[[nodiscard]] account_snapshot snapshot_from_json(const nlohmann::json& j);

[[nodiscard]] nlohmann::json to_json(const node_registration& r);
[[nodiscard]] cluster_view view_from_json(const nlohmann::json& j);

/// "decide", "submit", "report", "fill", "step" or "breakers".
[[nodiscard]] const char* kind_of(const transaction& t);
/// The account whose rows the transaction changes; empty for a step.
[[nodiscard]] trading::account_id account_of(const transaction& t);
/// Every claim the transaction makes; a decision without a strategy's unit (a person's order) makes
/// none for it.
[[nodiscard]] std::vector<unit_claim> claims_of(const transaction& t);

[[nodiscard]] const char* to_string(mode_scope s) noexcept;
[[nodiscard]] const char* to_string(commit_status s) noexcept;

/// Text of the JSON value; invalid UTF-8 is replaced, because it is for people.
[[nodiscard]] std::string readable(const nlohmann::json& j);
/// The text as the database can store it: what is not UTF-8 is replaced, NULs are left out.
[[nodiscard]] std::string storable(const std::string& text);

} // namespace supreme::storage::codec
