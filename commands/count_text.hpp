#pragma once

#include <cstdint>
#include <string>

namespace supreme::commands {

/// "3 strategies", "1 feed". The plural is given where it is not the word with an s.
[[nodiscard]] inline std::string count_text(uint64_t count, const std::string& word,
                                            const std::string& plural = {}) {
  return std::to_string(count) + " " + (count == 1 ? word : plural.empty() ? word + "s" : plural);
}

/// What a file's numbers of more than eight fraction digits came to.
[[nodiscard]] inline std::string rounded_text(uint64_t values) {
  return count_text(values, "number") + " had more than 8 decimals, rounded";
}

} // namespace supreme::commands
