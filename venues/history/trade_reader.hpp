#pragma once

#include "config/defaults.hpp"
#include "trading/market/tick.hpp"
#include "venues/history/csv_table.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace supreme::venues {

/// What a file of ticks has told so far. Nothing of it is a defect: markets pause, and a venue's
/// numbering may have holes.
struct tick_summary {
  uint64_t rows = 0;
  trading::timestamp first;
  trading::timestamp last;
  trading::nanoseconds longest_pause{0}; ///< between two rows
  uint64_t rounded_values = 0;           ///< numbers that had more than eight fraction digits
  uint64_t missing_ids = 0;              ///< trades whose number was left out
  uint64_t without_aggressor = 0;        ///< trades that do not say whose order they were

  /// Takes in the time of the next row, not earlier than the one before.
  void add(trading::timestamp t);
  friend bool operator==(const tick_summary&, const tick_summary&) = default;
};

/// Reads the rows of a file of trades (see csv_table): a time, `price`, the size (`size`, `qty` or
/// `quantity`), and where they are given
///   - the aggressor: `side` (buy, sell, in any case, or empty) or `is_buyer_maker` (true or false,
///     in any case, or 1 or 0: a buyer who was there first was sold to);
///   - the trade's id (`trade_id`, `id` or `agg_trade_id`). Numbers must rise; other ids must
///   differ
///     from the one before.
/// Rows are trades as venues give them, or aggregates of one order's trades at one price. Prices
/// and sizes are positive, and their product is a decimal. No row is earlier than the one before;
/// many may have one time.
///
/// One owner; not thread-safe.
class trade_reader : public csv_table<trade_reader> {
public:
  using record = trading::trade_tick;

  /// A file that cannot be opened is the first defect.
  explicit trade_reader(const std::string& path) : csv_table(path) {}

  /// The trade of the last call, if a row was its outcome.
  [[nodiscard]] const record& current() const noexcept { return trade_; }
  [[nodiscard]] tick_summary summary() const;

private:
  friend class csv_table<trade_reader>;

  enum value : uint8_t { price = csv_columns::first_meaning, size, aggressor, buyer_maker, id };
  static constexpr std::array<csv_column, 9> columns{{
    {"price", price, true},
    {"size", size, true},
    {"qty", size},
    {"quantity", size},
    {"side", aggressor},
    {"is_buyer_maker", buyer_maker},
    {"trade_id", id},
    {"id", id},
    {"agg_trade_id", id},
  }};
  static constexpr std::string_view example = "ts,price,size,side,trade_id";
  static constexpr uint64_t rows_max = config::defaults::csv_ticks_max;

  [[nodiscard]] bool read(uint8_t meaning, const char*& at, const char* end);
  [[nodiscard]] bool read_side(std::string_view text);
  [[nodiscard]] bool read_buyer_maker(std::string_view text);
  [[nodiscard]] bool check();
  [[nodiscard]] bool check_id();

  record trade_;
  std::optional<trading::side> side_; ///< as each column says it
  std::optional<trading::side> maker_says_;
  std::string_view id_;
  std::string previous_id_;
  std::optional<int64_t> previous_number_;
  tick_summary summary_;
};

} // namespace supreme::venues
