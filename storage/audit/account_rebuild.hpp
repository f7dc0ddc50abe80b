#pragma once

#include "storage/audit/audit_row.hpp"
#include "storage/audit/defect_list.hpp"
#include "storage/audit/table.hpp"
#include "trading/orders/order.hpp"
#include "trading/portfolio/position.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace supreme::storage {

/// Computes what the rows of one account must be from its audit stream alone. Positions come from
/// trading::apply_fill, the one formula, never from what a payload says they are.
class account_rebuild {
public:
  account_rebuild(std::string account, defect_list& defects)
    : account_(std::move(account)), defects_(defects) {}

  /// Rows of the stream in order. A payload that cannot be what the program wrote is a defect.
  void add(const audit_row& row);
  /// The rows, once all of the stream was added.
  [[nodiscard]] expected_tables& finish();

private:
  struct held_position {
    trading::position position;
    trading::quantity reserved_buy;
    trading::quantity reserved_sell;
    int64_t updated_us = 0;
  };
  struct held_slot {
    std::string instrument;
    trading::position position;
    int64_t updated_us = 0;
  };
  struct held_balance {
    trading::money amount;
    trading::money reserved;
    int64_t updated_us = 0;
  };
  /// An order: the cells that never change, and the values that do.
  struct held_order {
    nlohmann::json in; ///< the decision's member
    int64_t number = 0;
    trading::quantity size;
    trading::money reserve_cash;
    bool buys = true;
    trading::order_state state = trading::order_state::intent;
    trading::quantity filled;
    trading::quantity reserved_quantity;
    std::string type;
    bool reduce_only = false;
    trading::money reserved_cash;
    int64_t incarnation = 0;
    cell valid_until;
    std::string venue_order;
    std::string reason;
    int64_t event_count = 1;
    int64_t guard_epoch = 0;
    std::string node;
    int64_t recorded_us = 0;
    int64_t updated_us = 0;
  };

  void opened(const audit_row& row, const nlohmann::json& in);
  void decided(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void ordered(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void submitted(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void reported(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void filled(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void commanded(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);
  void quarantined(const audit_row& row, const nlohmann::json& in, const nlohmann::json& out);

  held_order& order(const std::string& id);
  void release(held_order& o, trading::quantity rest, trading::money rest_cash, int64_t at_us);
  void add_event(const audit_row& row, const std::string& id, const held_order& o,
                 const std::string& kind, cell from, const std::string& detail, cell event_time_ns);
  void move_balances(const audit_row& row, const nlohmann::json& in, const trading::fill& f,
                     const held_order& o, const trading::fill_effect& effect);
  [[nodiscard]] cells cells_of(const std::string& id, const held_order& o) const;
  void fault(const audit_row& row, const std::string& what);

  std::string account_;
  defect_list& defects_;
  expected_tables tables_;
  std::string venue_;
  bool opened_ = false;
  int64_t account_seq_ = 0;
  int64_t recorded_us_ = 0;
  int64_t updated_us_ = 0;
  std::map<std::string, held_order> orders_;
  std::map<std::string, held_position> positions_; ///< by instrument
  std::map<std::string, held_slot> slots_;
  std::map<std::string, held_balance> balances_; ///< by asset
};

} // namespace supreme::storage
