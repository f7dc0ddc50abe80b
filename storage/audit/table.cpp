#include "storage/audit/table.hpp"

#include "trading/check.hpp"

namespace supreme::storage {

namespace {

const std::vector<table_shape>& tables() {
  static const std::vector<table_shape> all{
    {"trading.accounts",
     {"account", "venue", "account_seq", "recorded_at", "updated_at"},
     1,
     "account"},
    {"trading.signals",
     {"slot",
      "cause",
      "leg",
      "child",
      "strategy",
      "account",
      "instrument",
      "wanted",
      "reference_price",
      "reason",
      "inputs",
      "event_time_ns",
      "seen_account_seq",
      "strategy_epoch",
      "node",
      "recorded_at",
      "stop_distance",
      "volatility_ppb",
      "weight_ppb",
      "take_profit_distance"},
     4,
     "account"},
    {"trading.verdicts",
     {"slot",           "cause",        "leg",         "child",        "account",
      "refusal",        "decided_by",   "checks",      "direction",    "size",
      "worst_price",    "reserve_cash", "mark",        "max_position", "allow_short",
      "config_version", "order_id",     "guard_epoch", "node",         "recorded_at"},
     4,
     "account"},
    {"trading.orders",
     {"id",
      "number",
      "slot",
      "cause",
      "leg",
      "child",
      "strategy",
      "account",
      "venue",
      "instrument",
      "quote",
      "direction",
      "type",
      "size",
      "limit_price",
      "stop_price",
      "decision_price",
      "event_time_ns",
      "reserve_cash",
      "state",
      "is_open",
      "filled",
      "reserved_quantity",
      "reserved_cash",
      "incarnation",
      "valid_until",
      "venue_order",
      "reason",
      "event_count",
      "guard_epoch",
      "node",
      "recorded_at",
      "updated_at",
      "reduce_only"},
     1,
     "account"},
    {"trading.order_events",
     {"order_id", "seq", "account", "kind", "from_state", "to_state", "detail", "event_time_ns",
      "actor", "epoch", "node", "recorded_at"},
     2,
     "account"},
    {"trading.positions",
     {"account", "instrument", "size", "cost", "realised_gross", "fees_quote", "fill_count",
      "reserved_buy", "reserved_sell", "updated_at"},
     2,
     "account"},
    {"trading.slots",
     {"account", "slot", "instrument", "size", "cost", "realised_gross", "fees_quote", "fill_count",
      "updated_at"},
     2,
     "account"},
    {"trading.balances", {"account", "asset", "amount", "reserved", "updated_at"}, 2, "account"},
    {"trading.movements",
     {"account", "account_seq", "asset", "kind", "delta", "recorded_at"},
     3,
     "account"},
    {"trading.fills",
     {"venue",
      "account",
      "trade_id",
      "order_id",
      "slot",
      "instrument",
      "direction",
      "price",
      "size",
      "fee",
      "fee_asset",
      "event_time_ns",
      "account_seq",
      "position_size",
      "position_cost",
      "position_realised",
      "position_fees",
      "position_fill_count",
      "slot_size",
      "slot_cost",
      "slot_realised",
      "slot_fees",
      "slot_fill_count",
      "portfolio_epoch",
      "node",
      "recorded_at"},
     3,
     "account"},
    {"trading.quarantine_fill",
     {"venue", "account", "trade_id", "reason", "order_id", "instrument", "direction", "price",
      "size", "fee", "fee_asset", "event_time_ns", "portfolio_epoch", "node", "recorded_at"},
     4,
     "account"},
    {"trading.risk_commands",
     {"account", "history_seq", "command", "scope", "name", "after_ns", "principal", "reason",
      "recorded_at"},
     2,
     "account"},
    {"trading.breaker_latches",
     {"account", "scope", "name", "latched", "latched_by", "principal", "reason", "updated_at"},
     3,
     "account"},
    {"trading.replays", {"replay", "step", "event_time_ns", "finished", "updated_at"}, 1, ""},
    {"trading.replay_steps",
     {"replay", "step", "event_time_ns", "bars", "signals", "finished", "epoch", "node",
      "recorded_at"},
     2,
     ""},
    {"trading.equity",
     {"account", "replay", "step", "event_time_ns", "equity", "cash", "recorded_at"},
     3,
     ""},
    {"trading.modes",
     {"scope", "name", "mode", "principal", "reason", "tightened_by", "updated_at"},
     2,
     ""},
    {"trading.mode_changes",
     {"scope", "name", "recorded_at", "from_mode", "to_mode", "principal", "reason"},
     3,
     ""},
    {"cluster.config_versions", {"version", "sha256", "applied_by", "recorded_at"}, 1, ""},
    {"cluster.node_events",
     {"node", "incarnation", "kind", "unit", "epoch", "recorded_at", "detail"},
     6,
     ""},
    {"cluster.units", {"unit", "holder", "holder_incarnation", "epoch", "changed_at"}, 1, ""},
  };
  return all;
}

} // namespace

std::span<const table_shape> audited_tables() { return tables(); }

const table_shape& audited_table(std::string_view name) {
  for (const auto& shape : tables())
    if (shape.name == name)
      return shape;
  throw trading::contract_violation("a table that is not audited");
}

std::string join(std::span<const cell> row) {
  std::string out;
  for (const auto& c : row) {
    // A length before each value makes any byte in it harmless; NULL has none.
    out += c ? std::to_string(c->size()) : "-";
    out += ':';
    if (c)
      out += *c;
  }
  return out;
}

cells split(const std::string& content) {
  cells row;
  for (size_t i = 0; i < content.size();) {
    const auto colon = content.find(':', i);
    const auto length = content.substr(i, colon - i);
    i = colon + 1;
    if (length == "-") {
      row.emplace_back();
      continue;
    }
    const auto size = std::stoul(length);
    row.emplace_back(content.substr(i, size));
    i += size;
  }
  return row;
}

std::string expected_table::place(const cells& row) const {
  std::string out{shape_->name};
  for (size_t i = 0; i < shape_->key_columns; ++i)
    out += " " + std::string{shape_->columns[i]} + "=" + row[i].value_or("null");
  return out;
}

void expected_table::put(const cells& row) {
  SUPREME_CHECK(row.size() == shape_->columns.size(), "a row has every column of its table");
  rows_[join(std::span{row}.first(shape_->key_columns))] = {join(row)};
}

void expected_table::compare(const cells& row, defect_list& defects) {
  ++compared_;
  const auto found = rows_.find(join(std::span{row}.first(shape_->key_columns)));
  if (found == rows_.end()) {
    defects.add(place(row), "the audit trail knows nothing of this row");
    return;
  }
  found->second.seen = true;
  if (found->second.content == join(row))
    return;
  const auto expected = split(found->second.content);
  for (size_t i = 0; i < row.size(); ++i)
    if (row[i] != expected[i])
      defects.add(place(row) + " column=" + std::string{shape_->columns[i]},
                  "is " + row[i].value_or("null") + ", by the audit trail it is "
                    + expected[i].value_or("null"));
}

void expected_table::finish(defect_list& defects) {
  for (const auto& [key, row] : rows_)
    if (!row.seen)
      defects.add(place(split(row.content)),
                  "the row is missing, by the audit trail it was written");
}

expected_table& expected_tables::operator[](std::string_view name) {
  const auto& shape = audited_table(name);
  return tables_.try_emplace(shape.name, shape).first->second;
}

} // namespace supreme::storage
