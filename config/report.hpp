#pragma once

#include "config/loader.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace supreme::config {

/// A text as it may be shown in a message: control characters escaped, cut to
/// defaults::config_quote_bytes_max bytes, in double quotes.
[[nodiscard]] std::string quoted(std::string_view text);

/// The word of `candidates` that a person most likely meant by `word`; empty when none is near.
template <class Words>
[[nodiscard]] std::string closest(std::string_view word, const Words& candidates);

/// Number of insertions, removals, replacements and swaps of neighbours between two words; at most
/// `limit` + 1, which is returned for everything farther away.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

/// Collects what is wrong with one file and knows where each of its keys stands, so that checks
/// across sections can name lines, too. Not thread-safe; lives as long as one parse.
class report {
public:
  explicit report(std::string file) : file_(std::move(file)) {}

  /// Remembers the line of a key.
  void place(const std::string& path, uint32_t line) { lines_[path] = line; }
  /// Adds a problem at the key's line, or at that of the nearest section around it.
  void add(const std::string& path, std::string expected);
  void add_at(uint32_t line, std::string path, std::string expected);

  [[nodiscard]] bool empty() const noexcept { return found_.empty(); }
  /// All problems in line order, at most defaults::config_problems_max.
  [[nodiscard]] problems take();

private:
  [[nodiscard]] uint32_t line_of(std::string path) const;

  std::string file_;
  std::map<std::string, uint32_t> lines_;
  problems found_;
};

template <class Words>
std::string closest(std::string_view word, const Words& candidates) {
  const size_t limit = word.size() <= 4 ? 1 : word.size() / 3;
  size_t best = limit + 1;
  std::string answer;
  for (const auto& candidate : candidates) {
    const std::string_view text{candidate};
    const auto distance = edit_distance(word, text, limit);
    if (distance < best) {
      best = distance;
      answer = text;
    }
  }
  return answer;
}

} // namespace supreme::config
