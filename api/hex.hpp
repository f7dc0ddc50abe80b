#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::api {

/// Bytes of an even number of hex digits of either case; nothing otherwise.
[[nodiscard]] std::optional<std::vector<uint8_t>> from_hex(std::string_view text);

/// Lower-case hex of `size` bytes of the operating system's randomness.
[[nodiscard]] std::string random_hex(size_t size);

} // namespace supreme::api
