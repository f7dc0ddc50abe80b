#include "trading/risk/exposure_book.hpp"

namespace supreme::trading {

size_t exposure_book::place_of(const instrument_id& id) {
  const auto [found, is_new] = account_places_.try_emplace(id, accounts_.size());
  if (is_new)
    accounts_.emplace_back();
  return found->second;
}

size_t exposure_book::place_of(const slot_id& id) {
  const auto [found, is_new] = slot_places_.try_emplace(id, slots_.size());
  if (is_new)
    slots_.emplace_back();
  return found->second;
}

exposure exposure_book::account(const instrument_id& id) const {
  auto found = account_places_.find(id);
  auto held = found == account_places_.end() ? exposure{} : accounts_[found->second];
  held.free_cash = free_cash_;
  return held;
}

slot_exposure exposure_book::slot(const slot_id& id) const {
  auto found = slot_places_.find(id);
  return found == slot_places_.end() ? slot_exposure{} : slot_at(found->second);
}

std::vector<std::pair<instrument_id, exposure>> exposure_book::accounts() const {
  std::vector<std::pair<instrument_id, exposure>> all;
  for (const auto& [id, place] : account_places_)
    all.emplace_back(id, accounts_[place]);
  return all;
}

void exposure_book::reserve(size_t account_place, size_t slot_place, const verdict& approved) {
  auto& held = accounts_[account_place];
  auto& reserved = approved.direction == side::buy ? held.reserved_buy : held.reserved_sell;
  const auto size = reserved_size(approved);
  reserved += size;
  free_cash_ -= approved.reserve_cash;
  ++open_orders_;
  slots_[slot_place].orders.add(approved.direction, approved.type, approved.reduce_only, size);
}

} // namespace supreme::trading
