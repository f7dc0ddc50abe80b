#pragma once

#include "storage/ledger_store.hpp"

#include <set>
#include <string>

namespace supreme::storage {

/// Within one group, a guard's decisions stand in the order in which it made them, each reckoning
/// with the ones before. One that is fenced (its strategy has just moved) stops those after it, so
/// that they are decided again together, in that order.
class decision_order {
public:
  /// Whether the member must not be run, because a decision before it was fenced.
  [[nodiscard]] bool stops(const transaction& member) const {
    const auto* decision = std::get_if<decide_transaction>(&member);
    return decision != nullptr && stopped_.contains(decision->guard.unit);
  }
  void note(const transaction& member, const outcome& o) {
    const auto* decision = std::get_if<decide_transaction>(&member);
    if (decision != nullptr && o.status == commit_status::fenced)
      stopped_.insert(decision->guard.unit);
  }
  [[nodiscard]] static outcome make_stopped() {
    outcome o;
    o.status = commit_status::fenced;
    o.text = "a decision before it was fenced";
    return o;
  }

private:
  std::set<std::string> stopped_;
};

} // namespace supreme::storage
