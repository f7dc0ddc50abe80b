#pragma once

#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::tests {

using bytes = std::vector<char>;

/// An actor system that knows the message set. It runs nothing: the scheduler is CAF's for tests.
caf::actor_system& wire_system();

inline std::string to_hex(const bytes& raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : raw) {
    const auto value = static_cast<unsigned char>(c);
    text += digits[value >> 4];
    text += digits[value & 15];
  }
  return text;
}

/// Spaces are there for the reader only.
inline bytes from_hex(std::string_view text) {
  bytes raw;
  int high = -1;
  for (const char c : text) {
    if (c == ' ')
      continue;
    const auto digit = std::string_view{"0123456789abcdef"}.find(c);
    if (digit == std::string_view::npos)
      throw std::invalid_argument("not a hexadecimal digit: " + std::string{c});
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      raw.push_back(static_cast<char>(high * 16 + static_cast<int>(digit)));
      high = -1;
    }
  }
  if (high >= 0)
    throw std::invalid_argument("half a byte: " + std::string{text});
  return raw;
}

/// What CAF puts on the wire for `x`, without the envelope.
template <class T>
bytes serialised(T x) {
  bytes raw;
  caf::binary_serializer sink{wire_system(), raw};
  if (auto error = sink(x))
    throw std::runtime_error("could not be serialised");
  return raw;
}

struct reading {
  bool failed = false;
  std::size_t left_over = 0; ///< bytes that were not needed
};

template <class T>
reading deserialise(const bytes& raw, T& into) {
  caf::binary_deserializer source{wire_system(), raw};
  const auto error = source(into);
  return {static_cast<bool>(error), source.remaining()};
}

} // namespace supreme::tests
