#include "storage/postgres/postgres_ledger_store.hpp"

#include "config/defaults.hpp"
#include "storage/account_event_codec.hpp"
#include "storage/codec.hpp"
#include "storage/decision_order.hpp"
#include "storage/open.hpp"
#include "storage/postgres/values.hpp"
#include "trading/check.hpp"

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;
using nlohmann::json;

constexpr statement commit_statement{"commit_group", "SELECT trading.commit_group($1, $2, $3)",
                                     true};
constexpr statement park_statement{"park", "SELECT trading.park($1, $2, $3, $4)", true};
constexpr statement open_statement{"open_account", "SELECT trading.open_account($1, $2, $3)", true};
constexpr statement load_statement{"load_account", "SELECT trading.load_account($1)", false};
constexpr statement find_statement{"find_order", "SELECT trading.find_order($1)", false};
constexpr statement fills_statement{"fills_after", "SELECT trading.fills_after($1, $2, $3)", false};
constexpr statement events_statement{"events_after", "SELECT trading.events_after($1, $2, $3)",
                                     false};
constexpr statement equity_statement{
  "equity_after", "SELECT step, event_time_ns, equity FROM trading.equity_after($1, $2, $3, $4)",
  false};
constexpr statement accounts_statement{"accounts", "SELECT trading.account_names()", false};
constexpr statement progress_statement{
  "progress", "SELECT step, event_time_ns, finished FROM trading.load_progress($1)", false};
constexpr statement mode_statement{"change_mode", "SELECT trading.change_mode($1, $2, $3, $4, $5)",
                                   true};

constexpr statement command_statement{"command_risk",
                                      "SELECT trading.command_risk($1, $2, $3, $4, $5, $6)", true};

change_outcome parse_outcome(const std::string& name) {
  if (name == "applied")
    return change_outcome::applied;
  if (name == "unchanged")
    return change_outcome::unchanged;
  if (name == "needs_second_person")
    return change_outcome::needs_second_person;
  if (name == "unknown_scope")
    return change_outcome::unknown_scope;
  throw store_failure(failure_kind::definitive,
                      "the database answered something unreadable: " + name);
}

} // namespace

postgres_ledger_store::postgres_ledger_store(const std::string& conninfo)
  : session_(conninfo, {.role = "supreme_writer",
                        .application = "supreme ledger",
                        .statement_timeout = defaults::statement_timeout,
                        .lock_timeout = defaults::lock_timeout,
                        .generic_plans = true}) {}

std::vector<outcome> postgres_ledger_store::commit(const std::vector<transaction>& group) {
  SUPREME_CHECK(group.size() <= defaults::commit_group_max,
                "a group has at most commit_group_max members");
  if (group.empty())
    return {};
  std::vector<const transaction*> members;
  for (const auto& t : group)
    members.push_back(&t);
  if (members.size() > 1) {
    try {
      return run_group(members);
    } catch (const store_failure& f) {
      if (f.kind() != failure_kind::definitive)
        throw;
    } catch (const json::exception&) {
      // A member's text is not UTF-8; run alone it is parked.
    }
  }
  std::vector<outcome> outcomes;
  decision_order order;
  for (const auto* t : members) {
    outcomes.push_back(order.stops(*t) ? decision_order::make_stopped() : run_alone(*t));
    order.note(*t, outcomes.back());
  }
  return outcomes;
}

std::vector<outcome>
postgres_ledger_store::run_group(const std::vector<const transaction*>& members) {
  const auto group = codec::make_group(members);
  const auto answer = parse_json(session_.run(
    commit_statement, {group.units.c_str(), group.accounts.c_str(), group.members.c_str()}));
  if (!answer.is_array() || answer.size() != members.size())
    throw store_failure(failure_kind::definitive,
                        "the database answered another number of outcomes");
  std::vector<outcome> outcomes;
  for (const auto& o : answer)
    outcomes.push_back(codec::outcome_from_json(o));
  return outcomes;
}

outcome postgres_ledger_store::run_alone(const transaction& member) {
  try {
    return std::move(run_group({&member}).front());
  } catch (const store_failure& f) {
    if (f.kind() != failure_kind::definitive)
      throw;
    return park(member, f.what());
  } catch (const json::exception& e) {
    return park(member, e.what());
  }
}

outcome postgres_ledger_store::park(const transaction& member, const std::string& reason) {
  const auto content = codec::readable(codec::to_json(member));
  const auto account = codec::storable(codec::account_of(member).str());
  session_.run(park_statement,
               {codec::kind_of(member), account.c_str(), reason.c_str(), content.c_str()});
  outcome o;
  o.status = commit_status::poisoned;
  o.text = reason;
  return o;
}

void postgres_ledger_store::open_account(
  const trading::account_id& account, const trading::venue_id& venue,
  const std::map<trading::asset_id, trading::money>& initial) {
  json amounts = json::object();
  for (const auto& [asset, amount] : initial)
    amounts[asset.str()] = amount.to_string();
  const auto request = codec::readable(amounts);
  session_.run(open_statement, {account.str().c_str(), venue.str().c_str(), request.c_str()});
}

account_snapshot postgres_ledger_store::load_account(const trading::account_id& account) {
  const auto answer = session_.run(load_statement, {account.str().c_str()});
  if (answer[0][0].is_null())
    throw store_failure(failure_kind::definitive, "there is no account " + account.str());
  auto snapshot = codec::snapshot_from_json(parse_json(answer));
  for (auto& [slot, row] : snapshot.slots)
    row.account = account;
  return snapshot;
}

std::optional<order_row> postgres_ledger_store::find_order(const trading::client_order_id& id) {
  const auto answer = session_.run(find_statement, {id.str().c_str()});
  if (answer.empty() || answer[0][0].is_null())
    return std::nullopt;
  return codec::order_from_json(parse_json(answer));
}

std::vector<fill_row> postgres_ledger_store::fills_after(const trading::account_id& account,
                                                         uint64_t after, size_t limit) {
  const auto after_text = std::to_string(after), limit_text = std::to_string(limit);
  const auto answer =
    session_.run(fills_statement, {account.str().c_str(), after_text.c_str(), limit_text.c_str()});
  std::vector<fill_row> rows;
  for (const auto& f : parse_json(answer))
    rows.push_back(codec::fill_from_json(f));
  return rows;
}

account_events postgres_ledger_store::events_after(const trading::account_id& account,
                                                   uint64_t after, size_t limit) {
  const auto after_text = std::to_string(after), limit_text = std::to_string(limit);
  const auto answer =
    session_.run(events_statement, {account.str().c_str(), after_text.c_str(), limit_text.c_str()});
  account_events out;
  out.through = after;
  size_t seen = 0;
  for (const auto& entry : parse_json(answer)) {
    ++seen;
    read_account_event(entry, out);
  }
  out.complete = seen < limit;
  return out;
}

std::vector<equity_point> postgres_ledger_store::equity_after(const trading::account_id& account,
                                                              const std::string& replay,
                                                              uint64_t after, size_t limit) {
  const auto after_text = std::to_string(after), limit_text = std::to_string(limit);
  std::vector<equity_point> out;
  for (const auto& row : session_.run(equity_statement, {account.str().c_str(), replay.c_str(),
                                                         after_text.c_str(), limit_text.c_str()})) {
    const auto equity = trading::decimal::parse(row[2].c_str());
    if (!equity)
      throw store_failure(failure_kind::definitive,
                          std::string{"the database answered something unreadable: "}
                            + row[2].c_str());
    out.push_back(
      {row[0].as<uint64_t>(), trading::timestamp::from_ns(row[1].as<int64_t>()), *equity});
  }
  return out;
}

std::vector<trading::account_id> postgres_ledger_store::accounts() {
  std::vector<trading::account_id> names;
  for (const auto& row : session_.run(accounts_statement, {}))
    names.emplace_back(row[0].c_str());
  return names;
}

replay_progress postgres_ledger_store::load_progress(const std::string& replay) {
  const auto answer = session_.run(progress_statement, {replay.c_str()});
  if (answer.empty())
    return {};
  return {.step = answer[0][0].as<uint64_t>(),
          .event_time = trading::timestamp::from_ns(answer[0][1].as<int64_t>()),
          .finished = answer[0][2].as<bool>()};
}

change_outcome postgres_ledger_store::change_mode(const mode_change& change) {
  SUPREME_CHECK(!change.principal.empty(), "a mode is changed by somebody");
  const auto answer = session_.run(
    mode_statement, {codec::to_string(change.scope), change.name.c_str(), to_string(change.mode),
                     change.principal.c_str(), change.reason.c_str()});
  return parse_outcome(answer[0][0].c_str());
}

change_outcome postgres_ledger_store::command_risk(const command_request& request) {
  SUPREME_CHECK(!request.principal.empty(), "a command is given by somebody");
  const auto& [kind, breaker] = request.command;
  const bool of_breaker = kind != trading::risk_command_kind::accept_drawdown;
  const auto answer = session_.run(
    command_statement,
    {request.account.str().c_str(), to_string(kind), of_breaker ? to_string(breaker.scope) : "",
     of_breaker ? breaker.name.c_str() : "", request.principal.c_str(), request.reason.c_str()});
  return parse_outcome(answer[0][0].c_str());
}

std::unique_ptr<ledger_store> open_postgres_ledger(const std::string& conninfo) {
  return std::make_unique<postgres_ledger_store>(conninfo);
}

} // namespace supreme::storage
