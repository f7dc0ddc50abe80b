#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace supreme::venues {

/// What is wrong with a data file, and where.
struct data_defect {
  std::string file;
  uint64_t line = 0; ///< 1-based; 0 when the file as a whole is meant
  std::string reason;
  /// The line as it stands there, at most csv_quote_bytes_max of it, with \xNN for what does not
  /// print.
  std::string raw;

  /// "file:line: reason: raw".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const data_defect&, const data_defect&) = default;
};

/// A line as a defect quotes it.
[[nodiscard]] std::string quoted_line(std::string_view line);

/// A file is defective, has become unreadable, or was changed while it was read.
class defective_data : public std::runtime_error {
public:
  explicit defective_data(data_defect d)
    : std::runtime_error(d.to_string()), defect_(std::move(d)) {}
  [[nodiscard]] const data_defect& defect() const noexcept { return defect_; }

private:
  data_defect defect_;
};

} // namespace supreme::venues
