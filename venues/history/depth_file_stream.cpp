#include "venues/history/depth_file_stream.hpp"

#include <utility>

namespace supreme::venues {

namespace {

/// Levels given out at a time, about.
constexpr size_t batch_levels = 4'096;

} // namespace

depth_file_stream::depth_file_stream(const std::string& path) : reader_(path) {
  batch_.reserve(batch_levels);
}

std::span<const trading::depth_tick> depth_file_stream::next() {
  batch_.clear();
  while (!ended_ && batch_.size() < batch_levels) {
    switch (reader_.next()) {
      case csv_outcome::row:
        take();
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

void depth_file_stream::take() {
  const auto& level = reader_.current();
  const bool begins = std::exchange(source_event_, level.event) != level.event;
  if (begins)
    follow_snapshot();
  if (!reader_.is_new())
    return;
  if (level.snapshot)
    in_hand_ = snapshot{level.time, reader_.final_update()};
  else
    remember(level);
  begun_ = begun_ || level.snapshot;
  if (!begun_)
    return;
  given_event_ += begins ? 1 : 0;
  give(level);
}

void depth_file_stream::remember(const trading::depth_tick& level) {
  recent_.push_back({level, reader_.first_update(), reader_.final_update()});
  if (recent_.size() <= config::defaults::depth_replay_levels_max)
    return;
  const auto oldest = recent_.front().level.event;
  while (!recent_.empty() && recent_.front().level.event == oldest)
    recent_.pop_front();
}

/// The snapshot in hand is complete: gives the changes that it does not hold.
void depth_file_stream::follow_snapshot() {
  const auto s = std::exchange(in_hand_, {});
  if (!s)
    return;
  uint64_t event = 0;
  for (const auto& c : recent_) {
    if (c.final_update <= s->final_update)
      continue;
    if (event == 0 && c.first_update && *c.first_update - 1 > s->final_update) {
      ended_ = true;
      throw defective_data{{reader_.file(), reader_.line(),
                            "update " + std::to_string(s->final_update + 1)
                              + ", the next after the snapshot, is missing",
                            ""}};
    }
    if (std::exchange(event, c.level.event) != c.level.event)
      ++given_event_;
    auto level = c.level;
    level.time = s->time;
    give(level);
  }
}

void depth_file_stream::give(trading::depth_tick level) {
  level.event = given_event_;
  batch_.push_back(level);
}

void depth_file_stream::finish() {
  ended_ = true;
  reader_.require_whole();
  follow_snapshot();
  if (!begun_)
    throw defective_data{{reader_.file(), reader_.line(), "there is no snapshot", ""}};
}

} // namespace supreme::venues
