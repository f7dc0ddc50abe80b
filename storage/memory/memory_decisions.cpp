#include "storage/memory/memory_ledger_run.hpp"

#include "storage/codec.hpp"
#include "trading/orders/client_order_id.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace supreme::storage {

using namespace trading;
using nlohmann::json;

namespace {

__extension__ using wide = __int128;

outcome plain(commit_status status, std::string text) {
  outcome o;
  o.status = status;
  o.text = std::move(text);
  return o;
}

outcome fenced(const unit_claim& c) {
  return plain(commit_status::fenced,
               c.unit + " is no longer held in epoch " + std::to_string(c.epoch));
}

/// Into the range of a decimal: the numbers are for people, the comparison was made before.
decimal shown(wide raw) {
  constexpr wide most = INT64_MAX, least = INT64_MIN;
  return decimal::from_raw(static_cast<int64_t>(std::clamp(raw, least, most)));
}

/// What a CHECK constraint of the database says about a row.
void require(bool holds, const char* rule) {
  if (!holds)
    throw std::invalid_argument(rule);
}

/// As a guard will hear of it. One that the rows refused carries no order.
stored_decision stored(const decide_transaction& t, refusal code, const client_order_id& order) {
  trading::risk_limits limits;
  limits.max_position = t.max_position;
  limits.allow_short = t.allow_short;
  auto verdict = t.verdict;
  verdict.outcome = code;
  return {{t.wish, std::move(verdict), t.mark, limits}, order};
}

json shown(const check_result& c) {
  json out = {{"code", to_string(c.code)},
              {"passed", c.passed},
              {"limit", c.limit.to_string()},
              {"seen", c.seen.to_string()}};
  if (c.why != trading::zero_size::none)
    out["why"] = to_string(c.why);
  return out;
}

} // namespace

bool memory_ledger_run::holds(const unit_claim& claim) const {
  const auto found = db_.units_.find(claim.unit);
  return found != db_.units_.end() && !found->second.holder.empty()
         && found->second.epoch == claim.epoch;
}

const std::string& memory_ledger_run::node_of(const unit_claim& claim) const {
  return db_.units_.at(claim.unit).holder;
}

memory_ledger_run::order_record* memory_ledger_run::find(const client_order_id& id,
                                                         const account_id& account) {
  const auto found = db_.orders_.find(id);
  return found == db_.orders_.end() || found->second.row.order.account != account ? nullptr
                                                                                  : &found->second;
}

order_row memory_ledger_run::row_of(const order_record& o) const {
  auto row = o.row;
  row.valid_until = o.valid_until;
  return row;
}

trading_mode memory_ledger_run::mode_set(const account_id& account, const strategy_id& strategy,
                                         const instrument_id& instrument) const {
  auto strictest = trading_mode::active;
  const auto look = [&](mode_scope scope, const std::string& name) {
    if (const auto found = db_.modes_.find({scope, name}); found != db_.modes_.end())
      strictest = std::max(strictest, found->second.mode);
  };
  look(mode_scope::global, "");
  look(mode_scope::account, account.str());
  look(mode_scope::strategy, strategy.str());
  look(mode_scope::instrument, instrument.str());
  return strictest;
}

trading_mode memory_ledger_run::mode_in_force(const account_id& account,
                                              const strategy_id& strategy,
                                              const instrument_id& instrument) const {
  auto strictest = mode_set(account, strategy, instrument);
  if (const auto found = db_.accounts_.find(account); found != db_.accounts_.end())
    for (const auto& [key, by] : found->second.latches)
      if (key.scope == breaker_scope::global || key.scope == breaker_scope::account
          || (key.scope == breaker_scope::strategy && key.name == strategy.str())
          || (key.scope == breaker_scope::instrument && key.name == instrument.str()))
        strictest = std::max(strictest, trading_mode::reducing);
  return strictest;
}

std::string memory_ledger_run::payload(const transaction& t, const json& out) const {
  if (!db_.with_audit_)
    return {};
  const json content = {{"in", codec::to_json(t)}, {"out", out}};
  auto text = content.dump();
  require(text.find("\\u0000") == std::string::npos, "a text holds a NUL");
  return text;
}

void memory_ledger_run::audit(const account_id& account, const unit_claim& by,
                              const std::string& kind, const std::string& content) {
  db_.append_audit("account/" + account.str(), node_of(by), by.epoch, by.unit, kind, content);
}

std::optional<check_result> memory_ledger_run::refuse(const decide_transaction& t) const {
  const auto& v = t.verdict;
  const auto& account = db_.accounts_.at(t.wish.account);
  const auto mode = mode_in_force(t.wish.account, t.wish.strategy, t.wish.instrument);
  wide net = 0, promised_buy = 0, promised_sell = 0, free_cash = 0;
  if (const auto p = account.positions.find(t.wish.instrument); p != account.positions.end()) {
    net = p->second.position.size.raw();
    promised_buy = p->second.reserved_buy.raw();
    promised_sell = p->second.reserved_sell.raw();
  }
  if (const auto b = account.balances.find(t.quote); b != account.balances.end())
    free_cash = wide{b->second.amount.raw()} - b->second.reserved.raw();
  const wide size = v.size.raw(), cost = v.reserve_cash.raw();
  const bool buys = v.direction == side::buy;
  // Seen from the order's side: what is held if it and everything promised on its side fills, and
  // what may still be closed.
  const wide worst = buys ? net + promised_buy + size : promised_sell + size - net;
  const wide reducible = buys ? -net - promised_buy : net - promised_sell;
  const auto says = [](refusal code, wide limit, wide seen) {
    return check_result{.code = code, .passed = false, .limit = shown(limit), .seen = shown(seen)};
  };
  if (mode == trading_mode::halted)
    return check_result{
      .code = refusal::halted, .passed = false, .limit = {}, .seen = decimal::from_integer(1)};
  // What waits to close what its entry opens adds nothing to its slot.
  if (is_protective(v))
    return std::nullopt;
  if (t.max_position && worst > t.max_position->raw())
    return says(refusal::max_position, t.max_position->raw(), worst);
  if (!buys && !t.allow_short && worst > 0)
    return says(refusal::short_not_allowed, reducible, size);
  if (mode == trading_mode::reducing && size > reducible)
    return says(refusal::reducing, reducible, size);
  if (cost > 0 && cost > free_cash)
    return says(refusal::cash, free_cash, cost);
  return std::nullopt;
}

memory_ledger_run::order_record memory_ledger_run::make_order(const decide_transaction& t) const {
  const auto& w = t.wish;
  const auto& v = t.verdict;
  require(v.size.is_positive(), "an order has a positive size");
  require(!v.reserve_cash.is_negative(), "an order reserves no negative cash");
  order_record o;
  o.row.number = db_.last_order_number_ + 1;
  o.row.order = {.id = make_client_order_id(t.shard, t.guard.epoch, o.row.number),
                 .key = w.key,
                 .strategy = w.strategy,
                 .account = w.account,
                 .venue = t.venue,
                 .instrument = w.instrument,
                 .direction = v.direction,
                 .type = v.type,
                 .size = v.size,
                 .limit_price = v.limit_price,
                 .stop_price = v.stop_price,
                 .reduce_only = v.reduce_only,
                 .decision_price = t.mark,
                 .event_time = w.event_time};
  o.row.state = t.fused ? order_state::submitting : order_state::intent;
  o.row.reserved_quantity = reserved_size(v);
  o.row.reserved_cash = v.reserve_cash;
  o.reserve_cash = v.reserve_cash;
  o.decided_at = db_.now_();
  o.quote = t.quote;
  if (t.fused) {
    o.row.incarnation = t.fused->incarnation;
    o.valid_until = db_.now_() + std::chrono::milliseconds{t.fused->valid_for_ms};
  }
  return o;
}

void memory_ledger_run::reserve(const order_record& o) {
  auto& account = db_.accounts_.at(o.row.order.account);
  auto p = account.positions[o.row.order.instrument];
  (o.row.order.direction == side::buy ? p.reserved_buy : p.reserved_sell) +=
    o.row.reserved_quantity;
  account.positions[o.row.order.instrument] = p;
  if (!o.reserve_cash.is_zero())
    account.balances.at(o.quote).reserved += o.reserve_cash;
}

outcome memory_ledger_run::operator()(const decide_transaction& t) {
  for (const auto& claim : codec::claims_of(t))
    if (!holds(claim))
      return fenced(claim);
  const auto account = db_.accounts_.find(t.wish.account);
  if (account == db_.accounts_.end())
    return plain(commit_status::refused, "no such account");
  if (const auto stored = db_.verdicts_.find(t.wish.key); stored != db_.verdicts_.end()) {
    auto o = plain(commit_status::unchanged, "decided before");
    o.refusal = stored->second.refusal;
    if (stored->second.order)
      o.order = row_of(db_.orders_.at(*stored->second.order));
    return o;
  }
  require(!t.wish.key.slot.empty() && !t.wish.key.cause.empty(),
          "a decision has a slot and a cause");

  auto code = t.verdict.outcome;
  std::string decided_by = "guard";
  json checks = json::array();
  for (const auto& c : t.verdict.checks)
    checks.push_back(shown(c));
  if (code == refusal::none) {
    if (const auto refused = refuse(t)) {
      code = refused->code;
      decided_by = "rows";
      checks.push_back(shown(*refused));
    }
  }
  std::optional<order_record> made;
  json out = {{"refusal", to_string(code)},  {"decided_by", decided_by},
              {"checks", std::move(checks)}, {"id", nullptr},
              {"number", nullptr},           {"valid_until_us", nullptr}};
  if (code == refusal::none) {
    made = make_order(t);
    out["id"] = made->row.order.id.str();
    out["number"] = made->row.number;
    if (made->valid_until)
      out["valid_until_us"] = made->valid_until->ns() / 1000;
    // Leaving the range of a decimal must be found before anything is written.
    if (const auto p = account->second.positions.find(t.wish.instrument);
        p != account->second.positions.end())
      static_cast<void>(
        (t.verdict.direction == side::buy ? p->second.reserved_buy : p->second.reserved_sell)
        + reserved_size(t.verdict));
  }
  const auto content = payload(t, out);

  outcome o;
  o.status = made ? commit_status::applied : commit_status::refused;
  o.refusal = code;
  account->second.events.push_back(
    {stored(t, code, made ? made->row.order.id : client_order_id{})});
  memory_database::stored_verdict verdict{.refusal = code, .order = {}};
  if (made) {
    db_.last_order_number_ = made->row.number;
    verdict.order = made->row.order.id;
    reserve(*made);
    account->second.open_orders[made->row.number] = made->row.order.id;
    o.order = row_of(*made);
    db_.orders_.emplace(made->row.order.id, std::move(*made));
  } else {
    o.text = "refused by the " + decided_by;
  }
  db_.verdicts_.emplace(t.wish.key, std::move(verdict));
  audit(t.wish.account, t.guard, "decided", content);
  return o;
}

outcome memory_ledger_run::operator()(const submit_transaction& t) {
  if (!holds(t.executor))
    return fenced(t.executor);
  auto* found = find(t.id, t.account);
  if (!found)
    return plain(commit_status::refused, "no such order");
  auto& row = found->row;
  const auto before = row.state;
  std::string kind = "submitting";
  const auto answer = [&](commit_status status, std::string text) {
    auto o = plain(status, std::move(text));
    o.order = row_of(*found);
    return o;
  };
  if (t.proven_not_accepted
      && (before == order_state::submitting || before == order_state::unknown)) {
    if (row.incarnation >= t.incarnation)
      return answer(commit_status::refused, "its incarnation is not an earlier one");
    kind = "resubmitting";
  } else if (before != order_state::intent) {
    return answer(commit_status::unchanged,
                  std::string{"the order is "} + to_string(before) + " already");
  }
  if (mode_in_force(t.account, row.order.strategy, row.order.instrument) == trading_mode::halted) {
    auto o = answer(commit_status::refused, "halted before it was sent");
    o.refusal = refusal::halted;
    return o;
  }
  const auto valid_until = db_.now_() + std::chrono::milliseconds{t.valid_for_ms};
  const auto content =
    payload(t, {{"from", to_string(before)}, {"valid_until_us", valid_until.ns() / 1000}});
  row.state = order_state::submitting;
  row.incarnation = t.incarnation;
  found->valid_until = valid_until;
  audit(t.account, t.executor, kind, content);
  return answer(commit_status::applied, {});
}

} // namespace supreme::storage
