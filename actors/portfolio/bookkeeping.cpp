#include "actors/portfolio/bookkeeping.hpp"

#include <algorithm>

namespace supreme::actors {

namespace {

void add(std::vector<storage::balance_change>& changes, const trading::asset_id& asset, trading::decimal delta) {
  auto found = std::find_if(changes.begin(), changes.end(), [&](const auto& c) { return c.asset == asset; });
  if (found == changes.end())
    changes.push_back({asset, delta});
  else
    found->delta += delta;
}

} // namespace

storage::fill_transaction book_trade(storage::account_snapshot& rows, const trading::fill& f,
                                     const trading::slot_id& slot, const trading::instrument& traded,
                                     const storage::unit_claim& portfolio) {
  storage::fill_transaction t;
  t.fill = f;
  t.portfolio = portfolio;
  t.slot = slot;
  auto effect = trading::apply_fill(rows.positions[f.instrument].position, f, traded.quote);
  t.account_after = effect.after;
  add(t.balances, traded.quote, effect.quote_change);
  add(t.balances, traded.base, effect.base_change);
  add(t.balances, f.fee_asset, -f.fee);
  rows.positions[f.instrument].position = effect.after;
  if (!slot.empty()) {
    auto& own = rows.slots[slot];
    own.account = f.account;
    own.instrument = f.instrument;
    own.position = trading::apply_fill(own.position, f, traded.quote).after;
    t.slot_after = own.position;
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
    report.equity += mark == marks.end()
                       ? row.position.cost
                       : trading::multiply(row.position.size, mark->price, trading::rounding::half_even);
  }
  return report;
}

} // namespace supreme::actors
