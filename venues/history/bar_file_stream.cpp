#include "venues/history/bar_file_stream.hpp"

#include "trading/check.hpp"

#include <utility>

namespace supreme::venues {

namespace {

/// Bars given out at a time: what a core's cache holds beside the strategies.
constexpr size_t batch_bars = 4'096;

} // namespace

bar_file_stream::bar_file_stream(const bar_file_settings& settings, const close_range& range)
  : reader_(settings), range_(range) {
  batch_.reserve(batch_bars);
}

std::span<const trading::bar_record> bar_file_stream::next() {
  batch_.clear();
  while (!ended_ && batch_.size() < batch_bars) {
    switch (reader_.next()) {
      case csv_outcome::row:
        break;
      case csv_outcome::defect:
        ended_ = true;
        throw defective_data{reader_.defect()};
      case csv_outcome::end:
        finish();
        continue;
    }
    const auto& b = reader_.current();
    const auto close_time = b.close_time();
    if (close_time > range_.up_to) {
      finish();
      continue;
    }
    summary_.add(b);
    if (close_time > range_.after)
      batch_.push_back(trading::record_of(b));
  }
  return batch_;
}

void bar_file_stream::finish() {
  ended_ = true;
  reader_.require_whole();
  summary_.rounded_values = reader_.rounded_values();
}

trading::result<std::unique_ptr<checked_bars>, file_defects>
checked_bars::open(const bar_file_settings& settings, const close_range& range, size_t kept_max) {
  std::unique_ptr<checked_bars> out{new checked_bars};
  bool too_many = false;
  const auto checked = check_file(settings, [&](const trading::bar& b) {
    const auto close_time = b.close_time();
    if (too_many || close_time <= range.after || close_time > range.up_to)
      return;
    too_many = out->kept_.size() == kept_max;
    if (!too_many)
      out->kept_.push_back(trading::record_of(b));
  });
  if (!checked)
    return checked.error();
  out->summary_ = *checked;
  if (too_many) {
    out->kept_ = {};
    out->again_.emplace(settings, range);
  }
  return out;
}

std::span<const trading::bar_record> checked_bars::next() {
  if (again_)
    return again_->next();
  if (std::exchange(given_, true))
    return {};
  return kept_;
}

history_stream::history_stream(std::shared_ptr<bar_history> history, const close_range& range)
  : history_(std::move(history)), range_(range) {
  SUPREME_CHECK(history_ != nullptr, "a stream has a history");
}

std::span<const trading::bar_record> history_stream::next() {
  batch_.clear();
  for (const auto& b : history_->range(range_.after, range_.up_to, batch_bars)) {
    batch_.push_back(trading::record_of(b));
    range_.after = b.close_time();
  }
  return batch_;
}

} // namespace supreme::venues
