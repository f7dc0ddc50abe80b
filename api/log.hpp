#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace supreme::api {

/// Values order the levels.
enum class log_level : uint8_t { debug = 1, info = 2, warning = 3, error = 4 };

/// Where the gateway's lines go. `event` is a short stable name, `text` one sentence without
/// secrets. Called by any of the gateway's threads; must not throw.
using log_function = std::function<void(log_level, std::string_view event, std::string_view text)>;

} // namespace supreme::api
