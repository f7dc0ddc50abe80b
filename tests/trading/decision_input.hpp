#pragma once

#include "trading/risk/pre_trade.hpp"

#include <optional>

namespace supreme::tests {

/// Everything one decision looks at, by value, so that a test can take a decision and change one
/// thing of it. See trading::decision_facts.
struct decision_input {
  trading::target wanted = trading::target::flat;
  std::optional<trading::instrument> traded; ///< nothing when the instrument is not configured
  trading::risk_limits limits;
  trading::sizing size;
  trading::sizing_basis basis;
  trading::exposure account;
  trading::slot_exposure slot;
  std::optional<trading::quantity> cut_to;
  trading::trading_mode mode = trading::trading_mode::active;
  trading::timestamp mark_time;
  trading::price mark;
  trading::timestamp now;
};

/// Refer to the input, which must outlive them.
inline trading::decision_facts facts_of(const decision_input& in) {
  return {in.wanted,
          in.traded ? &*in.traded : nullptr,
          in.limits,
          in.size,
          in.basis,
          in.account,
          in.account.free_cash,
          in.slot,
          in.cut_to,
          in.mode,
          in.mark_time,
          in.mark,
          in.now,
          true};
}

inline trading::verdict decide(const decision_input& in) {
  trading::verdict out;
  trading::decide(facts_of(in), out);
  return out;
}

} // namespace supreme::tests
