#pragma once

#include "config/settings.hpp"

#include <set>
#include <string>
#include <vector>

namespace supreme::config {

/// What a new configuration must not change in the one that a cluster runs by, one sentence each,
/// in the words of the file; empty when the step from `running` to `wanted` may be taken. `held`
/// names the slots that hold something. Rows, orders and ids depend on these: an account's
/// positions are counted in its quote asset and held at its venue, a position needs its instrument
/// and a slot that holds one its strategy. And the bars of a run are part of it: a step that was
/// interrupted is repeated exactly, or the venue refuses it.
[[nodiscard]] std::vector<std::string>
find_forbidden_changes(const cluster_settings& running, const cluster_settings& wanted,
                       const std::set<trading::slot_id>& held);

} // namespace supreme::config
