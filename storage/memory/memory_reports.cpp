#include "storage/account_event_codec.hpp"
#include "storage/memory/memory_ledger_run.hpp"
#include "trading/risk/reservation.hpp"

#include <algorithm>
#include <set>
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

void require(bool holds, const char* rule) {
  if (!holds)
    throw std::invalid_argument(rule);
}

/// Why a fill cannot belong to the order it names; empty when it can.
std::string contradiction(const fill& f, const order& o) {
  if (o.venue != f.venue)
    return "the order was sent to another venue";
  if (o.instrument != f.instrument)
    return "the order is for another instrument";
  if (o.direction != f.direction)
    return "the order goes the other way";
  return {};
}

bool same_execution(const fill& a, const fill& b) {
  return a.order == b.order && a.instrument == b.instrument && a.direction == b.direction
         && a.at == b.at && a.size == b.size && a.fee == b.fee && a.fee_asset == b.fee_asset;
}

bool adds_up(const position& before, const fill& f, const position& after) {
  return wide{before.size.raw()} + signed_quantity(f.direction, f.size).raw() == after.size.raw();
}

/// Everything a balance row would refuse, before any of them is changed.
void check_balances(const std::map<asset_id, balance_row>& rows,
                    const std::vector<trading::asset_change>& changes) {
  std::set<asset_id> seen;
  for (const auto& change : changes) {
    require(!change.asset.empty(), "a balance has an asset");
    require(seen.insert(change.asset).second, "one movement per asset and fill");
    if (const auto found = rows.find(change.asset); found != rows.end())
      static_cast<void>(found->second.amount + change.delta);
  }
}

} // namespace

void memory_ledger_run::release(const order_record& o, quantity quantity, money cash) {
  auto& account = db_.accounts_.at(o.row.order.account);
  auto& p = account.positions.at(o.row.order.instrument);
  (o.row.order.direction == side::buy ? p.reserved_buy : p.reserved_sell) -= quantity;
  if (!cash.is_zero())
    account.balances.at(o.quote).reserved -= cash;
}

void memory_ledger_run::close(const order_record& o) {
  db_.accounts_.at(o.row.order.account).open_orders.erase(o.row.number);
}

outcome memory_ledger_run::operator()(const report_transaction& t) {
  if (!holds(t.executor))
    return fenced(t.executor);
  auto* found = find(t.id, t.account);
  if (!found)
    return plain(commit_status::refused, "no such order");
  auto& row = found->row;
  const auto before = row.state;
  const auto answer = [&](commit_status status, std::string text) {
    auto o = plain(status, std::move(text));
    o.order = row_of(*found);
    return o;
  };
  if (t.state == order_state::intent || t.state == order_state::submitting
      || t.state == order_state::partially_filled || t.state == order_state::filled)
    return answer(commit_status::refused,
                  std::string{to_string(t.state)} + " is not for a report to say");
  const bool moves = before != t.state && may_move(before, t.state);
  const bool learns = row.venue_order.empty() && !t.venue_order.empty();
  if (!moves && !learns)
    return answer(commit_status::unchanged,
                  std::string{"the order is "} + to_string(before) + " already");
  const auto content =
    payload(t, {{"from", to_string(before)}, {"moves", moves}, {"learns", learns}});
  if (learns)
    row.venue_order = t.venue_order;
  if (moves) {
    row.state = t.state;
    if (!t.reason.empty())
      row.reason = t.reason;
    if (answers(before, t.state))
      db_.accounts_.at(t.account).events.push_back(
        {venue_answer{t.id, t.state == order_state::unknown, db_.now_() - found->decided_at,
                      row.order.event_time}});
    if (is_terminal(t.state)) {
      release(*found, row.reserved_quantity, row.reserved_cash);
      row.reserved_quantity = {};
      row.reserved_cash = {};
      close(*found);
      db_.accounts_.at(t.account).events.push_back({order_end{t.id, t.state, t.event_time}});
    }
  }
  audit(t.account, t.executor, "reported", content);
  return answer(commit_status::applied, {});
}

outcome memory_ledger_run::quarantine(const fill_transaction& t, const std::string& why) {
  const memory_database::fill_key key{t.fill.venue, t.fill.account, t.fill.id};
  if (!db_.quarantine_keys_.contains({key, why})) {
    const auto content = payload(t, {{"reason", why}});
    db_.quarantine_keys_.insert({key, why});
    db_.quarantine_.push_back({t.fill, why});
    audit(t.fill.account, t.portfolio, "quarantined", content);
  }
  return plain(commit_status::quarantined, why);
}

outcome memory_ledger_run::operator()(const fill_transaction& t) {
  const auto& f = t.fill;
  if (!holds(t.portfolio))
    return fenced(t.portfolio);
  const auto account_found = db_.accounts_.find(f.account);
  if (account_found == db_.accounts_.end())
    return plain(commit_status::refused, "no such account");
  auto& account = account_found->second;
  auto* found = find(f.order, f.account);
  if (const auto stored = db_.fills_.find({f.venue, f.account, f.id}); stored != db_.fills_.end()) {
    const auto& known = account.fills[stored->second.second];
    if (!same_execution(known.fill, f))
      return quarantine(t, "another fill with this trade id is stored");
    auto o = plain(commit_status::unchanged, "applied before");
    o.account_seq = known.account_seq;
    o.order = row_of(*found);
    return o;
  }
  if (!found)
    return quarantine(t, "no such order");
  auto& row = found->row;
  if (const auto why = contradiction(f, row.order); !why.empty())
    return quarantine(t, why);
  if (row.order.key.slot != t.slot) {
    auto o = plain(commit_status::refused, "the order belongs to slot " + row.order.key.slot.str());
    o.order = row_of(*found);
    return o;
  }

  const auto p = account.positions.find(f.instrument);
  const auto s = account.slots.find(t.slot);
  const position held = p == account.positions.end() ? position{} : p->second.position;
  const position slot_held = s == account.slots.end() ? position{} : s->second.position;
  if (held.fill_count + 1 != t.account_after.fill_count
      || slot_held.fill_count + 1 != t.slot_after.fill_count)
    return plain(commit_status::stale, "the rows have " + std::to_string(held.fill_count) + " and "
                                         + std::to_string(slot_held.fill_count) + " fills");
  if (!adds_up(held, f, t.account_after) || !adds_up(slot_held, f, t.slot_after))
    return plain(commit_status::refused, "the quantities do not add up");
  require(f.size.is_positive() && f.at.is_positive() && !f.id.empty(),
          "a fill has a size, a price and a trade id");
  check_balances(account.balances, t.balances);

  // A late fill changes what is held, never the terminal state. A fill of an order that was never
  // marked as sent proves that it was.
  const auto filled = row.filled + f.size;
  const std::string kind = is_terminal(row.state)             ? "late_fill"
                           : row.state == order_state::intent ? "unsent_fill"
                           : filled > row.order.size          ? "overfill"
                                                              : "fill";
  const auto seq = account.account_seq + 1;
  const auto content = payload(t, {{"account_seq", seq}, {"from", to_string(row.state)}});
  apply(t, *found, seq, kind);
  audit(f.account, t.portfolio, kind, content);
  auto o = plain(commit_status::applied, kind == "fill" ? "" : kind);
  o.account_seq = seq;
  o.order = row_of(*found);
  return o;
}

void memory_ledger_run::apply(const fill_transaction& t, order_record& o, uint64_t seq,
                              const std::string& kind) {
  const auto& f = t.fill;
  auto& row = o.row;
  auto& account = db_.accounts_.at(f.account);
  account.account_seq = seq;
  account.positions[f.instrument].position = t.account_after;
  account.slots[t.slot] = {
    .account = f.account, .instrument = f.instrument, .position = t.slot_after};
  for (const auto& change : t.balances)
    account.balances[change.asset].amount += change.delta;
  row.filled += f.size;
  if (kind != "late_fill") {
    const auto rest = row.filled < row.order.size ? row.order.size - row.filled : quantity{};
    const auto rest_cash = trading::reserved_for_rest(o.reserve_cash, rest, row.order.size);
    // A protective order reserves nothing from the beginning.
    const auto reserved = std::min(row.reserved_quantity, rest);
    release(o, row.reserved_quantity - reserved, row.reserved_cash - rest_cash);
    row.reserved_quantity = reserved;
    row.reserved_cash = rest_cash;
    row.state = rest.is_zero() ? order_state::filled : order_state::partially_filled;
    if (rest.is_zero())
      close(o);
  }
  db_.fills_.emplace(memory_database::fill_key{f.venue, f.account, f.id},
                     std::pair{f.account, account.fills.size()});
  account.events.push_back({slot_fill{f, t.slot}});
  account.fills.push_back(
    {.fill = f, .slot = t.slot, .account_seq = seq, .slot_after = t.slot_after});
}

outcome memory_ledger_run::operator()(const step_transaction& t) {
  if (!holds(t.conductor))
    return fenced(t.conductor);
  const auto found = db_.replays_.find(t.replay);
  const auto last = found == db_.replays_.end() ? replay_progress{} : found->second;
  if (found != db_.replays_.end() && last.step == t.step)
    return plain(commit_status::unchanged, "this step is finished already");
  if (t.step != last.step + 1)
    return plain(commit_status::refused,
                 "step " + std::to_string(last.step) + " is the last finished one");
  if (last.finished)
    return plain(commit_status::refused, "the replay is finished");
  require(!t.replay.empty(), "a replay has a name");
  std::set<account_id> accounts;
  for (const auto& e : t.equity)
    require(accounts.insert(e.account).second, "one equity sample per account and step");
  const auto content = db_.with_audit_ ? payload(t, nullptr) : std::string{};
  db_.replays_[t.replay] = {.step = t.step, .event_time = t.event_time, .finished = t.finished};
  for (const auto& e : t.equity) {
    db_.equity_of_[{e.account, t.replay}].push_back({t.step, t.event_time, e.equity});
    if (const auto account = db_.accounts_.find(e.account); account != db_.accounts_.end())
      account->second.last_step = t.event_time;
  }
  db_.equity_.insert(db_.equity_.end(), t.equity.begin(), t.equity.end());
  db_.append_audit("replay/" + t.replay, node_of(t.conductor), t.conductor.epoch, t.conductor.unit,
                   "step", content);
  return plain(commit_status::applied, {});
}

outcome memory_ledger_run::operator()(const breakers_transaction& t) {
  if (!holds(t.guard))
    return fenced(t.guard);
  const auto found = db_.accounts_.find(t.account);
  if (found == db_.accounts_.end())
    return plain(commit_status::refused, "no such account");
  std::map<breaker_key, breaker_report> told;
  for (const auto& b : t.breakers)
    require(told.emplace(b.key, b).second, "one row per breaker");
  const breaker_key everybody{breaker_scope::global, {}};
  if (const auto now = told.find(everybody); now != told.end()) {
    const auto before = found->second.breakers.find(everybody);
    const bool is_new = before == found->second.breakers.end()
                          ? now->second.since == t.event_time
                          : before->second.state != breaker_state::open
                              && now->second.since > found->second.breakers_told;
    if (now->second.state == breaker_state::open && is_new)
      db_.reduce_all("breaker/" + t.account.str(),
                     "the global breaker of " + t.account.str()
                       + " has opened: " + trading::to_string(now->second.trigger));
  }
  found->second.breakers = std::move(told);
  found->second.breakers_read = t.history_seq;
  found->second.breakers_told = t.event_time;
  return plain(commit_status::applied, {});
}

} // namespace supreme::storage
