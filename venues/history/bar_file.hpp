#pragma once

#include "trading/result.hpp"
#include "venues/bar_history.hpp"
#include "venues/history/bar_reader.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace supreme::venues {

/// What a file without defects holds.
struct file_summary {
  uint64_t rows = 0; ///< ≥ 1
  trading::timestamp first_open;
  trading::timestamp last_close;
  /// Smallest distance between two rows; zero when there is only one. Larger than the interval: the
  /// interval may be wrong.
  trading::nanoseconds smallest_step{0};
  uint64_t rounded_values = 0; ///< numbers that had more than eight fraction digits
  /// Places where a bar or more is missing: nothing is filled in, and closed markets leave gaps,
  /// too.
  uint64_t gaps = 0;
  uint64_t missing_bars = 0; ///< whole intervals inside the gaps
  /// Bars that open at two thirds of the close before or less, or at three halves or more: splits
  /// do so, and markets hardly ever.
  uint64_t leaps = 0;
  trading::timestamp first_leap; ///< when the first of them opens
  trading::price last_price;     ///< the last close
  bool has_volume = false;       ///< whether any bar has

  /// Takes in the next row.
  void add(const trading::bar& b);

  friend bool operator==(const file_summary&, const file_summary&) = default;
};

/// Why a file is refused as a whole.
struct file_defects {
  std::vector<data_defect>
    listed; ///< the first csv_defects_max, in the order of lines; never empty
  uint64_t total = 0;

  /// One line each, and how many more there are.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const file_defects&, const file_defects&) = default;
};

/// Reads a whole file (see bar_reader for what it may look like) and gives its summary or its
/// defects. `seen` is given each good row, those of a defective file, too; it may be empty.
[[nodiscard]] trading::result<file_summary, file_defects>
check_file(const bar_file_settings& settings,
           const std::function<void(const trading::bar&)>& seen = {});

/// The bars of a file. It is checked as a whole before the first bar is given: a defective file
/// gives none. Memory is bounded whatever the file's size; going back costs reading a small part
/// again.
class bar_file final : public bar_history {
public:
  [[nodiscard]] static trading::result<std::unique_ptr<bar_file>, file_defects>
  open(const bar_file_settings& settings);

  [[nodiscard]] const file_summary& summary() const noexcept { return summary_; }
  [[nodiscard]] const trading::instrument_id& instrument() const noexcept override;
  [[nodiscard]] trading::nanoseconds interval() const noexcept override;

  /// Both throw defective_data when the file has been changed since it was opened or cannot be
  /// read.
  [[nodiscard]] std::vector<trading::bar>
  range(trading::timestamp after_close, trading::timestamp up_to_close, size_t max) override;
  [[nodiscard]] std::vector<trading::bar> after(trading::timestamp close_time, size_t max) override;

private:
  explicit bar_file(const bar_file_settings& settings);

  void note_place(const bar_reader& r);
  void seek(int64_t skipped_open_ns);
  [[nodiscard]] const trading::bar* peek();

  bar_file_settings settings_;
  file_summary summary_;
  /// Where reading can go on, in the order of the file; the first is its beginning.
  std::vector<bar_reader::place> places_;
  uint64_t rows_between_places_ = 0;
  bool is_checked_ = false; ///< all places are known
  bar_reader reader_;
  bool ahead_ = false; ///< the reader's current bar has not been passed yet
  int64_t passed_open_ns_ = std::numeric_limits<int64_t>::min(); ///< of the last bar passed
};

} // namespace supreme::venues
