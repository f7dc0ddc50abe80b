#pragma once

#include "config/settings.hpp"
#include "protocols/messages.hpp"
#include "storage/ledger_store.hpp"
#include "trading/risk/account_risk.hpp"

#include <map>
#include <optional>
#include <vector>

namespace supreme::actors {

/// What a guard decides by, beside the rows.
struct decision_frame {
  const config::cluster_settings* settings = nullptr;
  const config::account_settings* account = nullptr;
  std::vector<protocols::mark> marks;
  trading::timestamp now;                                      ///< event time of the step
  trading::trading_mode latch = trading::trading_mode::active; ///< in-memory halt
};

/// The orders of a step that an earlier attempt has committed, as far as they are still open, for
/// an account whose past is not read: an entry is not decided anew, and gets what is missing of its
/// protection.
[[nodiscard]] std::map<trading::decision_key, trading::stored_decision>
orders_of_step(const storage::account_snapshot& rows, trading::timestamp step,
               const std::vector<trading::signal>& signals);

/// Decides signals in the order of their keys against one snapshot of the rows; each approval
/// counts against the ones after it, exactly as the rows will count it. `risk` has been told
/// everything up to the step's equity; `stored` are the step's decisions that are rows already.
/// Pure: equal inputs, equal verdicts, on whatever node.
[[nodiscard]] std::vector<trading::made_decision>
decide_all(std::vector<trading::signal> signals, const storage::account_snapshot& rows,
           const decision_frame& frame, trading::account_risk& risk,
           const std::map<trading::decision_key, trading::stored_decision>& stored);

} // namespace supreme::actors
