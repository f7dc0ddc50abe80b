#include "storage/account_event_codec.hpp"

#include "storage/audit/payload.hpp"

#include <array>

namespace supreme::storage {

namespace {

using nlohmann::json;
using namespace trading;
using payload::amount;
using payload::integer;
using payload::text;

[[noreturn]] void unreadable(const std::string& what) {
  throw store_failure(failure_kind::definitive,
                      "the history of an account holds something unreadable: " + what);
}

template <class Value>
Value known(const std::optional<Value>& value, const std::string& name) {
  if (!value)
    unreadable(name);
  return *value;
}

target target_named(const std::string& name) {
  for (const auto t : {target::flat, target::long_position, target::short_position})
    if (name == to_string(t))
      return t;
  unreadable(name);
}

signal read_signal(const json& w) {
  signal s;
  s.key = {slot_id{text(w, "slot")}, text(w, "cause"), w.at("leg").get<uint32_t>(),
           w.at("child").get<uint32_t>()};
  s.strategy = strategy_id{text(w, "strategy")};
  s.account = account_id{text(w, "account")};
  s.instrument = instrument_id{text(w, "instrument")};
  s.wanted = target_named(text(w, "wanted"));
  s.reference_price = amount(w, "reference_price");
  s.reason = text(w, "reason");
  for (const auto& input : w.at("inputs"))
    s.inputs.emplace_back(input.at(0).get<std::string>(),
                          known(decimal::parse(input.at(1).get<std::string>()), "an input"));
  s.event_time = timestamp::from_ns(integer(w, "event_time_ns"));
  s.account_seq = w.at("account_seq").get<uint64_t>();
  if (w.contains("stop_distance"))
    s.hints.stop_distance = amount(w, "stop_distance");
  if (w.contains("take_profit_distance"))
    s.hints.take_profit_distance = amount(w, "take_profit_distance");
  if (w.contains("volatility_ppb"))
    s.hints.volatility_ppb = integer(w, "volatility_ppb");
  if (w.contains("weight_ppb"))
    s.hints.weight_ppb = integer(w, "weight_ppb");
  return s;
}

stored_decision read_decision(const json& in, const json& out) {
  stored_decision d;
  d.made.wish = read_signal(in.at("wish"));
  auto& v = d.made.verdict;
  const auto& told = in.at("verdict");
  v.outcome = known(parse_refusal(text(out, "refusal")), text(out, "refusal"));
  for (const auto& c : told.at("checks")) {
    auto& check = v.checks.emplace_back(
      check_result{known(parse_refusal(text(c, "code")), text(c, "code")),
                   c.at("passed").get<bool>(), amount(c, "limit"), amount(c, "seen")});
    if (c.contains("why"))
      check.why = known(parse_zero_size(text(c, "why")), text(c, "why"));
  }
  v.direction = text(told, "direction") == to_string(side::buy) ? side::buy : side::sell;
  v.size = amount(told, "size");
  v.worst_price = amount(told, "worst_price");
  v.reserve_cash = amount(told, "reserve_cash");
  if (told.contains("type"))
    v.type = known(parse_order_type(text(told, "type")), text(told, "type"));
  if (told.contains("limit_price"))
    v.limit_price = amount(told, "limit_price");
  if (told.contains("stop_price"))
    v.stop_price = amount(told, "stop_price");
  v.reduce_only = told.value("reduce_only", false);
  d.made.mark = amount(in, "mark");
  if (!in.at("max_position").is_null())
    d.made.limits.max_position = amount(in, "max_position");
  d.made.limits.allow_short = in.at("allow_short").get<bool>();
  if (!out.at("id").is_null())
    d.order = client_order_id{text(out, "id")};
  return d;
}

void read_report(const json& in, const json& out, const json& entry, account_events& to) {
  const auto state = known(parse_order_state(text(in, "state")), text(in, "state"));
  const auto before = known(parse_order_state(text(out, "from")), text(out, "from"));
  if (!out.at("moves").get<bool>())
    return;
  const client_order_id id{text(in, "id")};
  const auto decided = timestamp::from_ns(integer(entry.at("sent"), "decided_ns"));
  if (answers(before, state))
    to.events.push_back(
      {venue_answer{id, state == order_state::unknown,
                    std::chrono::microseconds{integer(entry.at("sent"), "took_us")}, decided}});
  if (is_terminal(state))
    to.events.push_back({order_end{id, state, timestamp::from_ns(integer(in, "event_time_ns"))}});
}

given_command read_command(const json& in, const json& out) {
  given_command c;
  c.command.kind = known(parse_risk_command_kind(text(in, "command")), text(in, "command"));
  if (c.command.kind != risk_command_kind::accept_drawdown)
    c.command.breaker = {known(parse_breaker_scope(text(in, "scope")), text(in, "scope")),
                         text(in, "name")};
  c.after = timestamp::from_ns(integer(out, "after_ns"));
  return c;
}

} // namespace

void read_account_event(const json& entry, account_events& out) {
  try {
    out.through = entry.at("seq").get<uint64_t>();
    const auto kind = text(entry, "kind");
    const auto& content = entry.at("payload");
    if (kind == "decided")
      out.events.push_back({read_decision(content.at("in"), content.at("out"))});
    else if (kind == "reported")
      read_report(content.at("in"), content.at("out"), entry, out);
    else if (kind == "commanded")
      out.events.push_back({read_command(content.at("in"), content.at("out"))});
    else if (kind.ends_with("fill"))
      out.events.push_back({slot_fill{payload::fill(content.at("in").at("fill")),
                                      slot_id{text(content.at("in"), "slot")}}});
  } catch (const json::exception& e) {
    unreadable(e.what());
  }
}

} // namespace supreme::storage
