#pragma once

#include "trading/risk/pre_trade.hpp"

#include <map>
#include <vector>

namespace supreme::trading {

/// What one account holds and has promised, by instrument and by slot: what a decision is made
/// against, and what each approval changes for the ones after it. Plain value; one owner.
class exposure_book {
public:
  /// What the account holds of an instrument and has reserved there; `free_cash` is ignored, the
  /// book has one of its own.
  void set_account(const instrument_id& id, const exposure& held) { accounts_[id] = held; }
  void set_slot(const slot_id& id, const slot_exposure& held) { slots_[id] = held; }
  void set_free_cash(money amount) { free_cash_ = amount; }
  void set_open_orders(uint32_t count) { open_orders_ = count; }

  [[nodiscard]] exposure account(const instrument_id& id) const;
  [[nodiscard]] slot_exposure slot(const slot_id& id) const;
  [[nodiscard]] money free_cash() const noexcept { return free_cash_; }
  [[nodiscard]] uint32_t open_orders() const noexcept { return open_orders_; }
  /// What the account holds of each instrument and has reserved there; no free cash.
  [[nodiscard]] const std::map<instrument_id, exposure>& accounts() const noexcept {
    return accounts_;
  }

  /// Counts an approval. Throws std::overflow_error outside the decimal range.
  void reserve(const signal& wish, const verdict& approved);

private:
  std::map<instrument_id, exposure> accounts_;
  std::map<slot_id, slot_exposure> slots_;
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
  price mark;
  risk_limits limits;
};

} // namespace supreme::trading
