#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace supreme::actors {

/// Values order the levels; nothing below the configured one is written.
enum class log_level : uint8_t { debug = 1, info = 2, warning = 3, error = 4 };

/// Opens the process's log: one JSON object per line (time, level, node, actor, event, text), ready
/// for a log shipper. An empty `file` writes to standard error. Throws std::runtime_error when the
/// file cannot be opened. Call once, before any actor starts.
void open_log(const std::string& node, const std::string& file, const std::string& level);

/// Writes one line; any thread. `event` is a short stable name to search for, `text` one sentence.
/// Never pass secrets: connection strings and tokens do not belong in either.
void log(log_level level, std::string_view actor, std::string_view event, std::string_view text);

} // namespace supreme::actors
