#include "actors/portfolio/bookkeeping.hpp"

#include <algorithm>

namespace supreme::actors {

storage::fill_transaction book_trade(storage::account_snapshot& rows, const trading::fill& f,
                                     const trading::slot_id& slot,
                                     const trading::instrument& traded,
                                     const storage::unit_claim& portfolio) {
  storage::fill_transaction t;
  t.fill = f;
  t.portfolio = portfolio;
  t.slot = slot;
  // Without a slot the fill belongs to no order: what is computed for one is dropped.
  trading::position nobody;
  auto& account = rows.positions[f.instrument].position;
  auto& own = slot.empty() ? nobody : rows.slots[slot].position;
  auto booked = trading::book_on_positions(account, own, f, traded);
  t.account_after = account = booked.account_after;
  t.balances = std::move(booked.balances);
  if (!slot.empty()) {
    t.slot_after = own = booked.slot_after;
    rows.slots[slot].account = f.account;
    rows.slots[slot].instrument = f.instrument;
  }
  for (const auto& change : t.balances)
    rows.balances[change.asset].amount += change.delta;
  return t;
}

protocols::equity_report value_account(const storage::account_snapshot& rows,
                                       const config::account_settings& account,
                                       const std::vector<protocols::mark>& marks, uint64_t step) {
  protocols::equity_report report;
  report.account = account.id;
  report.step = step;
  if (auto cash = rows.balances.find(account.quote); cash != rows.balances.end())
    report.cash = cash->second.amount;
  report.equity = report.cash;
  for (const auto& [instrument, row] : rows.positions) {
    auto mark = std::find_if(marks.begin(), marks.end(),
                             [id = instrument](const auto& m) { return m.instrument == id; });
    report.equity += trading::value_of(
      row.position, mark == marks.end() ? std::nullopt : std::optional{mark->price});
  }
  return report;
}

} // namespace supreme::actors
