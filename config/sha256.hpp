#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace supreme::config {

using sha256_digest = std::array<uint8_t, 32>;

[[nodiscard]] sha256_digest sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::string_view bytes);

} // namespace supreme::config
