#pragma once

#include "actors/strategy/strategy.hpp"

#include <functional>

namespace supreme::actors {

/// Fresh slots of the instance. Throws when its kind or parameters are not usable.
[[nodiscard]] std::vector<trading::strategy_slot> make_slots(const unit_context& context);

/// Replays every fill and every bar of the slots up to and including `up_to` (nothing when it is
/// 0), in event order, from the rows and from the feed; signals of the past are dropped: they were
/// emitted then. Calls exactly one of the two.
void recover_slots(protocols::strategy::stateful_pointer<strategy_state> self,
                   trading::timestamp up_to, std::function<void()> recovered,
                   std::function<void(const caf::error&)> failed);

} // namespace supreme::actors
