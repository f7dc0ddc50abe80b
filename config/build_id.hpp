#pragma once

#include <string_view>

namespace supreme::config {

/// The version of the product, "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

/// The first 16 hexadecimal digits of a SHA-256 over all sources of the binary. Nodes of different
/// builds refuse each other. Defined in a library of its own: link build_id_dep.
[[nodiscard]] std::string_view build_id() noexcept;

} // namespace supreme::config
