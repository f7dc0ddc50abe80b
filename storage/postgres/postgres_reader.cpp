#include "storage/postgres/postgres_reader.hpp"

#include "config/defaults.hpp"
#include "storage/open.hpp"
#include "storage/postgres/values.hpp"
#include "trading/check.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;
using nlohmann::json;

constexpr statement why_statement{"why", "SELECT trading.why($1)", false};
constexpr statement summary_statement{"summary", "SELECT trading.summary()", false};

struct key_column {
  const char* name;
  const char* type;
};

/// How a view is paged: its rows are ordered by these columns, which name each row once.
struct paged_view {
  view id;
  const char* relation;
  bool newest_first;
  std::vector<key_column> keys;
};

const paged_view& find(view v) {
  constexpr auto text = "text", time = "timestamptz", number = "bigint";
  static const std::array<paged_view, 16> views{{
    {view::positions, "trading.v_positions", false, {{"account", text}, {"instrument", text}}},
    {view::trades,
     "trading.v_trades",
     true,
     {{"recorded_at", time}, {"account", text}, {"account_seq", number}}},
    {view::orders, "trading.v_orders", true, {{"number", number}}},
    {view::refusals,
     "trading.v_refusals",
     true,
     {{"recorded_at", time}, {"slot", text}, {"cause", text}, {"leg", number}, {"child", number}}},
    {view::nodes, "cluster.v_nodes", false, {{"node", text}, {"incarnation", number}}},
    {view::units, "cluster.v_units", false, {{"unit", text}}},
    {view::node_history, "cluster.v_node_history", true, {{"id", number}}},
    {view::actor_history, "cluster.v_actor_history", true, {{"id", number}}},
    {view::config_versions, "cluster.v_config_versions", true, {{"version", number}}},
    {view::modes, "trading.v_modes", true, {{"updated_at", time}, {"scope", text}, {"name", text}}},
    {view::equity, "trading.v_equity", true, {{"id", number}}},
    {view::signals,
     "trading.v_signals",
     true,
     {{"recorded_at", time}, {"slot", text}, {"cause", text}, {"leg", number}, {"child", number}}},
    {view::slots,
     "trading.v_slots",
     true,
     {{"updated_at", time}, {"account", text}, {"slot", text}}},
    {view::parked, "trading.v_parked", true, {{"id", number}}},
    {view::quarantine, "trading.v_quarantine", true, {{"id", number}}},
    {view::breakers,
     "trading.v_breakers",
     false,
     {{"account", text}, {"scope", text}, {"name", text}}},
  }};
  for (const auto& known : views)
    if (known.id == v)
      return known;
  throw trading::contract_violation("a view without a relation");
}

std::string quoted_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"')
      out += '"';
    out += c;
  }
  return out + "\"";
}

/// A cursor is the keys of the last row, as JSON in hexadecimal, so that it needs no escaping
/// anywhere.
std::string encode_cursor(const std::vector<std::string>& keys) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : json(keys).dump()) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
  return out;
}

std::vector<std::string> decode_cursor(const std::string& cursor, size_t keys) {
  const auto unusable = [] {
    return store_failure(failure_kind::definitive, "the cursor is not one of this view");
  };
  const auto digit = [&](char c) {
    if (c >= '0' && c <= '9')
      return c - '0';
    if (c >= 'a' && c <= 'f')
      return c - 'a' + 10;
    throw unusable();
  };
  if (cursor.size() % 2 != 0)
    throw unusable();
  std::string text;
  for (size_t i = 0; i < cursor.size(); i += 2)
    text += static_cast<char>(digit(cursor[i]) * 16 + digit(cursor[i + 1]));
  try {
    auto values = json::parse(text).get<std::vector<std::string>>();
    if (values.size() == keys)
      return values;
  } catch (const json::exception&) {
    // Answered below, like a cursor of another view.
  }
  throw unusable();
}

/// "($3::text, $4::bigint)" for the cursor's values.
std::string placeholders(const std::vector<key_column>& keys, size_t first) {
  std::string out = "(";
  for (size_t i = 0; i < keys.size(); ++i)
    out += (i == 0 ? "$" : ", $") + std::to_string(first + i) + "::" + keys[i].type;
  return out + ")";
}

/// "a DESC, b DESC", or "(a, b)" when `order` is empty.
std::string key_list(const std::vector<key_column>& keys, const std::string& order) {
  std::string out;
  for (const auto& key : keys)
    out += (out.empty() ? "" : ", ") + std::string{key.name} + order;
  return out;
}

} // namespace

postgres_reader::postgres_reader(const std::string& conninfo)
  : session_(conninfo, {.role = "supreme_reader",
                        .application = "supreme reader",
                        .statement_timeout = defaults::reader_statement_timeout,
                        .lock_timeout = defaults::lock_timeout}) {}

page postgres_reader::list(view v, const std::map<std::string, std::string>& filters, size_t limit,
                           const std::optional<std::string>& cursor) {
  SUPREME_CHECK(limit >= 1 && limit <= defaults::page_rows_max,
                "a page has 1 to page_rows_max rows");
  const auto& shape = find(v);
  std::vector<std::string> values;
  std::string conditions;
  const auto add_condition = [&](const std::string& condition) {
    conditions += (conditions.empty() ? " WHERE " : " AND ") + condition;
  };
  for (const auto& [column, value] : filters) {
    values.push_back(value);
    add_condition(quoted_name(column) + " = $" + std::to_string(values.size()));
  }
  if (cursor) {
    add_condition("(" + key_list(shape.keys, "") + ")" + (shape.newest_first ? " < " : " > ")
                  + placeholders(shape.keys, values.size() + 1));
    for (auto& key : decode_cursor(*cursor, shape.keys.size()))
      values.push_back(std::move(key));
  }
  postgres_session::parameters parameters;
  for (const auto& value : values)
    parameters.push_back(value.c_str());
  // One row more than asked for tells whether there is a next page.
  const auto answer =
    session_.query("SELECT * FROM " + std::string{shape.relation} + conditions + " ORDER BY "
                     + key_list(shape.keys, shape.newest_first ? " DESC" : "") + " LIMIT "
                     + std::to_string(limit + 1),
                   parameters);
  page result;
  for (const auto& row : answer) {
    if (result.rows.size() == limit)
      break;
    json out = json::object();
    for (const auto& field : row)
      out[field.name()] = to_json(field);
    result.rows.push_back(std::move(out));
  }
  if (answer.size() > limit) {
    std::vector<std::string> keys;
    for (const auto& key : shape.keys)
      keys.emplace_back(answer[static_cast<pqxx::result::size_type>(limit - 1)][key.name].c_str());
    result.next = encode_cursor(keys);
  }
  return result;
}

std::optional<json> postgres_reader::why(const std::string& client_order_id) {
  auto answer = parse_json(session_.run(why_statement, {client_order_id.c_str()}));
  if (answer.is_null())
    return std::nullopt;
  return answer;
}

json postgres_reader::summary() { return parse_json(session_.run(summary_statement, {})); }

std::unique_ptr<reader> open_postgres_reader(const std::string& conninfo) {
  return std::make_unique<postgres_reader>(conninfo);
}

} // namespace supreme::storage
