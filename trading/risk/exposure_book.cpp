#include "trading/risk/exposure_book.hpp"

namespace supreme::trading {

exposure exposure_book::account(const instrument_id& id) const {
  auto found = accounts_.find(id);
  auto held = found == accounts_.end() ? exposure{} : found->second;
  held.free_cash = free_cash_;
  return held;
}

slot_exposure exposure_book::slot(const slot_id& id) const {
  auto found = slots_.find(id);
  return found == slots_.end() ? slot_exposure{} : found->second;
}

void exposure_book::reserve(const signal& wish, const verdict& approved) {
  auto& held = accounts_[wish.instrument];
  auto& reserved = approved.direction == side::buy ? held.reserved_buy : held.reserved_sell;
  reserved += approved.size;
  free_cash_ -= approved.reserve_cash;
  ++open_orders_;
  slots_[wish.key.slot].pending += signed_quantity(approved.direction, approved.size);
}

} // namespace supreme::trading
