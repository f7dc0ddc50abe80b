#include "venues/history/data_defect.hpp"

#include "config/defaults.hpp"

namespace supreme::venues {

std::string data_defect::to_string() const {
  std::string out = file;
  if (line > 0)
    out += ":" + std::to_string(line);
  out += ": " + reason;
  return raw.empty() ? out : out + ": " + raw;
}

std::string quoted_line(std::string_view line) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr size_t shown_max = config::defaults::csv_quote_bytes_max;
  std::string out;
  for (const char c : line.substr(0, shown_max)) {
    if (c >= ' ' && c <= '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return line.size() > shown_max ? out + "..." : out;
}

} // namespace supreme::venues
