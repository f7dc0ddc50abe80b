#pragma once

#include "trading/market/bar_record.hpp"
#include "venues/bar_history.hpp"
#include "venues/history/bar_file.hpp"

#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace supreme::venues {

/// Which bars of a history are read, by their close.
struct close_range {
  trading::timestamp after = trading::timestamp::from_ns(std::numeric_limits<int64_t>::min());
  trading::timestamp up_to = trading::timestamp::from_ns(std::numeric_limits<int64_t>::max());
};

/// The bars of a file, read once from front to back: for who can give up half way. Where bar_file
/// refuses a defective file before its first bar, this throws when it comes to the defect; what it
/// gave before is good as far as it goes. Rows behind the range are not looked at.
class bar_file_stream final : public trading::bar_stream {
public:
  /// Opens the file. A file that cannot be read is refused by the first next().
  explicit bar_file_stream(const bar_file_settings& settings, const close_range& range = {});

  /// Throws defective_data for the first defect, for a file without rows and for one that was
  /// changed while it was read.
  [[nodiscard]] std::span<const trading::bar_record> next() override;

  /// What has been read so far; once next() has given nothing, all up to the end of the range.
  [[nodiscard]] const file_summary& summary() const noexcept { return summary_; }

private:
  void finish();

  bar_reader reader_;
  close_range range_;
  file_summary summary_;
  std::vector<trading::bar_record> batch_;
  bool ended_ = false;
};

/// The bars of a file that has been checked as a whole: a defective file gives none. Bars that were
/// not too many have been kept while it was checked, so that most files are read once.
class checked_bars final : public trading::bar_stream {
public:
  /// Keeps up to `kept_max` bars of the range in memory, of 48 bytes each.
  [[nodiscard]] static trading::result<std::unique_ptr<checked_bars>, file_defects>
  open(const bar_file_settings& settings, const close_range& range = {},
       size_t kept_max = config::defaults::bars_kept_max);

  /// Throws defective_data when the file has to be read again and was changed into a defective one.
  [[nodiscard]] std::span<const trading::bar_record> next() override;
  /// Of the whole file, not of the range.
  [[nodiscard]] const file_summary& summary() const noexcept { return summary_; }

private:
  checked_bars() = default;

  file_summary summary_;
  std::vector<trading::bar_record> kept_;
  bool given_ = false;
  std::optional<bar_file_stream> again_; ///< of a file that is too long to be kept
};

/// The bars of any history, in the same way.
class history_stream final : public trading::bar_stream {
public:
  /// The history must not be null.
  explicit history_stream(std::shared_ptr<bar_history> history, const close_range& range = {});

  /// Throws what the history throws.
  [[nodiscard]] std::span<const trading::bar_record> next() override;

private:
  std::shared_ptr<bar_history> history_;
  close_range range_;
  std::vector<trading::bar_record> batch_;
};

} // namespace supreme::venues
