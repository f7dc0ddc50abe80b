#pragma once

#include "venues/history/depth_reader.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace supreme::venues {

/// The depth of a file, read once from front to back, as one history of the book by Binance's rule:
/// it begins with the first snapshot; changes that a snapshot holds already are passed over;
/// changes that stand before a snapshot in the file and go beyond it follow it, at its time.
class depth_file_stream final : public trading::depth_stream {
public:
  /// Opens the file. A file that cannot be read is refused by the first next().
  explicit depth_file_stream(const std::string& path);

  /// Throws defective_data for the first defect, for a file without rows or without a snapshot, and
  /// for one that was changed while it was read.
  [[nodiscard]] std::span<const trading::depth_tick> next() override;

  /// What has been read so far.
  [[nodiscard]] tick_summary summary() const { return reader_.summary(); }

private:
  struct change {
    trading::depth_tick level;
    std::optional<int64_t> first_update;
    int64_t final_update = 0;
  };
  struct snapshot {
    trading::timestamp time;
    int64_t final_update = 0;
  };

  void take();
  void remember(const trading::depth_tick& level);
  void follow_snapshot();
  void give(trading::depth_tick level);
  void finish();

  depth_reader reader_;
  std::vector<trading::depth_tick> batch_;
  std::deque<change> recent_; ///< the last changes, whole events
  std::optional<snapshot> in_hand_;
  uint64_t source_event_ = 0; ///< as the reader numbers them
  uint64_t given_event_ = 0;  ///< as given out
  bool begun_ = false;        ///< with a snapshot
  bool ended_ = false;
};

} // namespace supreme::venues
