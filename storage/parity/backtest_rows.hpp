#pragma once

#include "storage/parity/tables.hpp"
#include "trading/backtest/engine.hpp"

#include <map>

namespace supreme::storage {

/// Writes what one account's backtest says as the rows that the cluster would have left. Memory
/// grows with open orders and the rows that nobody has taken. One owner.
class backtest_rows final : public trading::named_listener {
public:
  /// Of the plan that is run; keeps names of it only.
  explicit backtest_rows(const trading::backtest_plan& plan);

  void decided(const trading::made_decision& d, const trading::client_order_id& order) override;
  void filled(const trading::fill& f, const trading::slot_id& slot,
              const trading::booked_fill& after, uint64_t account_seq) override;
  void ended(const trading::client_order_id& order, trading::order_state state,
             trading::timestamp at) override;
  void valued(const trading::account_value& v) override;

  /// The rows of the steps since the last call. Steps themselves belong to no account.
  [[nodiscard]] parity_rows take();
  /// How many signals strategies have sent since the last call.
  [[nodiscard]] uint64_t take_asked();
  /// What is held and open when the run is over: ends of open orders, positions, slots, balances.
  [[nodiscard]] parity_rows end(const trading::backtest_engine& engine) const;

private:
  uint64_t asked_ = 0;
  struct open_order {
    std::string key;
    trading::side direction;
    trading::instrument_id instrument;
    trading::money reserve_cash; ///< at the decision
    trading::quantity size;
    trading::quantity left;
    bool is_protective; ///< it reserves nothing

    [[nodiscard]] trading::quantity reserved() const {
      return is_protective ? trading::quantity{} : left;
    }
    [[nodiscard]] trading::money reserved_cash() const;
  };

  void add(parity_table t, parity_row row) { rows_of(rows_, t).push_back(std::move(row)); }
  void add_checks(const std::string& key, const std::vector<trading::check_result>& checks);
  void add_order(const trading::made_decision& d, const std::string& key);
  void add_order_end(const open_order& o, trading::order_state state);
  void add_positions(parity_rows& rows, const trading::backtest_engine& engine) const;
  void add_balances(parity_rows& rows, const trading::backtest_engine& engine) const;

  std::string account_;
  std::string venue_;
  trading::asset_id quote_;
  std::map<trading::slot_id, trading::instrument_id> instruments_; ///< of the plan's slots
  uint64_t orders_ = 0;
  uint64_t steps_ = 0;
  std::map<trading::client_order_id, open_order> open_;
  parity_rows rows_;
};

} // namespace supreme::storage
