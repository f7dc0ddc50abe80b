#pragma once

#include "config/defaults.hpp"
#include "trading/market/price_factors.hpp"
#include "venues/history/csv_table.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace supreme::venues {

/// Reads the rows of a file of price factors (see csv_table): a time, of which the UTC day counts,
/// `price_factor` and `split_factor`. Rows follow each other as trading::price_factors wants them.
///
/// One owner; not thread-safe.
class factor_reader : public csv_table<factor_reader> {
public:
  /// A file that cannot be opened is the first defect.
  explicit factor_reader(const std::string& path) : csv_table(path) {}

  /// The good rows so far.
  [[nodiscard]] const trading::price_factors& factors() const noexcept { return factors_; }

private:
  friend class csv_table<factor_reader>;

  enum value : uint8_t { price = csv_columns::first_meaning, split };
  static constexpr std::array<csv_column, 2> columns{{
    {"price_factor", price, true},
    {"split_factor", split, true},
  }};
  static constexpr std::string_view example = "ts,price_factor,split_factor";
  static constexpr uint64_t rows_max = config::defaults::factor_rows_max;

  [[nodiscard]] bool read(uint8_t meaning, const char*& at, const char* end) {
    return read_decimal(at, end, meaning == price ? row_.price : row_.split);
  }
  [[nodiscard]] bool check();

  trading::price_factor row_;
  trading::price_factors factors_;
};

/// A file of price factors that has been read. To be shared.
struct factor_file {
  std::string path;
  trading::price_factors factors;
  uint64_t rounded_values = 0; ///< numbers that had more than eight fraction digits
};

/// Throws defective_data, naming file, line and reason, for the first defect and for a file without
/// rows.
[[nodiscard]] std::shared_ptr<const factor_file> read_price_factors(const std::string& path);

} // namespace supreme::venues
