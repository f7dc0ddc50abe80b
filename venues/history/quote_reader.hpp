#pragma once

#include "venues/history/trade_reader.hpp"

#include <optional>

namespace supreme::venues {

/// Reads the rows of a file of quotes (see csv_table): a time, `bid`, `bid_size`, `ask` and
/// `ask_size`: the best of the whole venue from this time on. Neither price nor size, or a size of
/// 0: nobody is there. A price without a size is a defect, unless the reader is told what to take
/// for it. Prices are positive, sizes not negative, the bid is not above the ask, and no row is
/// earlier than the one before.
///
/// One owner; not thread-safe.
class quote_reader : public csv_table<quote_reader> {
public:
  using record = trading::quote_tick;

  /// `unreported_size` (> 0) is taken for sizes that the venue does not report, as in foreign
  /// exchange. A file that cannot be opened is the first defect.
  explicit quote_reader(const std::string& path,
                        std::optional<trading::quantity> unreported_size = {});

  /// The quote of the last call, if a row was its outcome.
  [[nodiscard]] const record& current() const noexcept { return quote_; }
  [[nodiscard]] tick_summary summary() const;

private:
  friend class csv_table<quote_reader>;

  enum value : uint8_t { bid = csv_columns::first_meaning, bid_size, ask, ask_size };
  static constexpr std::array<csv_column, 4> columns{{
    {"bid", bid, true},
    {"bid_size", bid_size, true},
    {"ask", ask, true},
    {"ask_size", ask_size, true},
  }};
  static constexpr std::string_view example = "ts,bid,bid_size,ask,ask_size";
  static constexpr uint64_t rows_max = config::defaults::csv_ticks_max;

  struct side_fields {
    bool has_price = false;
    bool has_size = false;
  };

  [[nodiscard]] bool read(uint8_t meaning, const char*& at, const char* end);
  [[nodiscard]] bool read_optional(const char*& at, const char* end, trading::decimal& to,
                                   bool& given);
  [[nodiscard]] bool check();
  [[nodiscard]] bool check_side(const char* name, const side_fields& given, trading::price& at,
                                trading::quantity& size);

  std::optional<trading::quantity> unreported_size_;
  record quote_;
  side_fields bid_given_;
  side_fields ask_given_;
  tick_summary summary_;
};

} // namespace supreme::venues
