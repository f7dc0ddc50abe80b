#pragma once

#include "actors/replay/conductor.hpp"

#include <functional>

namespace supreme::actors {

/// Reads the progress row and rebuilds the marks (last close of each instrument up to there) from
/// the feeds; the conductor then stands exactly where the committed steps end. Calls exactly one of
/// the two.
void resume_run(conductor::stateful_pointer<conductor_state> self, std::function<void()> resumed,
                std::function<void(const caf::error&)> failed);

} // namespace supreme::actors
