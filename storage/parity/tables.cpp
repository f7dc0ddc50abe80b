#include "storage/parity/tables.hpp"

namespace supreme::storage {

namespace {

using columns = std::span<const std::string_view>;

constexpr std::array<std::string_view, 9> signal_columns{
  "strategy", "account", "instrument", "wanted",     "reference_price",
  "reason",   "inputs",  "event_time", "account_seq"};
constexpr std::array<std::string_view, 10> verdict_columns{
  "account",     "refusal",      "decided_by", "direction",    "size",
  "worst_price", "reserve_cash", "mark",       "max_position", "allow_short"};
constexpr std::array<std::string_view, 5> check_columns{"code", "passed", "limit", "seen", "why"};
constexpr std::array<std::string_view, 15> order_columns{
  "place",      "strategy",    "account",        "venue",      "instrument",
  "quote",      "direction",   "type",           "size",       "limit_price",
  "stop_price", "reduce_only", "decision_price", "event_time", "reserve_cash"};
constexpr std::array<std::string_view, 4> order_end_columns{"state", "filled", "reserved_quantity",
                                                            "reserved_cash"};
constexpr std::array<std::string_view, 20> fill_columns{"decision",
                                                        "venue",
                                                        "slot",
                                                        "instrument",
                                                        "direction",
                                                        "price",
                                                        "size",
                                                        "fee",
                                                        "fee_asset",
                                                        "event_time",
                                                        "position_size",
                                                        "position_cost",
                                                        "position_realised",
                                                        "position_fees",
                                                        "position_fill_count",
                                                        "slot_size",
                                                        "slot_cost",
                                                        "slot_realised",
                                                        "slot_fees",
                                                        "slot_fill_count"};
constexpr std::array<std::string_view, 1> movement_columns{"delta"};
constexpr std::array<std::string_view, 3> step_columns{"step", "bars", "signals"};
constexpr std::array<std::string_view, 3> equity_columns{"step", "equity", "cash"};
constexpr std::array<std::string_view, 7> position_columns{
  "size", "cost", "realised_gross", "fees_quote", "fill_count", "reserved_buy", "reserved_sell"};
constexpr std::array<std::string_view, 6> slot_columns{
  "instrument", "size", "cost", "realised_gross", "fees_quote", "fill_count"};
constexpr std::array<std::string_view, 2> balance_columns{"amount", "reserved"};

struct shape {
  std::string_view name;
  columns names;
};

/// In the order of parity_table.
constexpr std::array<shape, parity_table_count> shapes{{{"signals", signal_columns},
                                                        {"verdicts", verdict_columns},
                                                        {"checks", check_columns},
                                                        {"orders", order_columns},
                                                        {"orders", order_end_columns},
                                                        {"fills", fill_columns},
                                                        {"movements", movement_columns},
                                                        {"steps", step_columns},
                                                        {"equity", equity_columns},
                                                        {"positions", position_columns},
                                                        {"slots", slot_columns},
                                                        {"balances", balance_columns}}};

} // namespace

std::string_view to_string(parity_table t) noexcept { return shapes[static_cast<size_t>(t)].name; }

std::span<const std::string_view> columns_of(parity_table t) noexcept {
  return shapes[static_cast<size_t>(t)].names;
}

std::string decision_key_text(std::string_view slot, std::string_view cause, uint64_t leg,
                              uint64_t child) {
  return std::string{slot} + ' ' + std::string{cause} + ' ' + std::to_string(leg) + '.'
         + std::to_string(child);
}

} // namespace supreme::storage
