#include "tests/actors/cluster_rows.hpp"

#include "storage/memory/memory_ledger_store.hpp"
#include "trading/portfolio/position.hpp"
#include "venues/simulated/bar_venue.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace supreme::tests {

namespace {

using nlohmann::json;

/// One decision of the audit trail that became an order.
struct decided_order {
  std::string key;
  trading::client_order_id id;
};

std::string key_of(const json& wish) {
  return wish.at("slot").get<std::string>() + " " + wish.at("cause").get<std::string>() + " "
         + std::to_string(wish.at("leg").get<int>()) + "."
         + std::to_string(wish.at("child").get<int>());
}

/// The trail with its payloads read.
struct trail {
  explicit trail(const storage::memory_database& database) {
    for (const auto& row : database.audit_rows()) {
      rows.push_back(row);
      payloads.push_back(json::parse(row.payload));
      if (row.kind != "decided" || payloads.back().at("out").at("id").is_null())
        continue;
      orders.push_back(
        {key_of(payloads.back().at("in").at("wish")),
         trading::client_order_id{payloads.back().at("out").at("id").get<std::string>()}});
    }
  }
  std::vector<storage::memory_audit_row> rows;
  std::vector<json> payloads;
  std::vector<decided_order> orders;
};

std::string decision_line(const json& payload) {
  const auto& in = payload.at("in");
  const auto& out = payload.at("out");
  // The wish comes first, so that lines sort by account, slot and cause and a difference reads
  // well.
  return json::array({in.at("wish").at("account"), key_of(in.at("wish")), in.at("wish"),
                      in.at("verdict"), in.at("mark"), out.at("refusal"), out.at("decided_by"),
                      out.at("checks")})
    .dump();
}

std::string step_line(json step) {
  auto& equity = step.at("equity");
  std::sort(equity.begin(), equity.end(),
            [](const json& a, const json& b) { return a.at("account") < b.at("account"); });
  step.erase("conductor");
  return step.dump();
}

std::string position_text(const trading::position& p) {
  return p.size.to_string() + " cost " + p.cost.to_string() + " realised "
         + p.realised_gross.to_string() + " fees " + p.fees_quote.to_string() + " fills "
         + std::to_string(p.fill_count);
}

void add_holdings(std::vector<std::string>& lines, const trading::account_id& account,
                  const storage::account_snapshot& rows) {
  auto start = account.str() + " ";
  for (const auto& [asset, b] : rows.balances)
    lines.push_back(start + "balance " + asset.str() + " " + b.amount.to_string() + " reserved "
                    + b.reserved.to_string());
  for (const auto& [instrument, p] : rows.positions)
    lines.push_back(start + "position " + instrument.str() + " " + position_text(p.position)
                    + " reserved " + p.reserved_buy.to_string() + "/"
                    + p.reserved_sell.to_string());
  for (const auto& [slot, s] : rows.slots)
    lines.push_back(start + "slot " + slot.str() + " " + position_text(s.position));
}

constexpr size_t all_rows = 1'000'000;

std::string differing_line(const char* kind, const std::vector<std::string>& expected,
                           const std::vector<std::string>& seen) {
  auto [e, s] = std::mismatch(expected.begin(), expected.end(), seen.begin(), seen.end());
  if (e == expected.end() && s == seen.end())
    return {};
  return std::string{kind} + " " + std::to_string(e - expected.begin()) + ":\n  expected "
         + (e == expected.end() ? "nothing" : *e) + "\n  seen     "
         + (s == seen.end() ? "nothing" : *s);
}

// -- contradictions ---------------------------------------------------------------

class examiner {
public:
  examiner(const std::shared_ptr<storage::memory_database>& database,
           const std::string& venue_ledger)
    : database_(*database), store_(database), trail_(*database) {
    auto read = venues::read_ledger(venue_ledger);
    if (!read)
      throw std::runtime_error(read.error().to_string());
    venue_ = std::move(read).value();
  }

  [[nodiscard]] std::vector<std::string> examine() {
    check_orders();
    for (const auto& account : store_.accounts())
      check_account(account);
    check_epochs();
    for (const auto& p : database_.parked())
      say("parked: " + p.kind + " of " + p.account + ": " + p.reason);
    for (const auto& q : database_.quarantined())
      say("in quarantine: fill " + q.fill.id.str() + ": " + q.reason);
    return std::move(problems_);
  }

private:
  void say(std::string problem) { problems_.push_back(std::move(problem)); }

  /// One order per key in the rows; one order per id at the venue, and none without a row.
  void check_orders() {
    std::map<std::string, std::string> by_key;
    std::set<std::string> ids;
    for (const auto& o : trail_.orders) {
      if (!by_key.emplace(o.key, o.id.str()).second)
        say(o.key + " was made an order twice: " + by_key[o.key] + " and " + o.id.str());
      ids.insert(o.id.str());
    }
    std::set<std::string> at_venue;
    for (const auto& o : venue_.orders) {
      if (!at_venue.insert(o.id.str()).second)
        say("the venue has " + o.id.str() + " twice");
      if (ids.count(o.id.str()) == 0)
        say("the venue has " + o.id.str() + ", which nobody decided");
    }
    for (const auto& o : trail_.orders)
      check_order(o, at_venue.count(o.id.str()) != 0);
  }

  void check_order(const decided_order& o, bool at_venue) {
    auto row = store_.find_order(o.id);
    if (!row) {
      say(o.id.str() + " has no row");
      return;
    }
    using trading::order_state;
    if (row->state == order_state::intent || row->state == order_state::submitting
        || row->state == order_state::unknown)
      say(o.id.str() + " is still " + trading::to_string(row->state));
    bool never_sent =
      row->state == order_state::abandoned || row->state == order_state::not_accepted;
    if (at_venue == never_sent)
      say(o.id.str() + " is " + trading::to_string(row->state)
          + (at_venue ? ", but the venue has it" : ", but the venue lacks it"));
  }

  void check_account(const trading::account_id& account) {
    auto rows = store_.load_account(account);
    auto fills = store_.fills_after(account, 0, all_rows);
    std::map<std::string, trading::fill> booked;
    std::map<trading::instrument_id, trading::position> sums;
    std::map<trading::asset_id, trading::money> moved;
    for (size_t i = 0; i < fills.size(); ++i) {
      const auto& f = fills[i].fill;
      if (fills[i].account_seq != i + 1)
        say(account.str() + " has a gap before account event "
            + std::to_string(fills[i].account_seq));
      if (!booked.emplace(f.id.str(), f).second)
        say("trade " + f.id.str() + " of " + account.str() + " was booked twice");
      auto effect = trading::apply_fill(sums[f.instrument], f, trading::asset_id{"USDT"});
      sums[f.instrument] = effect.after;
      moved[trading::asset_id{"USDT"}] += effect.quote_change;
      moved[f.fee_asset] -= f.fee;
    }
    check_trades(account, booked);
    for (const auto& [instrument, p] : rows.positions) {
      if (p.position != sums[instrument])
        say("position " + instrument.str() + " of " + account.str() + " is "
            + position_text(p.position) + ", its fills make " + position_text(sums[instrument]));
    }
    check_against_venue(account, rows, moved);
    check_reservations(account, rows);
  }

  void check_trades(const trading::account_id& account,
                    const std::map<std::string, trading::fill>& booked) {
    size_t count = 0;
    for (const auto& t : venue_.trades) {
      if (t.account != account)
        continue;
      ++count;
      auto found = booked.find(t.id.str());
      if (found == booked.end())
        say("trade " + t.id.str() + " of " + account.str() + " is lost");
      else if (found->second.order != t.order || found->second.size != t.size
               || found->second.at != t.at || found->second.fee != t.fee)
        say("trade " + t.id.str() + " of " + account.str() + " is not what the venue did");
    }
    if (count != booked.size())
      say(account.str() + " has " + std::to_string(booked.size()) + " fills, the venue "
          + std::to_string(count));
  }

  void check_against_venue(const trading::account_id& account,
                           const storage::account_snapshot& rows,
                           const std::map<trading::asset_id, trading::money>& moved) {
    for (const auto& b : venue_.balances) {
      if (b.account != account)
        continue;
      for (const auto& h : b.holdings) {
        auto found = rows.positions.find(h.instrument);
        auto held =
          found == rows.positions.end() ? trading::quantity{} : found->second.position.size;
        if (held != h.size)
          say(account.str() + " holds " + held.to_string() + " " + h.instrument.str()
              + ", at the venue " + h.size.to_string());
      }
      for (const auto& m : b.cash) {
        auto found = moved.find(m.asset);
        auto seen = found == moved.end() ? trading::money{} : found->second;
        if (seen != m.amount)
          say(account.str() + " moved " + seen.to_string() + " " + m.asset.str() + ", at the venue "
              + m.amount.to_string());
      }
    }
    // The balance itself is the initial amount plus all movements; the initial one is in the trail.
    for (size_t i = 0; i < trail_.rows.size(); ++i) {
      if (trail_.rows[i].kind != "account_opened"
          || trail_.payloads[i].at("account") != account.str())
        continue;
      auto initial =
        trading::decimal::literal(trail_.payloads[i].at("initial").at("USDT").get<std::string>());
      const auto quote = trading::asset_id{"USDT"};
      auto found = moved.find(quote);
      auto expected = initial + (found == moved.end() ? trading::money{} : found->second);
      if (rows.balances.at(quote).amount != expected)
        say(account.str() + " has " + rows.balances.at(quote).amount.to_string()
            + " USDT, its fills make " + expected.to_string());
    }
  }

  void check_reservations(const trading::account_id& account,
                          const storage::account_snapshot& rows) {
    std::map<trading::instrument_id, std::pair<trading::quantity, trading::quantity>> promised;
    trading::money cash;
    for (const auto& o : rows.open_orders) {
      auto& p = promised[o.order.instrument];
      (o.order.direction == trading::side::buy ? p.first : p.second) += o.reserved_quantity;
      cash += o.reserved_cash;
    }
    for (const auto& [instrument, p] : rows.positions) {
      if (p.reserved_buy != promised[instrument].first
          || p.reserved_sell != promised[instrument].second)
        say(account.str() + " reserves " + p.reserved_buy.to_string() + "/"
            + p.reserved_sell.to_string() + " " + instrument.str() + " for orders of "
            + promised[instrument].first.to_string() + "/"
            + promised[instrument].second.to_string());
    }
    if (rows.balances.at(trading::asset_id{"USDT"}).reserved != cash)
      say(account.str() + " reserves cash that no order needs");
  }

  void check_epochs() {
    std::map<std::pair<std::string, std::string>, uint64_t> last;
    for (const auto& row : trail_.rows) {
      auto& epoch = last[{row.stream, row.actor}];
      if (row.epoch < epoch)
        say(row.actor + " wrote " + row.kind + " in epoch " + std::to_string(row.epoch)
            + " after epoch " + std::to_string(epoch));
      epoch = std::max(epoch, row.epoch);
    }
  }

  storage::memory_database& database_;
  storage::memory_ledger_store store_;
  trail trail_;
  venues::ledger_contents venue_;
  std::vector<std::string> problems_;
};

} // namespace

cluster_rows read_rows(const std::shared_ptr<storage::memory_database>& database) {
  trail all{*database};
  storage::memory_ledger_store store{database};
  cluster_rows rows;
  for (size_t i = 0; i < all.rows.size(); ++i) {
    if (all.rows[i].kind == "decided")
      rows.decisions.push_back(decision_line(all.payloads[i]));
    else if (all.rows[i].kind == "step")
      rows.steps.push_back(step_line(all.payloads[i].at("in")));
  }
  std::map<trading::client_order_id, std::string> keys;
  for (const auto& o : all.orders) {
    keys[o.id] = o.key;
    auto row = store.find_order(o.id);
    if (row)
      rows.orders.push_back(o.key + " " + trading::to_string(row->order.direction) + " "
                            + row->order.size.to_string() + " " + trading::to_string(row->state)
                            + " filled " + row->filled.to_string());
  }
  for (const auto& account : store.accounts()) {
    for (const auto& f : store.fills_after(account, 0, all_rows))
      rows.fills.push_back(account.str() + " " + std::to_string(f.account_seq) + " "
                           + keys[f.fill.order] + " " + trading::to_string(f.fill.direction) + " "
                           + f.fill.size.to_string() + " at " + f.fill.at.to_string() + " fee "
                           + f.fill.fee.to_string() + " " + f.fill.event_time.to_string() + " slot "
                           + position_text(f.slot_after));
    add_holdings(rows.holdings, account, store.load_account(account));
  }
  // Accounts decide side by side; within one account the order is part of the result.
  std::stable_sort(rows.decisions.begin(), rows.decisions.end(), [](const auto& a, const auto& b) {
    return a.substr(0, a.find(',')) < b.substr(0, b.find(','));
  });
  std::sort(rows.orders.begin(), rows.orders.end());
  return rows;
}

std::string first_difference(const cluster_rows& expected, const cluster_rows& seen) {
  for (auto text : {differing_line("decision", expected.decisions, seen.decisions),
                    differing_line("order", expected.orders, seen.orders),
                    differing_line("fill", expected.fills, seen.fills),
                    differing_line("step", expected.steps, seen.steps),
                    differing_line("holding", expected.holdings, seen.holdings)}) {
    if (!text.empty())
      return text;
  }
  return {};
}

std::vector<std::string>
find_contradictions(const std::shared_ptr<storage::memory_database>& database,
                    const std::string& venue_ledger) {
  return examiner{database, venue_ledger}.examine();
}

} // namespace supreme::tests
