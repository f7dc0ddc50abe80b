#include "storage/codec.hpp"

#include <array>
#include <set>
#include <utility>

namespace supreme::storage::codec {

namespace {

using nlohmann::json;
using namespace trading;

template <class... Visitors>
struct overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
overloaded(Visitors...) -> overloaded<Visitors...>;

constexpr std::array<std::pair<commit_status, const char*>, 7> statuses{{
  {commit_status::applied, "applied"},
  {commit_status::unchanged, "unchanged"},
  {commit_status::fenced, "fenced"},
  {commit_status::refused, "refused"},
  {commit_status::stale, "stale"},
  {commit_status::quarantined, "quarantined"},
  {commit_status::poisoned, "poisoned"},
}};

[[noreturn]] void unreadable(const std::string& what) {
  throw store_failure(failure_kind::definitive,
                      "the database answered something unreadable: " + what);
}

json text(decimal d) { return d.to_string(); }

json optional_text(const std::optional<decimal>& d) { return d ? text(*d) : json{}; }

json to_json(const unit_claim& c) { return {{"unit", c.unit}, {"epoch", c.epoch}}; }

json to_json(const signal& s) {
  json inputs = json::array();
  for (const auto& [name, value] : s.inputs)
    inputs.push_back(json::array({name, text(value)}));
  json out = {{"slot", s.key.slot.str()},
              {"cause", s.key.cause},
              {"leg", s.key.leg},
              {"child", s.key.child},
              {"strategy", s.strategy.str()},
              {"account", s.account.str()},
              {"instrument", s.instrument.str()},
              {"wanted", to_string(s.wanted)},
              {"reference_price", text(s.reference_price)},
              {"reason", s.reason},
              {"inputs", std::move(inputs)},
              {"event_time_ns", s.event_time.ns()},
              {"account_seq", s.account_seq}};
  // What says nothing is left out, so that a signal without hints is stored as it always was.
  if (s.hints.stop_distance)
    out["stop_distance"] = text(*s.hints.stop_distance);
  if (s.hints.take_profit_distance)
    out["take_profit_distance"] = text(*s.hints.take_profit_distance);
  if (s.hints.volatility_ppb)
    out["volatility_ppb"] = *s.hints.volatility_ppb;
  if (s.hints.weight_ppb != size_hints{}.weight_ppb)
    out["weight_ppb"] = s.hints.weight_ppb;
  return out;
}

json to_json(const verdict& v) {
  json checks = json::array();
  for (const auto& c : v.checks) {
    auto& check = checks.emplace_back(json{{"code", to_string(c.code)},
                                           {"passed", c.passed},
                                           {"limit", text(c.limit)},
                                           {"seen", text(c.seen)}});
    if (c.why != zero_size::none)
      check["why"] = to_string(c.why);
  }
  json out = {{"refusal", to_string(v.outcome)},     {"checks", std::move(checks)},
              {"direction", to_string(v.direction)}, {"size", text(v.size)},
              {"worst_price", text(v.worst_price)},  {"reserve_cash", text(v.reserve_cash)}};
  // A market order that may open is stored as it always was.
  if (v.type != order_type::market)
    out["type"] = to_string(v.type);
  if (v.limit_price)
    out["limit_price"] = text(*v.limit_price);
  if (v.stop_price)
    out["stop_price"] = text(*v.stop_price);
  if (v.reduce_only)
    out["reduce_only"] = true;
  return out;
}

json to_json(const position& p) {
  return {{"size", text(p.size)},
          {"cost", text(p.cost)},
          {"realised_gross", text(p.realised_gross)},
          {"fees_quote", text(p.fees_quote)},
          {"fill_count", p.fill_count}};
}

json to_json(const fill& f) {
  return {{"venue", f.venue.str()},
          {"account", f.account.str()},
          {"trade_id", f.id.str()},
          {"order", f.order.str()},
          {"instrument", f.instrument.str()},
          {"direction", to_string(f.direction)},
          {"price", text(f.at)},
          {"size", text(f.size)},
          {"fee", text(f.fee)},
          {"fee_asset", f.fee_asset.str()},
          {"event_time_ns", f.event_time.ns()}};
}

json member(const decide_transaction& t) {
  json j = {{"t", "decide"},
            {"wish", to_json(t.wish)},
            {"verdict", to_json(t.verdict)},
            {"mark", text(t.mark)},
            {"venue", t.venue.str()},
            {"quote", t.quote.str()},
            {"guard", to_json(t.guard)},
            {"strategy", to_json(t.strategy)},
            {"shard", t.shard},
            {"max_position", optional_text(t.max_position)},
            {"allow_short", t.allow_short},
            {"config_version", t.config_version}};
  if (t.fused)
    j["fused"] = {{"executor", to_json(t.fused->executor)},
                  {"incarnation", t.fused->incarnation},
                  {"valid_for_ms", t.fused->valid_for_ms}};
  return j;
}

json member(const submit_transaction& t) {
  return {{"t", "submit"},
          {"account", t.account.str()},
          {"id", t.id.str()},
          {"executor", to_json(t.executor)},
          {"incarnation", t.incarnation},
          {"valid_for_ms", t.valid_for_ms},
          {"proven_not_accepted", t.proven_not_accepted}};
}

json member(const report_transaction& t) {
  return {{"t", "report"},
          {"account", t.account.str()},
          {"id", t.id.str()},
          {"executor", to_json(t.executor)},
          {"state", to_string(t.state)},
          {"venue_order", t.venue_order.str()},
          {"reason", t.reason},
          {"event_time_ns", t.event_time.ns()}};
}

json member(const fill_transaction& t) {
  json balances = json::array();
  for (const auto& b : t.balances)
    balances.push_back({{"asset", b.asset.str()}, {"delta", text(b.delta)}});
  return {{"t", "fill"},
          {"fill", to_json(t.fill)},
          {"portfolio", to_json(t.portfolio)},
          {"slot", t.slot.str()},
          {"account_after", to_json(t.account_after)},
          {"slot_after", to_json(t.slot_after)},
          {"balances", std::move(balances)}};
}

json member(const step_transaction& t) {
  json equity = json::array();
  for (const auto& e : t.equity)
    equity.push_back(
      {{"account", e.account.str()}, {"equity", text(e.equity)}, {"cash", text(e.cash)}});
  return {{"t", "step"},
          {"replay", t.replay},
          {"conductor", to_json(t.conductor)},
          {"step", t.step},
          {"event_time_ns", t.event_time.ns()},
          {"bars", t.bars},
          {"signals", t.signals},
          {"equity", std::move(equity)},
          {"finished", t.finished}};
}

json member(const breakers_transaction& t) {
  json breakers = json::array();
  for (const auto& b : t.breakers)
    breakers.push_back({{"scope", to_string(b.key.scope)},
                        {"name", b.key.name},
                        {"state", to_string(b.state)},
                        {"latched", b.latched},
                        {"trigger", b.since ? to_string(b.trigger) : ""},
                        {"limit", text(b.limit)},
                        {"seen", text(b.seen)},
                        {"since_ns", b.since ? json(b.since->ns()) : json{}}});
  return {{"t", "breakers"},
          {"account", t.account.str()},
          {"guard", to_json(t.guard)},
          {"event_time_ns", t.event_time.ns()},
          {"history_seq", t.history_seq},
          {"breakers", std::move(breakers)}};
}

std::string string_at(const json& j, const char* key) { return j.at(key).get<std::string>(); }

template <class Id>
Id id_at(const json& j, const char* key) {
  return Id{string_at(j, key)};
}

decimal decimal_at(const json& j, const char* key) {
  const auto& s = j.at(key).get_ref<const std::string&>();
  if (const auto d = decimal::parse(s))
    return *d;
  unreadable(std::string{key} + " = " + s);
}

std::optional<decimal> optional_decimal_at(const json& j, const char* key) {
  if (j.at(key).is_null())
    return std::nullopt;
  return decimal_at(j, key);
}

/// The value a name stands for, by one of trading's parse functions.
template <class Parse>
auto named_at(const json& j, const char* key, Parse parse) {
  const auto name = string_at(j, key);
  if (const auto value = parse(name))
    return *value;
  unreadable(std::string{key} + " = " + name);
}

std::optional<side> parse_side(std::string_view name) {
  if (name == to_string(side::buy))
    return side::buy;
  if (name == to_string(side::sell))
    return side::sell;
  return std::nullopt;
}

std::optional<commit_status> parse_status(std::string_view name) {
  for (const auto& [value, known] : statuses)
    if (name == known)
      return value;
  return std::nullopt;
}

position position_from_json(const json& j) {
  return {.size = decimal_at(j, "size"),
          .cost = decimal_at(j, "cost"),
          .realised_gross = decimal_at(j, "realised_gross"),
          .fees_quote = decimal_at(j, "fees_quote"),
          .fill_count = j.at("fill_count").get<uint64_t>()};
}

std::map<std::string, trading_mode> modes_from_json(const json& j) {
  std::map<std::string, trading_mode> result;
  for (const auto& item : j.items())
    result[item.key()] = named_at(j, item.key().c_str(), parse_trading_mode);
  return result;
}

/// The text form of a text[]. A NUL ends the text early, on which the database refuses the array.
template <class Strings>
std::string sql_array(const Strings& elements) {
  std::string out = "{";
  for (const auto& element : elements) {
    out += out.size() == 1 ? "\"" : ",\"";
    for (const char c : element) {
      if (c == '"' || c == '\\')
        out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

/// Runs a reader; what it finds missing or of another type is the database's fault.
template <class Read>
auto reading(Read read) {
  try {
    return read();
  } catch (const json::exception& e) {
    unreadable(e.what());
  }
}

} // namespace

json to_json(const transaction& t) {
  return std::visit([](const auto& m) { return member(m); }, t);
}

group_request make_group(const std::vector<const transaction*>& members) {
  std::set<std::string> units, accounts;
  std::vector<std::string> list;
  for (const auto* t : members) {
    for (const auto& c : claims_of(*t))
      units.insert(c.unit);
    if (const auto account = account_of(*t); !account.empty())
      accounts.insert(account.str());
    list.push_back(to_json(*t).dump());
  }
  return {.units = sql_array(units), .accounts = sql_array(accounts), .members = sql_array(list)};
}

outcome outcome_from_json(const json& j) {
  return reading([&] {
    outcome o;
    o.status = named_at(j, "status", parse_status);
    o.text = string_at(j, "text");
    if (j.contains("refusal"))
      o.refusal = named_at(j, "refusal", parse_refusal);
    if (const auto found = j.find("order"); found != j.end() && !found->is_null())
      o.order = order_from_json(*found);
    o.account_seq = j.value("account_seq", uint64_t{0});
    return o;
  });
}

order_row order_from_json(const json& j) {
  return reading([&] {
    order_row row;
    auto& o = row.order;
    o.id = id_at<client_order_id>(j, "id");
    o.key = {id_at<slot_id>(j, "slot"), string_at(j, "cause"), j.at("leg").get<uint32_t>(),
             j.at("child").get<uint32_t>()};
    o.strategy = id_at<strategy_id>(j, "strategy");
    o.account = id_at<account_id>(j, "account");
    o.venue = id_at<venue_id>(j, "venue");
    o.instrument = id_at<instrument_id>(j, "instrument");
    o.direction = named_at(j, "direction", parse_side);
    o.type = named_at(j, "type", parse_order_type);
    o.size = decimal_at(j, "size");
    o.limit_price = optional_decimal_at(j, "limit_price");
    o.stop_price = optional_decimal_at(j, "stop_price");
    o.reduce_only = j.at("reduce_only").get<bool>();
    o.decision_price = decimal_at(j, "decision_price");
    o.event_time = timestamp::from_ns(j.at("event_time_ns").get<int64_t>());
    row.number = j.at("number").get<uint64_t>();
    row.state = named_at(j, "state", parse_order_state);
    row.filled = decimal_at(j, "filled");
    row.reserved_quantity = decimal_at(j, "reserved_quantity");
    row.reserved_cash = decimal_at(j, "reserved_cash");
    row.incarnation = j.at("incarnation").get<uint64_t>();
    if (const auto& until = j.at("valid_until_ns"); !until.is_null())
      row.valid_until = timestamp::from_ns(until.get<int64_t>());
    row.venue_order = id_at<venue_order_id>(j, "venue_order");
    row.reason = string_at(j, "reason");
    return row;
  });
}

fill_row fill_from_json(const json& j) {
  return reading([&] {
    fill_row row;
    auto& f = row.fill;
    f.venue = id_at<venue_id>(j, "venue");
    f.account = id_at<account_id>(j, "account");
    f.id = id_at<trade_id>(j, "trade_id");
    f.order = id_at<client_order_id>(j, "order");
    f.instrument = id_at<instrument_id>(j, "instrument");
    f.direction = named_at(j, "direction", parse_side);
    f.at = decimal_at(j, "price");
    f.size = decimal_at(j, "size");
    f.fee = decimal_at(j, "fee");
    f.fee_asset = id_at<asset_id>(j, "fee_asset");
    f.event_time = timestamp::from_ns(j.at("event_time_ns").get<int64_t>());
    row.slot = id_at<slot_id>(j, "slot");
    row.account_seq = j.at("account_seq").get<uint64_t>();
    row.slot_after = position_from_json(j.at("slot_after"));
    return row;
  });
}

account_snapshot snapshot_from_json(const json& j) {
  return reading([&] {
    account_snapshot s;
    s.account_seq = j.at("account_seq").get<uint64_t>();
    for (const auto& b : j.at("balances"))
      s.balances[id_at<asset_id>(b, "asset")] = {decimal_at(b, "amount"),
                                                 decimal_at(b, "reserved")};
    for (const auto& p : j.at("positions"))
      s.positions[id_at<instrument_id>(p, "instrument")] = {
        position_from_json(p), decimal_at(p, "reserved_buy"), decimal_at(p, "reserved_sell")};
    for (const auto& p : j.at("slots"))
      s.slots[id_at<slot_id>(p, "slot")] = {
        {}, id_at<instrument_id>(p, "instrument"), position_from_json(p)};
    for (const auto& o : j.at("open_orders"))
      s.open_orders.push_back(order_from_json(o));
    s.mode = named_at(j, "mode", parse_trading_mode);
    s.strategy_modes = modes_from_json(j.at("strategy_modes"));
    s.instrument_modes = modes_from_json(j.at("instrument_modes"));
    return s;
  });
}

json to_json(const node_registration& r) {
  return {{"node", r.node},   {"runtime_id", r.runtime_id}, {"cluster", r.cluster},
          {"build", r.build}, {"messages", r.messages},     {"host", r.host},
          {"port", r.port},   {"labels", r.labels},         {"ttl_ms", r.ttl_ms}};
}

cluster_view view_from_json(const json& j) {
  return reading([&] {
    cluster_view v;
    v.alive = j.value("alive", false);
    for (const auto& n : j.at("nodes"))
      v.nodes.push_back({.node = string_at(n, "node"),
                         .incarnation = n.at("incarnation").get<uint64_t>(),
                         .runtime_id = string_at(n, "runtime_id"),
                         .host = string_at(n, "host"),
                         .port = n.at("port").get<uint16_t>(),
                         .labels = n.at("labels").get<std::map<std::string, std::string>>(),
                         .config_version = n.at("config_version").get<uint64_t>(),
                         .live = n.at("live").get<bool>(),
                         .age_ms = n.at("age_ms").get<int64_t>()});
    for (const auto& u : j.at("units"))
      v.units.push_back({.unit = string_at(u, "unit"),
                         .holder = string_at(u, "holder"),
                         .holder_incarnation = u.at("holder_incarnation").get<uint64_t>(),
                         .epoch = u.at("epoch").get<uint64_t>()});
    v.config_version = j.at("config_version").get<uint64_t>();
    return v;
  });
}

const char* kind_of(const transaction& t) {
  return std::visit(overloaded{[](const decide_transaction&) { return "decide"; },
                               [](const submit_transaction&) { return "submit"; },
                               [](const report_transaction&) { return "report"; },
                               [](const fill_transaction&) { return "fill"; },
                               [](const step_transaction&) { return "step"; },
                               [](const breakers_transaction&) { return "breakers"; }},
                    t);
}

account_id account_of(const transaction& t) {
  return std::visit(overloaded{[](const decide_transaction& m) { return m.wish.account; },
                               [](const submit_transaction& m) { return m.account; },
                               [](const report_transaction& m) { return m.account; },
                               [](const fill_transaction& m) { return m.fill.account; },
                               [](const step_transaction&) { return account_id{}; },
                               [](const breakers_transaction& m) { return m.account; }},
                    t);
}

std::vector<unit_claim> claims_of(const transaction& t) {
  return std::visit(overloaded{[](const decide_transaction& m) {
                                 std::vector<unit_claim> all{m.guard};
                                 if (!m.strategy.unit.empty())
                                   all.push_back(m.strategy);
                                 if (m.fused)
                                   all.push_back(m.fused->executor);
                                 return all;
                               },
                               [](const submit_transaction& m) { return std::vector{m.executor}; },
                               [](const report_transaction& m) { return std::vector{m.executor}; },
                               [](const fill_transaction& m) { return std::vector{m.portfolio}; },
                               [](const step_transaction& m) { return std::vector{m.conductor}; },
                               [](const breakers_transaction& m) { return std::vector{m.guard}; }},
                    t);
}

const char* to_string(mode_scope s) noexcept {
  switch (s) {
    case mode_scope::global:
      return "global";
    case mode_scope::account:
      return "account";
    case mode_scope::strategy:
      return "strategy";
    case mode_scope::instrument:
      return "instrument";
  }
  return "";
}

const char* to_string(commit_status s) noexcept {
  for (const auto& [value, name] : statuses)
    if (value == s)
      return name;
  return "";
}

std::string readable(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string storable(const std::string& text) {
  auto valid = json::parse(readable(text)).get<std::string>();
  std::erase(valid, '\0');
  return valid;
}

} // namespace supreme::storage::codec
