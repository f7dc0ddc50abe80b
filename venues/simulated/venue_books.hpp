#pragma once

#include "trading/matching/opened_size.hpp"
#include "venues/simulated/venue_records.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace supreme::venues {

/// What the simulated venue holds: a pure function of its records. Not thread-safe.
class venue_books {
public:
  struct order_entry {
    order_report report; ///< `duplicate` is always false here
    trading::asset_id quote;
    trading::slot_id slot; ///< empty: an order on its own
    bool triggered = false;

    /// What is left of it, as it meets a bar.
    [[nodiscard]] trading::resting_order resting() const;
  };

  struct account_entry {
    uint64_t session = 0;
    std::unordered_map<trading::client_order_id, uint64_t> orders; ///< number by client id
    std::vector<uint64_t> trades;                                  ///< indices into trades()
    std::map<trading::instrument_id, trading::quantity> holdings;
    std::map<trading::asset_id, trading::money> cash;
    std::map<trading::slot_id, trading::opened_size> opened;
    size_t resting = 0; ///< orders at rest
  };

  /// Applies a record. Returns why it cannot follow from what is held, and changes nothing then;
  /// that is a damaged ledger or a broken venue, never a refusal.
  [[nodiscard]] std::optional<std::string> apply(const record& r);

  [[nodiscard]] const std::optional<ledger_opened>& opened() const noexcept { return opened_; }
  [[nodiscard]] const std::map<trading::account_id, account_entry>& accounts() const noexcept {
    return accounts_;
  }
  /// Nothing when the account has never logged on.
  [[nodiscard]] const account_entry* find_account(const trading::account_id& id) const;
  /// In the order in which they came in; an order's number is its place, counted from 1.
  [[nodiscard]] const std::vector<order_entry>& orders() const noexcept { return orders_; }
  [[nodiscard]] const order_entry& order(uint64_t number) const { return orders_.at(number - 1); }
  /// Numbers of the orders at rest, in the order of acceptance.
  [[nodiscard]] const std::set<uint64_t>& resting() const noexcept { return resting_; }
  [[nodiscard]] const std::vector<venue_trade>& trades() const noexcept { return trades_; }
  /// The last step taken, with its bars; number 0 before the first.
  [[nodiscard]] const step& last_step() const noexcept { return last_step_; }
  /// The answer to the last step.
  [[nodiscard]] const step_report& last_report() const noexcept { return last_report_; }
  /// Close of the instrument's last bar, if it had one.
  [[nodiscard]] std::optional<trading::price> last_close(const trading::instrument_id& id) const;

  /// Sums of one account.
  [[nodiscard]] balances_report balances_of(const trading::account_id& id) const;

private:
  using complaint = std::optional<std::string>;

  complaint apply_record(const ledger_opened& r);
  complaint apply_record(const session_opened& r);
  complaint apply_record(const order_received& r);
  complaint apply_record(const order_cancelled& r);
  complaint apply_record(const step_taken& r);

  complaint check_step(const step_taken& r) const;
  void execute(const order_execution& e);
  void end_unfilled(const order_execution& e);
  void add_trade(order_entry& entry, const order_execution& e);
  void end_order(order_entry& entry, uint64_t number, trading::order_state state);
  void summarise_last_step(size_t first_trade, const std::vector<order_execution>& executions);

  std::optional<ledger_opened> opened_;
  std::map<trading::account_id, account_entry> accounts_;
  std::vector<order_entry> orders_;
  std::set<uint64_t> resting_;
  std::vector<venue_trade> trades_;
  std::map<trading::instrument_id, trading::price> closes_;
  step last_step_;
  step_report last_report_;
};

/// Tries trades on the sums of the books without changing them: sums that would leave the decimal
/// range are found before a trade is made.
class trial_sums {
public:
  /// The books must outlive this and stay as they are.
  explicit trial_sums(const venue_books& books) : books_(books) {}

  /// Counts a trade in; false, and nothing counted, when it or a sum it enters leaves the decimal
  /// range.
  [[nodiscard]] bool add(const venue_books::order_entry& entry, trading::quantity size,
                         trading::price at, trading::money fee);
  /// What the order's account has of its quote asset when it began with this deposit; nothing
  /// outside the range.
  [[nodiscard]] std::optional<trading::money> cash_with(const venue_books::order_entry& entry,
                                                        trading::money deposit) const;

private:
  const venue_books& books_;
  std::map<std::pair<trading::account_id, trading::instrument_id>, trading::quantity> holdings_;
  std::map<std::pair<trading::account_id, trading::asset_id>, trading::money> cash_;
};

} // namespace supreme::venues
