#pragma once

#include "venues/history/quote_reader.hpp"
#include "venues/history/trade_reader.hpp"

#include <span>
#include <utility>
#include <vector>

namespace supreme::venues {

/// The ticks of a file, read once from front to back. Throws when it comes to a defect; what it
/// gave before is good as far as it goes.
template <class Reader>
class tick_file_stream final : public trading::record_stream<typename Reader::record> {
public:
  using record = typename Reader::record;

  /// Opens the file with what the reader takes. A file that cannot be read is refused by the first
  /// next().
  template <class... Arguments>
  explicit tick_file_stream(Arguments&&... arguments)
    : reader_(std::forward<Arguments>(arguments)...) {
    batch_.reserve(batch_ticks);
  }

  /// Throws defective_data for the first defect, for a file without rows and for one that was
  /// changed while it was read.
  [[nodiscard]] std::span<const record> next() override {
    batch_.clear();
    while (!ended_ && batch_.size() < batch_ticks) {
      switch (reader_.next()) {
        case csv_outcome::row:
          batch_.push_back(reader_.current());
          break;
        case csv_outcome::defect:
          ended_ = true;
          throw defective_data{reader_.defect()};
        case csv_outcome::end:
          finish();
          break;
      }
    }
    return batch_;
  }

  /// What has been read so far.
  [[nodiscard]] tick_summary summary() const { return reader_.summary(); }

private:
  /// Ticks given out at a time.
  static constexpr size_t batch_ticks = 4'096;

  void finish() {
    ended_ = true;
    reader_.require_whole();
  }

  Reader reader_;
  std::vector<record> batch_;
  bool ended_ = false;
};

using trade_file_stream = tick_file_stream<trade_reader>;
using quote_file_stream = tick_file_stream<quote_reader>;

} // namespace supreme::venues
