#pragma once

#include <cstddef>
#include <string_view>

namespace supreme::config {

/// Which texts a key or an argument accepts.
struct text_rule {
  bool (*allowed)(char) = nullptr;
  size_t length_min = 1;
  size_t length_max = 0;
  const char* description = ""; ///< "a name of a-z, 0-9, _ and -", goes into messages
};

[[nodiscard]] bool fits(std::string_view text, const text_rule& rule) noexcept;

extern const text_rule name_text;       ///< nodes, feeds, accounts, strategies, venues, clusters
extern const text_rule instrument_text; ///< instruments and assets
extern const text_rule shard_text;
extern const text_rule host_text;
extern const text_rule path_text;
extern const text_rule principal_text;
extern const text_rule hex_text;
extern const text_rule sha256_text;
extern const text_rule label_text;

} // namespace supreme::config
