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
  slots_[wish.key.slot].pending += signed_quantity(approved.direction, approved.size);
}

std::vector<made_decision>
decide_in_order(const std::vector<signal>& signals, exposure_book& book,
                const std::function<decision_terms(const signal&)>& terms_of, timestamp now) {
  std::vector<made_decision> made;
  made.reserve(signals.size());
  for (const auto& wish : signals) {
    auto terms = terms_of(wish);
    decision_input in;
    in.wish = wish;
    in.traded = std::move(terms.traded);
    in.limits = terms.limits;
    in.size = terms.size;
    in.account = book.account(wish.instrument);
    in.slot = book.slot(wish.key.slot);
    in.mode = terms.mode;
    in.mark = terms.mark;
    in.mark_time = terms.mark_time;
    in.now = now;
    auto verdict = decide(in);
    if (verdict.outcome == refusal::none)
      book.reserve(wish, verdict);
    made.push_back({wish, std::move(verdict), in.mark, in.limits});
  }
  return made;
}

} // namespace supreme::trading
