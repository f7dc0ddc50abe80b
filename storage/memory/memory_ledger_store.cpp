#include "storage/memory/memory_ledger_store.hpp"

#include "config/defaults.hpp"
#include "storage/codec.hpp"
#include "storage/decision_order.hpp"
#include "storage/memory/guarded_call.hpp"
#include "storage/memory/memory_ledger_run.hpp"
#include "trading/check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>

namespace supreme::storage {

using namespace trading;

memory_ledger_store::memory_ledger_store(std::shared_ptr<memory_database> database)
  : database_(std::move(database)) {}

template <class Work>
auto memory_ledger_store::locked(std::string_view call, Work work) {
  return with_fault(database_->next_fault(call), [&] {
    const std::lock_guard lock{database_->mutex_};
    return work();
  });
}

std::vector<outcome> memory_ledger_store::commit(const std::vector<transaction>& group) {
  SUPREME_CHECK(group.size() <= config::defaults::commit_group_max,
                "a group has at most commit_group_max members");
  return locked("commit", [&] {
    memory_ledger_run run{*database_};
    std::vector<outcome> outcomes;
    decision_order order;
    for (const auto& t : group) {
      try {
        outcomes.push_back(order.stops(t) ? decision_order::make_stopped() : std::visit(run, t));
        order.note(t, outcomes.back());
      } catch (const std::exception& e) {
        // What the database raises for: the member has done nothing, is parked, and the others go
        // on.
        database_->parked_.push_back({codec::kind_of(t), codec::account_of(t).str(), e.what()});
        outcome o;
        o.status = commit_status::poisoned;
        o.text = e.what();
        outcomes.push_back(std::move(o));
      }
    }
    return outcomes;
  });
}

void memory_ledger_store::open_account(const account_id& account, const venue_id& venue,
                                       const std::map<asset_id, money>& initial) {
  locked("open_account", [&] {
    if (account.empty() || venue.empty())
      throw store_failure(failure_kind::definitive, "an account has a name and a venue");
    const auto [place, made] = database_->accounts_.try_emplace(account);
    if (!made)
      return;
    place->second.venue = venue;
    nlohmann::json amounts = nlohmann::json::object();
    for (const auto& [asset, amount] : initial) {
      place->second.balances[asset] = {amount, {}};
      amounts[asset.str()] = amount.to_string();
    }
    const nlohmann::json payload = {
      {"account", account.str()}, {"venue", venue.str()}, {"initial", std::move(amounts)}};
    database_->append_audit("account/" + account.str(), "", 0, "ledger", "account_opened",
                            payload.dump());
  });
}

account_snapshot memory_ledger_store::load_account(const account_id& account) {
  return locked("load_account", [&] {
    const auto found = database_->accounts_.find(account);
    if (found == database_->accounts_.end())
      throw store_failure(failure_kind::definitive, "there is no account " + account.str());
    const memory_ledger_run run{*database_};
    const auto& a = found->second;
    account_snapshot s;
    s.account_seq = a.account_seq;
    s.balances = a.balances;
    s.positions = a.positions;
    s.slots = a.slots;
    for (const auto& [number, id] : a.open_orders)
      s.open_orders.push_back(run.row_of(database_->orders_.at(id)));
    s.mode = run.mode_set(account, strategy_id{}, instrument_id{});
    for (const auto& [scope, mode] : database_->modes_) {
      if (mode.mode == trading_mode::active)
        continue;
      if (scope.first == mode_scope::strategy)
        s.strategy_modes[scope.second] = mode.mode;
      else if (scope.first == mode_scope::instrument)
        s.instrument_modes[scope.second] = mode.mode;
    }
    return s;
  });
}

std::optional<order_row> memory_ledger_store::find_order(const client_order_id& id) {
  return locked("find_order", [&]() -> std::optional<order_row> {
    const auto found = database_->orders_.find(id);
    if (found == database_->orders_.end())
      return std::nullopt;
    return memory_ledger_run{*database_}.row_of(found->second);
  });
}

std::vector<fill_row> memory_ledger_store::fills_after(const account_id& account, uint64_t after,
                                                       size_t limit) {
  return locked("fills_after", [&] {
    std::vector<fill_row> rows;
    const auto found = database_->accounts_.find(account);
    if (found == database_->accounts_.end())
      return rows;
    const auto& all = found->second.fills;
    auto next =
      std::upper_bound(all.begin(), all.end(), after,
                       [](uint64_t seq, const fill_row& f) { return seq < f.account_seq; });
    for (; next != all.end() && rows.size() < limit; ++next)
      rows.push_back(*next);
    return rows;
  });
}

account_events memory_ledger_store::events_after(const account_id& account, uint64_t after,
                                                 size_t limit) {
  return locked("events_after", [&] {
    account_events out;
    const auto found = database_->accounts_.find(account);
    const auto* all = found == database_->accounts_.end() ? nullptr : &found->second.events;
    const auto size = all == nullptr ? uint64_t{0} : uint64_t{all->size()};
    for (out.through = after; out.through < size && out.events.size() < limit; ++out.through)
      out.events.push_back((*all)[out.through]);
    out.complete = out.through >= size;
    return out;
  });
}

std::vector<equity_point> memory_ledger_store::equity_after(const account_id& account,
                                                            const std::string& replay,
                                                            uint64_t after, size_t limit) {
  return locked("equity_after", [&] {
    std::vector<equity_point> out;
    const auto found = database_->equity_of_.find({account, replay});
    if (found == database_->equity_of_.end())
      return out;
    auto next = std::upper_bound(found->second.begin(), found->second.end(), after,
                                 [](uint64_t step, const auto& e) { return step < e.step; });
    for (; next != found->second.end() && out.size() < limit; ++next)
      out.push_back(*next);
    return out;
  });
}

std::vector<account_id> memory_ledger_store::accounts() {
  return locked("accounts", [&] {
    std::vector<account_id> names;
    for (const auto& [name, record] : database_->accounts_)
      names.push_back(name);
    return names;
  });
}

replay_progress memory_ledger_store::load_progress(const std::string& replay) {
  return locked("load_progress", [&] {
    const auto found = database_->replays_.find(replay);
    return found == database_->replays_.end() ? replay_progress{} : found->second;
  });
}

change_outcome memory_ledger_store::change_mode(const mode_change& change) {
  SUPREME_CHECK(!change.principal.empty(), "a mode is changed by somebody");
  return locked("change_mode", [&] {
    auto& db = *database_;
    if ((change.scope == mode_scope::global) != change.name.empty()
        || (change.scope == mode_scope::account && !db.accounts_.contains(account_id{change.name})))
      return change_outcome::unknown_scope;
    const auto found = db.modes_.find({change.scope, change.name});
    const auto old = found == db.modes_.end() ? memory_database::mode_record{} : found->second;
    if (old.mode == change.mode)
      return change_outcome::unchanged;
    if (change.mode < old.mode && old.tightened_by == change.principal)
      return change_outcome::needs_second_person;
    db.apply_mode(change, old);
    return change_outcome::applied;
  });
}

namespace {

/// Whether a command names what it is about, and nothing of somebody else.
bool names_its_subject(const command_request& request) {
  if (request.command.kind == risk_command_kind::accept_drawdown)
    return true;
  const auto& [scope, name] = request.command.breaker;
  return (scope == breaker_scope::global) == name.empty()
         && (scope != breaker_scope::account || name == request.account.str());
}

} // namespace

change_outcome memory_ledger_store::command_risk(const command_request& request) {
  SUPREME_CHECK(!request.principal.empty(), "a command is given by somebody");
  return locked("command_risk", [&] {
    auto& db = *database_;
    const auto found = db.accounts_.find(request.account);
    if (found == db.accounts_.end() || !names_its_subject(request))
      return change_outcome::unknown_scope;
    auto& account = found->second;
    const auto& [kind, breaker] = request.command;
    const auto latch = account.latches.find(breaker);
    const bool latched = latch != account.latches.end();
    if (kind == risk_command_kind::latch_breaker && latched)
      return change_outcome::unchanged;
    if (kind == risk_command_kind::release_breaker && latched && latch->second == request.principal)
      return change_outcome::needs_second_person;
    if (kind == risk_command_kind::release_breaker && !latched) {
      const auto last = account.releases.find(breaker);
      if (last != account.releases.end() && last->second > account.breakers_read)
        return change_outcome::unchanged;
      const auto told = account.breakers.find(breaker);
      if (told == account.breakers.end())
        return change_outcome::unknown_scope;
      if (told->second.state != breaker_state::open)
        return change_outcome::unchanged;
    }
    const bool of_breaker = kind != risk_command_kind::accept_drawdown;
    const nlohmann::json payload = {{"in",
                                     {{"command", to_string(kind)},
                                      {"scope", of_breaker ? to_string(breaker.scope) : ""},
                                      {"name", of_breaker ? breaker.name : ""},
                                      {"principal", request.principal},
                                      {"reason", request.reason}}},
                                    {"out", {{"after_ns", account.last_step.ns()}}}};
    const auto content = payload.dump();
    account.events.push_back({given_command{request.command, account.last_step}});
    if (kind == risk_command_kind::latch_breaker) {
      account.latches.emplace(breaker, request.principal);
      if (breaker.scope == breaker_scope::global)
        db.reduce_all(request.principal, request.reason);
    }
    if (kind == risk_command_kind::release_breaker) {
      account.latches.erase(breaker);
      account.releases[breaker] = account.events.size();
    }
    db.append_audit("account/" + request.account.str(), "", 0, request.principal, "commanded",
                    content);
    return change_outcome::applied;
  });
}

} // namespace supreme::storage
