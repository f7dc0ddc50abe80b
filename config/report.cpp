#include "config/report.hpp"

#include "config/defaults.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace supreme::config {

std::string quoted(std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (out.size() > defaults::config_quote_bytes_max) {
      // A cut inside a multi-byte character would make the whole message invalid UTF-8.
      while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
        out.pop_back();
      if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xc0)
        out.pop_back();
      return out + "...\"";
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 0xf];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const auto apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (apart > limit)
    return limit + 1;
  // Three rows of the usual table: the swap of two neighbours looks two rows back.
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

std::string problem::to_string() const {
  std::string out = file;
  if (line > 0)
    out += ":" + std::to_string(line);
  if (!key.empty())
    out += ": " + key;
  return out + ": " + expected;
}

void report::add(const std::string& path, std::string expected) {
  add_at(line_of(path), path, std::move(expected));
}

void report::add_at(uint32_t line, std::string path, std::string expected) {
  found_.push_back({file_, line, std::move(path), std::move(expected)});
}

uint32_t report::line_of(std::string path) const {
  while (!path.empty()) {
    if (const auto known = lines_.find(path); known != lines_.end())
      return known->second;
    const auto cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
  }
  return 0;
}

problems report::take() {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const problem& a, const problem& b) { return a.line < b.line; });
  if (found_.size() > defaults::config_problems_max) {
    const auto left_out = found_.size() - defaults::config_problems_max;
    found_.resize(defaults::config_problems_max);
    found_.push_back({file_, 0, "", std::to_string(left_out) + " more problems are not listed"});
  }
  return std::move(found_);
}

} // namespace supreme::config
