#include "venues/history/depth_reader.hpp"

#include <algorithm>

namespace supreme::venues {

tick_summary depth_reader::summary() const {
  auto s = summary_;
  s.rounded_values = rounded_values();
  return s;
}

bool depth_reader::read(uint8_t meaning, const char*& at, const char* end) {
  switch (meaning) {
    case price:
      return read_decimal(at, end, level_.at);
    case size:
      return read_decimal(at, end, level_.size);
    case direction: {
      const auto text = take_text(at, end);
      level_.direction = text == "bid" ? trading::side::buy : trading::side::sell;
      return text == "bid" || text == "ask" || accept(" is neither bid nor ask");
    }
    case type: {
      const auto text = take_text(at, end);
      level_.snapshot = text == "snapshot";
      return level_.snapshot || text == "delta" || accept(" is neither snapshot nor delta");
    }
    case first:
      return read_id(take_text(at, end), first_id_);
    default:
      return read_id(take_text(at, end), final_id_) && (final_id_ || accept(" is empty"));
  }
}

bool depth_reader::read_id(std::string_view text, std::optional<int64_t>& to) {
  to = csv::parse_whole(text);
  return to || text.empty() || accept(" is not a whole number");
}

/// Whether the row is a possible level that follows the row before.
bool depth_reader::check() {
  level_.time = trading::timestamp::from_ns(time_ns());
  if (!level_.at.is_positive())
    return fail("the price is not positive");
  if (level_.size.is_negative())
    return fail("the size is negative");
  if (summary_.rows > 0 && level_.time < summary_.last)
    return fail("earlier than the row before");
  const bool same = event_id_ == final_id_ && event_is_snapshot_ == level_.snapshot;
  if (!same && !begin_event())
    return false;
  level_.event = events_;
  summary_.add(level_.time);
  return true;
}

bool depth_reader::begin_event() {
  event_id_ = final_id_;
  event_is_snapshot_ = level_.snapshot;
  ++events_;
  const auto before = known_to_;
  known_to_ = std::max(final_id_, known_to_);
  new_event_ = level_.snapshot || !before || *final_id_ > *before;
  if (level_.snapshot || !new_event_ || !before || !first_id_ || *first_id_ - 1 <= *before)
    return true;
  return fail("updates " + std::to_string(*before + 1) + " to " + std::to_string(*first_id_ - 1)
              + " are missing");
}

} // namespace supreme::venues
