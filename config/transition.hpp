#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace supreme::config {

/// What a new configuration must not change in the one that a cluster runs by, one sentence each, in the words of the file; empty when
/// the step from `running` to `wanted` may be taken. Rows, orders and ids depend on these: an account's positions are counted in
/// its quote asset and held at its venue, and a position needs its instrument.
[[nodiscard]] std::vector<std::string> find_forbidden_changes(const cluster_settings& running,
                                                              const cluster_settings& wanted);

} // namespace supreme::config
