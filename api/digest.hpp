#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::api {

using digest = std::array<uint8_t, 32>;

/// SHA-256 of the parts one after the other.
[[nodiscard]] digest sha256(std::initializer_list<std::string_view> parts);

/// Bytes of an even number of hex digits of either case; nothing otherwise.
[[nodiscard]] std::optional<std::vector<uint8_t>> from_hex(std::string_view text);

/// Lower-case hex of `size` bytes of the operating system's randomness.
[[nodiscard]] std::string random_hex(size_t size);

} // namespace supreme::api
