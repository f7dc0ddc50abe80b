#pragma once

#include "venues/history/trade_reader.hpp"

#include <optional>

namespace supreme::venues {

/// Reads the rows of a file of depth (see csv_table): a time, `type` (snapshot or delta),
/// `final_update_id`, `side` (bid or ask), `price` and `size`, and where it is given
/// `first_update_id`. One row for one level; rows of one type and final update id stand behind one
/// another and are one event.
///
/// The first update of each change must follow the last one of the change before, or of a snapshot
/// since, or be one of those: a change that is missing is a defect, because nobody knows what the
/// book was from then on. A change that ends at what is known already is old: is_new() says so.
///
/// Prices are positive, sizes not negative, and no row is earlier than the one before.
///
/// One owner; not thread-safe.
class depth_reader : public csv_table<depth_reader> {
public:
  using record = trading::depth_tick;

  /// A file that cannot be opened is the first defect.
  explicit depth_reader(const std::string& path) : csv_table(path) {}

  /// The level of the last call, if a row was its outcome.
  [[nodiscard]] const record& current() const noexcept { return level_; }
  /// Whether that level is of a snapshot or of a change that was not known before it.
  [[nodiscard]] bool is_new() const noexcept { return new_event_; }
  /// Updates of the last row's event: from (nothing when the file does not say) and to.
  [[nodiscard]] std::optional<int64_t> first_update() const noexcept { return first_id_; }
  [[nodiscard]] int64_t final_update() const noexcept { return event_id_.value_or(0); }
  [[nodiscard]] tick_summary summary() const;

private:
  friend class csv_table<depth_reader>;

  enum value : uint8_t { price = csv_columns::first_meaning, size, direction, type, first, final };
  static constexpr std::array<csv_column, 6> columns{{
    {"type", type, true},
    {"final_update_id", final, true},
    {"side", direction, true},
    {"price", price, true},
    {"size", size, true},
    {"first_update_id", first},
  }};
  static constexpr std::string_view example =
    "ts,first_update_id,final_update_id,type,side,price,size";
  static constexpr uint64_t rows_max = config::defaults::csv_ticks_max;

  [[nodiscard]] bool read(uint8_t meaning, const char*& at, const char* end);
  [[nodiscard]] bool read_id(std::string_view text, std::optional<int64_t>& to);
  [[nodiscard]] bool check();
  [[nodiscard]] bool begin_event();

  record level_;
  std::optional<int64_t> first_id_; ///< of the row in hand
  std::optional<int64_t> final_id_;
  std::optional<int64_t> event_id_; ///< the final id of the event in hand
  bool event_is_snapshot_ = false;
  std::optional<int64_t> known_to_; ///< the last update that changes or snapshots hold
  bool new_event_ = false;
  uint64_t events_ = 0;
  tick_summary summary_;
};

} // namespace supreme::venues
