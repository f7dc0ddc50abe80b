#pragma once

#include <chrono>
#include <functional>

namespace supreme::tests {

/// Asks `holds` again and again until it answers true or `within` has passed; returns its last
/// answer. For the state of another process, which sends no notice when it changes: a port that
/// begins to answer, a row that appears. What a test can be told of (a message, a future, an exit)
/// it waits for. `holds` runs in the calling thread, at least once, and what it throws ends the
/// wait.
[[nodiscard]] bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds within);

} // namespace supreme::tests
