#pragma once

#include "trading/risk/slot_orders.hpp"

#include <map>
#include <utility>
#include <vector>

namespace supreme::trading {

/// What one account holds and has promised, by instrument and by slot: what a decision is made
/// against, and what each approval changes for the ones after it. Whoever asks often asks by place:
/// each instrument and each slot has one, counted from 0 in the order in which they became known,
/// for good. Plain value; one owner.
class exposure_book {
public:
  /// The place of an instrument or a slot, which is made where there is none.
  [[nodiscard]] size_t place_of(const instrument_id& id);
  [[nodiscard]] size_t place_of(const slot_id& id);
  /// What the account holds of an instrument and has reserved there; `free_cash` is ignored, the
  /// book has one of its own.
  [[nodiscard]] exposure& account_at(size_t place) noexcept { return accounts_[place]; }
  [[nodiscard]] slot_exposure slot_at(size_t place) const {
    return slots_[place].orders.with(slots_[place].position);
  }
  [[nodiscard]] slot_orders& orders_at(size_t place) noexcept { return slots_[place].orders; }
  void set_position_at(size_t place, quantity held) noexcept { slots_[place].position = held; }

  /// By name.
  void set_account(const instrument_id& id, const exposure& held) {
    accounts_[place_of(id)] = held;
  }
  void set_slot(const slot_id& id, quantity position, const slot_orders& orders) {
    slots_[place_of(id)] = {position, orders};
  }
  void set_free_cash(money amount) { free_cash_ = amount; }
  void set_open_orders(uint32_t count) { open_orders_ = count; }

  [[nodiscard]] exposure account(const instrument_id& id) const;
  [[nodiscard]] slot_exposure slot(const slot_id& id) const;
  [[nodiscard]] money free_cash() const noexcept { return free_cash_; }
  [[nodiscard]] uint32_t open_orders() const noexcept { return open_orders_; }
  /// What the account holds of each instrument and has reserved there, in the order of names; no
  /// free cash.
  [[nodiscard]] std::vector<std::pair<instrument_id, exposure>> accounts() const;

  /// Counts an approval. Throws std::overflow_error outside the decimal range.
  void reserve(const signal& wish, const verdict& approved) {
    reserve(place_of(wish.instrument), place_of(wish.key.slot), approved);
  }
  void reserve(size_t account_place, size_t slot_place, const verdict& approved);

private:
  struct slot_state {
    quantity position;
    slot_orders orders;
  };

  std::map<instrument_id, size_t> account_places_;
  std::map<slot_id, size_t> slot_places_;
  std::vector<exposure> accounts_;
  std::vector<slot_state> slots_;
  money free_cash_;
  uint32_t open_orders_ = 0;
};

/// What one signal is decided by, beside the exposure.
struct decision_terms {
  std::optional<instrument> traded;
  risk_limits limits;
  sizing size;
  trading_mode mode = trading_mode::active;
  price mark;
  timestamp mark_time;
};

/// One signal and what was decided about it.
struct made_decision {
  signal wish;
  trading::verdict verdict;
  price mark; ///< of a protective order the price that it waits for
  risk_limits limits;
};

} // namespace supreme::trading
