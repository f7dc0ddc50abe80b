#include "commands/session_summary.hpp"

#include "commands/verbs.hpp"
#include "config/defaults.hpp"
#include "storage/open.hpp"
#include "venues/simulated/bar_venue.hpp"

#include <filesystem>
#include <iomanip>
#include <map>
#include <ostream>
#include <set>

namespace supreme::commands {

namespace {

namespace limits = config::defaults;

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>()
         : value.is_null() ? std::string{"-"}
                           : value.dump();
}

venues::ledger_contents read_venue(const std::string& file) {
  auto read = venues::read_ledger(file);
  if (!read)
    throw verb_error(read.error().to_string());
  return std::move(read).value();
}

using fill_facts = std::map<std::string, std::string>;

/// One line per fill that both sides must have, keyed by account and trade.
fill_facts booked_fills(const std::vector<storage::fill_row>& rows) {
  fill_facts facts;
  for (const auto& row : rows) {
    const auto& f = row.fill;
    facts[f.account.str() + "/" + f.id.str()] =
      f.order.str() + " " + f.instrument.str() + " " + to_string(f.direction) + " "
      + f.size.to_string() + " at " + f.at.to_string() + " fee " + f.fee.to_string();
  }
  return facts;
}

fill_facts venue_fills(const venues::ledger_contents& venue) {
  fill_facts facts;
  for (const auto& t : venue.trades)
    facts[t.account.str() + "/" + t.id.str()] =
      t.order.str() + " " + t.instrument.str() + " " + to_string(t.direction) + " "
      + t.size.to_string() + " at " + t.at.to_string() + " fee " + t.fee.to_string();
  return facts;
}

void compare_fills(const fill_facts& ours, const fill_facts& theirs,
                   std::vector<std::string>& differences) {
  for (const auto& [key, text] : theirs) {
    auto found = ours.find(key);
    if (found == ours.end())
      differences.push_back("trade " + key + " of the venue is not in the database: " + text);
    else if (found->second != text)
      differences.push_back("trade " + key + " differs: venue " + text + ", database "
                            + found->second);
  }
  for (const auto& [key, text] : ours) {
    if (theirs.count(key) == 0)
      differences.push_back("fill " + key + " of the database is unknown to the venue: " + text);
  }
}

void compare_positions(const storage::account_snapshot& rows,
                       const std::vector<storage::fill_row>& fills,
                       const venues::balances_report* venue, const std::string& account,
                       std::vector<std::string>& differences) {
  std::map<std::string, trading::quantity> stored;
  std::map<std::string, trading::quantity> summed;
  std::map<std::string, trading::quantity> held;
  for (const auto& [id, row] : rows.positions)
    stored[id.str()] = row.position.size;
  for (const auto& row : fills)
    summed[row.fill.instrument.str()] +=
      trading::signed_quantity(row.fill.direction, row.fill.size);
  if (venue != nullptr) {
    for (const auto& h : venue->holdings)
      held[h.instrument.str()] = h.size;
  }
  std::set<std::string> names;
  for (const auto* side : {&stored, &summed, &held}) {
    for (const auto& [name, size] : *side)
      names.insert(name);
  }
  for (const auto& name : names) {
    if (stored[name] != summed[name] || stored[name] != held[name])
      differences.push_back("position " + account + " " + name + ": table "
                            + stored[name].to_string() + ", sum of fills "
                            + summed[name].to_string() + ", venue " + held[name].to_string());
  }
}

std::vector<storage::fill_row> all_fills(storage::ledger_store& ledger,
                                         const trading::account_id& account) {
  std::vector<storage::fill_row> fills;
  for (;;) {
    auto after = fills.empty() ? 0 : fills.back().account_seq;
    auto part = ledger.fills_after(account, after, limits::fills_batch_rows);
    fills.insert(fills.end(), part.begin(), part.end());
    if (part.size() < limits::fills_batch_rows)
      return fills;
  }
}

void compare_orders(storage::ledger_store& ledger, const venues::ledger_contents& venue,
                    std::vector<std::string>& differences) {
  std::set<std::string> seen;
  for (const auto& o : venue.orders) {
    if (!seen.insert(o.id.str()).second)
      differences.push_back("the venue has two orders of id " + o.id.str());
    auto row = ledger.find_order(o.id);
    if (!row)
      differences.push_back("order " + o.id.str() + " of the venue has no row");
    else if (row->filled != o.filled)
      differences.push_back("order " + o.id.str() + ": filled " + row->filled.to_string()
                            + " in the table, " + o.filled.to_string() + " at the venue");
  }
}

void print_counts(const nlohmann::json& summary, std::ostream& out) {
  for (const auto& [key, value] : summary.items()) {
    if (!value.is_object() && !value.is_array()) {
      out << "  " << std::left << std::setw(12) << key << ' ' << text_of(value) << '\n';
      continue;
    }
    if (value.is_array())
      continue;
    out << "  " << std::left << std::setw(12) << key;
    if (value.empty())
      out << " none";
    for (const auto& [name, count] : value.items())
      out << ' ' << name << ' ' << text_of(count);
    out << '\n';
  }
}

void print_positions(storage::ledger_store& ledger, std::ostream& out) {
  for (const auto& account : ledger.accounts()) {
    auto rows = ledger.load_account(account);
    for (const auto& [id, row] : rows.positions)
      out << "  position     " << account.str() << ' ' << id.str() << ' '
          << row.position.size.to_string() << ", realised "
          << row.position.realised_net().to_string() << " net of fees, " << row.position.fill_count
          << " fills\n";
    for (const auto& [asset, balance] : rows.balances)
      out << "  balance      " << account.str() << ' ' << asset.str() << ' '
          << balance.amount.to_string() << '\n';
  }
}

void print_equity(storage::reader& rows, std::ostream& out) {
  auto newest = rows.list(storage::view::equity, {}, 1, std::nullopt);
  for (const auto& row : newest.rows)
    out << "  equity       " << row.dump() << '\n';
}

bool print_audit(const std::string& database, const std::string& anchor_file, std::ostream& out) {
  bool anchored = std::filesystem::exists(anchor_file);
  auto report = storage::open_postgres_auditor(database)->verify(anchored ? anchor_file : "");
  out << "  audit        " << report.rows << " rows walked, " << report.orders << " orders, "
      << report.fills << " fills and " << report.positions << " positions rebuilt"
      << (anchored ? ", signed heads checked: " : ": ") << (report.clean() ? "intact" : "DEFECTIVE")
      << '\n';
  for (const auto& d : report.defects)
    out << "    " << d.where << ": " << d.what << '\n';
  return report.clean();
}

} // namespace

std::vector<std::string> compare_with_venue(const std::string& database,
                                            const std::string& venue_ledger) {
  auto venue = read_venue(venue_ledger);
  auto ledger = storage::open_postgres_ledger(database);
  std::vector<std::string> differences;
  compare_orders(*ledger, venue, differences);
  std::vector<storage::fill_row> every;
  for (const auto& account : ledger->accounts()) {
    auto fills = all_fills(*ledger, account);
    const venues::balances_report* balances = nullptr;
    for (const auto& b : venue.balances) {
      if (b.account == account)
        balances = &b;
    }
    compare_positions(ledger->load_account(account), fills, balances, account.str(), differences);
    every.insert(every.end(), fills.begin(), fills.end());
  }
  compare_fills(booked_fills(every), venue_fills(venue), differences);
  return differences;
}

bool print_session_summary(const std::string& database, const std::string& venue_ledger,
                           const std::string& anchor_file, std::ostream& out) {
  auto rows = storage::open_postgres_reader(database);
  auto ledger = storage::open_postgres_ledger(database);
  out << "session summary\n";
  print_counts(rows->summary(), out);
  print_positions(*ledger, out);
  print_equity(*rows, out);
  auto differences = compare_with_venue(database, venue_ledger);
  out << "  identity     "
      << (differences.empty() ? "positions == sum of fills == the venue's own ledger"
                              : "database and venue DIFFER")
      << '\n';
  for (const auto& d : differences)
    out << "    " << d << '\n';
  return print_audit(database, anchor_file, out) && differences.empty();
}

} // namespace supreme::commands
