#include "storage/audit/account_rebuild.hpp"

#include "storage/audit/payload.hpp"
#include "storage/failure.hpp"
#include "trading/check.hpp"
#include "trading/risk/risk_command.hpp"

#include <stdexcept>

namespace supreme::storage {

using nlohmann::json;
using namespace trading;
using payload::amount;
using payload::amount_cell;
using payload::integer_cell;
using payload::text;
using payload::text_cell;

namespace {

order_state state_at(const json& j, const char* key) {
  const auto state = parse_order_state(text(j, key));
  if (!state)
    throw store_failure(failure_kind::definitive, std::string{key} + " is no order state");
  return *state;
}

/// The claim that a row was written under must be the one in its payload.
bool signed_by(const audit_row& row, const json& claim) {
  return text(claim, "unit") == row.actor && payload::integer(claim, "epoch") == row.epoch;
}

} // namespace

void account_rebuild::fault(const audit_row& row, const std::string& what) {
  defects_.add(audit_place(row.stream, row.seq), what);
}

void account_rebuild::add(const audit_row& row) {
  try {
    const auto content = json::parse(row.payload);
    if (row.kind == "account_opened")
      return opened(row, content);
    const auto& in = content.at("in");
    const auto& out = content.at("out");
    if (row.kind == "decided")
      decided(row, in, out);
    else if (row.kind == "submitting" || row.kind == "resubmitting")
      submitted(row, in, out);
    else if (row.kind == "reported")
      reported(row, in, out);
    else if (row.kind == "fill" || row.kind == "late_fill" || row.kind == "overfill"
             || row.kind == "unsent_fill")
      filled(row, in, out);
    else if (row.kind == "quarantined")
      quarantined(row, in, out);
    else if (row.kind == "commanded")
      commanded(row, in, out);
    else
      fault(row, "no transaction writes rows of kind " + row.kind);
  } catch (const json::exception& e) {
    fault(row, std::string{"its payload is not what the program writes: "} + e.what());
  } catch (const store_failure& e) {
    fault(row, std::string{"its payload is not what the program writes: "} + e.what());
  } catch (const std::overflow_error& e) {
    fault(row, std::string{"its payload leaves the range of a decimal: "} + e.what());
  } catch (const contract_violation& e) {
    fault(row, std::string{"its payload breaks a rule: "} + e.what());
  }
}

void account_rebuild::opened(const audit_row& row, const json& in) {
  venue_ = text(in, "venue");
  opened_ = true;
  recorded_us_ = updated_us_ = row.at_us;
  for (const auto& item : in.at("initial").items()) {
    const auto initial = amount(in.at("initial"), item.key().c_str());
    balances_[item.key()] = {initial, {}, row.at_us};
    tables_["trading.movements"].put(
      {account_, number(0), item.key(), "initial", amount_cell(initial), number(row.at_us)});
  }
}

void account_rebuild::decided(const audit_row& row, const json& in, const json& out) {
  const auto& w = in.at("wish");
  const auto& v = in.at("verdict");
  if (!signed_by(row, in.at("guard")))
    fault(row, "its actor or epoch is not the guard's");
  const cell slot = text_cell(w, "slot"), cause = text_cell(w, "cause"),
             leg = integer_cell(w, "leg"), child = integer_cell(w, "child");
  tables_["trading.signals"].put(
    {slot,
     cause,
     leg,
     child,
     text_cell(w, "strategy"),
     account_,
     text_cell(w, "instrument"),
     text_cell(w, "wanted"),
     amount_cell(w, "reference_price"),
     text_cell(w, "reason"),
     w.at("inputs").dump(),
     integer_cell(w, "event_time_ns"),
     integer_cell(w, "account_seq"),
     integer_cell(in.at("strategy"), "epoch"),
     row.node,
     number(row.at_us),
     w.contains("stop_distance") ? amount_cell(w, "stop_distance") : cell{},
     w.contains("volatility_ppb") ? integer_cell(w, "volatility_ppb") : cell{},
     w.contains("weight_ppb") ? integer_cell(w, "weight_ppb") : cell{},
     w.contains("take_profit_distance") ? amount_cell(w, "take_profit_distance") : cell{}});
  tables_["trading.verdicts"].put({slot,
                                   cause,
                                   leg,
                                   child,
                                   account_,
                                   text_cell(out, "refusal"),
                                   text_cell(out, "decided_by"),
                                   out.at("checks").dump(),
                                   text_cell(v, "direction"),
                                   amount_cell(v, "size"),
                                   amount_cell(v, "worst_price"),
                                   amount_cell(v, "reserve_cash"),
                                   amount_cell(in, "mark"),
                                   amount_cell(in, "max_position"),
                                   truth(in.at("allow_short").get<bool>()),
                                   integer_cell(in, "config_version"),
                                   text_cell(out, "id"),
                                   number(row.epoch),
                                   row.node,
                                   number(row.at_us)});
  if (!out.at("id").is_null())
    ordered(row, in, out);
}

void account_rebuild::ordered(const audit_row& row, const json& in, const json& out) {
  const auto& w = in.at("wish");
  const auto& v = in.at("verdict");
  held_order o;
  o.in = in;
  o.number = payload::integer(out, "number");
  o.size = amount(v, "size");
  o.type = v.contains("type") ? text(v, "type") : to_string(order_type::market);
  o.reduce_only = v.value("reduce_only", false);
  const bool waits_to_close = o.reduce_only && o.type != to_string(order_type::market);
  o.reserved_quantity = waits_to_close ? quantity{} : o.size;
  o.reserve_cash = o.reserved_cash = amount(v, "reserve_cash");
  o.buys = text(v, "direction") == to_string(side::buy);
  if (const auto fused = in.find("fused"); fused != in.end()) {
    o.state = order_state::submitting;
    o.incarnation = payload::integer(*fused, "incarnation");
  }
  o.valid_until = integer_cell(out, "valid_until_us");
  o.guard_epoch = row.epoch;
  o.node = row.node;
  o.recorded_us = o.updated_us = row.at_us;
  auto& p = positions_[text(w, "instrument")];
  (o.buys ? p.reserved_buy : p.reserved_sell) += o.reserved_quantity;
  p.updated_us = row.at_us;
  if (!o.reserve_cash.is_zero()) {
    auto& b = balances_[text(in, "quote")];
    b.reserved += o.reserve_cash;
    b.updated_us = row.at_us;
  }
  const auto id = text(out, "id");
  add_event(row, id, o, "decided", {}, "", integer_cell(w, "event_time_ns"));
  orders_[id] = std::move(o);
}

account_rebuild::held_order& account_rebuild::order(const std::string& id) {
  const auto found = orders_.find(id);
  if (found == orders_.end())
    throw store_failure(failure_kind::definitive, "no order " + id + " was decided before");
  return found->second;
}

void account_rebuild::add_event(const audit_row& row, const std::string& id, const held_order& o,
                                const std::string& kind, cell from, const std::string& detail,
                                cell event_time_ns) {
  tables_["trading.order_events"].put({id, number(o.event_count), account_, kind, std::move(from),
                                       to_string(o.state), detail, std::move(event_time_ns),
                                       row.actor, number(row.epoch), row.node, number(row.at_us)});
}

void account_rebuild::submitted(const audit_row& row, const json& in, const json& out) {
  if (!signed_by(row, in.at("executor")))
    fault(row, "its actor or epoch is not the executor's");
  auto& o = order(text(in, "id"));
  const std::string from = to_string(o.state);
  o.state = order_state::submitting;
  o.incarnation = payload::integer(in, "incarnation");
  o.valid_until = integer_cell(out, "valid_until_us");
  o.updated_us = row.at_us;
  ++o.event_count;
  add_event(row, text(in, "id"), o, row.kind, from, "incarnation " + std::to_string(o.incarnation),
            integer_cell(o.in.at("wish"), "event_time_ns"));
}

void account_rebuild::release(held_order& o, quantity rest, money rest_cash, int64_t at_us) {
  if (o.reserved_quantity != rest) {
    auto& p = positions_[text(o.in.at("wish"), "instrument")];
    (o.buys ? p.reserved_buy : p.reserved_sell) -= o.reserved_quantity - rest;
    p.updated_us = at_us;
  }
  if (o.reserved_cash != rest_cash) {
    auto& b = balances_[text(o.in, "quote")];
    b.reserved -= o.reserved_cash - rest_cash;
    b.updated_us = at_us;
  }
  o.reserved_quantity = rest;
  o.reserved_cash = rest_cash;
}

void account_rebuild::reported(const audit_row& row, const json& in, const json& out) {
  if (!signed_by(row, in.at("executor")))
    fault(row, "its actor or epoch is not the executor's");
  auto& o = order(text(in, "id"));
  const std::string from = to_string(o.state);
  const auto state = state_at(in, "state");
  const bool moves = out.at("moves").get<bool>();
  if (moves != (o.state != state && may_move(o.state, state)))
    fault(row, "an order cannot move from " + from + " to " + to_string(state));
  if (out.at("learns").get<bool>())
    o.venue_order = text(in, "venue_order");
  if (moves) {
    o.state = state;
    if (const auto reason = text(in, "reason"); !reason.empty())
      o.reason = reason;
    if (is_terminal(state))
      release(o, {}, {}, row.at_us);
  }
  o.updated_us = row.at_us;
  ++o.event_count;
  add_event(row, text(in, "id"), o, moves ? "reported" : "venue_order", from, text(in, "reason"),
            integer_cell(in, "event_time_ns"));
}

void account_rebuild::move_balances(const audit_row& row, const json& in, const fill& f,
                                    const held_order& o, const fill_effect& effect) {
  const auto quote = text(o.in, "quote");
  decimal others;
  for (const auto& change : in.at("balances")) {
    const auto asset = text(change, "asset");
    const auto delta = amount(change, "delta");
    auto& b = balances_[asset];
    b.amount += delta;
    b.updated_us = row.at_us;
    tables_["trading.movements"].put(
      {account_, number(account_seq_), asset, "fill", amount_cell(delta), number(row.at_us)});
    if (asset != quote)
      others += delta;
    else if (delta != effect.quote_change - (f.fee_asset.str() == quote ? f.fee : money{}))
      fault(row, "the balance of " + quote + " moves by another amount than the fill costs");
  }
  // Base units and a fee in another asset are the only other movements.
  if (others != effect.base_change - (f.fee_asset.str() == quote ? money{} : f.fee))
    fault(row, "the balances move by other amounts than the fill");
}

void account_rebuild::filled(const audit_row& row, const json& in, const json& out) {
  if (!signed_by(row, in.at("portfolio")))
    fault(row, "its actor or epoch is not the portfolio's");
  const auto f = payload::fill(in.at("fill"));
  auto& o = order(f.order.str());
  const asset_id quote{text(o.in, "quote")};
  const auto slot = text(o.in.at("wish"), "slot");
  auto& p = positions_[f.instrument.str()];
  auto& s = slots_[slot];
  const auto effect = apply_fill(p.position, f, quote);
  p.position = effect.after;
  s.position = apply_fill(s.position, f, quote).after;
  s.instrument = f.instrument.str();
  p.updated_us = s.updated_us = updated_us_ = row.at_us;
  if (payload::position(in.at("account_after")) != p.position
      || payload::position(in.at("slot_after")) != s.position)
    fault(row, "the position after the fill is not what the fill makes of the position before");
  ++account_seq_;
  if (payload::integer(out, "account_seq") != account_seq_)
    fault(row, "its account event is number " + std::to_string(account_seq_));
  move_balances(row, in, f, o, effect);
  const auto position_cells = [](const position& x) {
    return cells{amount_cell(x.size), amount_cell(x.cost), amount_cell(x.realised_gross),
                 amount_cell(x.fees_quote), number(static_cast<int64_t>(x.fill_count))};
  };
  cells fill_row{f.venue.str(),
                 account_,
                 f.id.str(),
                 f.order.str(),
                 slot,
                 f.instrument.str(),
                 to_string(f.direction),
                 amount_cell(f.at),
                 amount_cell(f.size),
                 amount_cell(f.fee),
                 f.fee_asset.str(),
                 number(f.event_time.ns()),
                 number(account_seq_)};
  for (const auto& after : {p.position, s.position})
    for (auto& c : position_cells(after))
      fill_row.push_back(std::move(c));
  for (cell c : {number(row.epoch), cell{row.node}, number(row.at_us)})
    fill_row.push_back(std::move(c));
  tables_["trading.fills"].put(fill_row);

  const std::string from = to_string(o.state);
  const bool late = is_terminal(o.state);
  o.filled += f.size;
  const auto rest = !late && o.filled < o.size ? o.size - o.filled : quantity{};
  release(o, std::min(o.reserved_quantity, rest),
          multiply_divide(o.reserve_cash, rest.raw(), o.size.raw(), rounding::toward_zero),
          row.at_us);
  if (!late)
    o.state = rest.is_zero() ? order_state::filled : order_state::partially_filled;
  o.updated_us = row.at_us;
  ++o.event_count;
  const auto& fill_json = in.at("fill");
  add_event(row, f.order.str(), o, row.kind, from,
            "trade " + f.id.str() + ": " + text(fill_json, "size") + " at "
              + text(fill_json, "price"),
            number(f.event_time.ns()));
}

void account_rebuild::quarantined(const audit_row& row, const json& in, const json& out) {
  const auto f = payload::fill(in.at("fill"));
  tables_["trading.quarantine_fill"].put(
    {f.venue.str(), account_, f.id.str(), text_cell(out, "reason"), f.order.str(),
     f.instrument.str(), to_string(f.direction), amount_cell(f.at), amount_cell(f.size),
     amount_cell(f.fee), f.fee_asset.str(), number(f.event_time.ns()), number(row.epoch), row.node,
     number(row.at_us)});
}

void account_rebuild::commanded(const audit_row& row, const json& in, const json& out) {
  const cell principal = text_cell(in, "principal"), reason = text_cell(in, "reason"),
             scope = text_cell(in, "scope"), name = text_cell(in, "name"), at = number(row.at_us);
  if (principal != row.actor)
    fault(row, "its actor is not who gave the command");
  tables_["trading.risk_commands"].put({account_, number(row.seq), text_cell(in, "command"), scope,
                                        name, integer_cell(out, "after_ns"), principal, reason,
                                        at});
  const auto kind = parse_risk_command_kind(text(in, "command"));
  if (!kind)
    throw store_failure(failure_kind::definitive, "no command");
  if (*kind == risk_command_kind::accept_drawdown)
    return;
  const bool latches = *kind == risk_command_kind::latch_breaker;
  tables_["trading.breaker_latches"].put(
    {account_, scope, name, truth(latches), latches ? principal : cell{""}, principal, reason, at});
}

cells account_rebuild::cells_of(const std::string& id, const held_order& o) const {
  const auto& w = o.in.at("wish");
  const auto& v = o.in.at("verdict");
  return {id,
          number(o.number),
          text_cell(w, "slot"),
          text_cell(w, "cause"),
          integer_cell(w, "leg"),
          integer_cell(w, "child"),
          text_cell(w, "strategy"),
          account_,
          text_cell(o.in, "venue"),
          text_cell(w, "instrument"),
          text_cell(o.in, "quote"),
          text_cell(v, "direction"),
          o.type,
          amount_cell(o.size),
          v.contains("limit_price") ? amount_cell(v, "limit_price") : cell{},
          v.contains("stop_price") ? amount_cell(v, "stop_price") : cell{},
          amount_cell(o.in, "mark"),
          integer_cell(w, "event_time_ns"),
          amount_cell(o.reserve_cash),
          to_string(o.state),
          truth(!is_terminal(o.state)),
          amount_cell(o.filled),
          amount_cell(o.reserved_quantity),
          amount_cell(o.reserved_cash),
          number(o.incarnation),
          o.valid_until,
          o.venue_order,
          o.reason,
          number(o.event_count),
          number(o.guard_epoch),
          o.node,
          number(o.recorded_us),
          number(o.updated_us),
          truth(o.reduce_only)};
}

expected_tables& account_rebuild::finish() {
  if (opened_)
    tables_["trading.accounts"].put(
      {account_, venue_, number(account_seq_), number(recorded_us_), number(updated_us_)});
  for (const auto& [id, o] : orders_)
    tables_["trading.orders"].put(cells_of(id, o));
  for (const auto& [instrument, p] : positions_)
    tables_["trading.positions"].put(
      {account_, instrument, amount_cell(p.position.size), amount_cell(p.position.cost),
       amount_cell(p.position.realised_gross), amount_cell(p.position.fees_quote),
       number(static_cast<int64_t>(p.position.fill_count)), amount_cell(p.reserved_buy),
       amount_cell(p.reserved_sell), number(p.updated_us)});
  for (const auto& [slot, s] : slots_)
    tables_["trading.slots"].put(
      {account_, slot, s.instrument, amount_cell(s.position.size), amount_cell(s.position.cost),
       amount_cell(s.position.realised_gross), amount_cell(s.position.fees_quote),
       number(static_cast<int64_t>(s.position.fill_count)), number(s.updated_us)});
  for (const auto& [asset, b] : balances_)
    tables_["trading.balances"].put(
      {account_, asset, amount_cell(b.amount), amount_cell(b.reserved), number(b.updated_us)});
  return tables_;
}

} // namespace supreme::storage
