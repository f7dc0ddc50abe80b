#include "trading/portfolio/movement_ledger.hpp"

#include "trading/market/exact_sum.hpp"

#include <algorithm>

namespace supreme::trading {

namespace {

bool balances(std::span<const movement> event) {
  std::map<asset_id, exact_sum> sums;
  for (const auto& m : event)
    sums[m.entry.asset].add(m.change);
  return std::all_of(sums.begin(), sums.end(),
                     [](const auto& sum) { return sum.second.value() == decimal{}; });
}

} // namespace

booking_refusal movement_ledger::apply(std::span<const movement> event) {
  if (!balances(event))
    return booking_refusal::unbalanced;
  std::map<ledger_entry, exact_sum> sums;
  for (const auto& m : event) {
    const auto [at, is_new] = sums.try_emplace(m.entry);
    if (is_new)
      at->second.add(sum(m.entry));
    at->second.add(m.change);
  }
  for (const auto& [entry, total] : sums)
    if (!total.value())
      return booking_refusal::overflow;
  // What may fail for want of memory comes first, so that the rest cannot stop half-way.
  for (const auto& [entry, total] : sums)
    entries_.try_emplace(entry);
  for (const auto& [entry, total] : sums) {
    const auto at = entries_.find(entry);
    at->second = *total.value();
    if (at->second.is_zero())
      entries_.erase(at);
  }
  return booking_refusal::none;
}

decimal movement_ledger::sum(const ledger_entry& entry) const {
  const auto at = entries_.find(entry);
  return at == entries_.end() ? decimal{} : at->second;
}

decimal movement_ledger::balance(const account_id& account, const asset_id& asset) const {
  return sum({account, entry_kind::balance, {}, asset});
}

std::optional<position> position_in(const movement_ledger& ledger, const account_id& account,
                                    const instrument& traded) {
  const auto sum = [&](entry_kind kind, const asset_id& asset) {
    return ledger.sum({account, kind, traded.id, asset});
  };
  const auto counterparties = checked_add(sum(entry_kind::market, traded.base),
                                          sum(entry_kind::corporate_actions, traded.base));
  const auto size = counterparties ? checked_subtract(decimal{}, *counterparties) : std::nullopt;
  const auto realised = checked_subtract(decimal{}, sum(entry_kind::realised, traded.quote));
  if (!size || !realised)
    return std::nullopt;
  position p;
  p.size = *size;
  p.cost = sum(entry_kind::position_cost, traded.quote);
  p.realised_gross = *realised;
  p.fees_quote = sum(entry_kind::fees, traded.quote);
  return p;
}

} // namespace supreme::trading
