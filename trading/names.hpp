#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace supreme::trading {

/// An enum value and the name under which it is stored and shown. One table serves both directions,
/// so writing and reading back cannot disagree.
template <class Enum>
struct named {
  Enum value;
  const char* name;
};

/// "invalid" for a number that is no value of the enum.
template <class Enum, size_t Size>
[[nodiscard]] constexpr const char* name_of(const std::array<named<Enum>, Size>& table,
                                            Enum value) noexcept {
  for (const auto& entry : table)
    if (entry.value == value)
      return entry.name;
  return "invalid";
}

template <class Enum, size_t Size>
[[nodiscard]] constexpr std::optional<Enum> value_of(const std::array<named<Enum>, Size>& table,
                                                     std::string_view name) noexcept {
  for (const auto& entry : table)
    if (entry.name == name)
      return entry.value;
  return std::nullopt;
}

} // namespace supreme::trading
