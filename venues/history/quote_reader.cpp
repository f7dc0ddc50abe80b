#include "venues/history/quote_reader.hpp"

#include "trading/check.hpp"

namespace supreme::venues {

quote_reader::quote_reader(const std::string& path,
                           std::optional<trading::quantity> unreported_size)
  : csv_table(path), unreported_size_(unreported_size) {
  SUPREME_CHECK(!unreported_size || unreported_size->is_positive(), "an assumed size is positive");
}

tick_summary quote_reader::summary() const {
  auto s = summary_;
  s.rounded_values = rounded_values();
  return s;
}

bool quote_reader::read(uint8_t meaning, const char*& at, const char* end) {
  switch (meaning) {
    case bid:
      return read_optional(at, end, quote_.bid, bid_given_.has_price);
    case bid_size:
      return read_optional(at, end, quote_.bid_size, bid_given_.has_size);
    case ask:
      return read_optional(at, end, quote_.ask, ask_given_.has_price);
    default:
      return read_optional(at, end, quote_.ask_size, ask_given_.has_size);
  }
}

bool quote_reader::read_optional(const char*& at, const char* end, trading::decimal& to,
                                 bool& given) {
  given = !csv::ends_field(at, end);
  to = {};
  return !given || read_decimal(at, end, to);
}

/// Whether the row is a possible quote that follows the row before.
bool quote_reader::check() {
  quote_.time = trading::timestamp::from_ns(time_ns());
  if (!check_side("bid", bid_given_, quote_.bid, quote_.bid_size)
      || !check_side("ask", ask_given_, quote_.ask, quote_.ask_size))
    return false;
  if (!quote_.bid_size.is_zero() && !quote_.ask_size.is_zero() && quote_.bid > quote_.ask)
    return fail("the bid is above the ask");
  if (summary_.rows > 0 && quote_.time < summary_.last)
    return fail("earlier than the row before");
  summary_.add(quote_.time);
  return true;
}

bool quote_reader::check_side(const char* name, const side_fields& given, trading::price& at,
                              trading::quantity& size) {
  const std::string the_side{name};
  if (given.has_price && !given.has_size) {
    if (!unreported_size_)
      return fail(the_side + "_size is empty, and there is no size to take for it");
    size = *unreported_size_;
  }
  if (size.is_negative())
    return fail(the_side + "_size is negative");
  if (size.is_zero()) {
    at = {};
    return true;
  }
  if (!given.has_price)
    return fail(the_side + " is empty, but has a size");
  if (!at.is_positive())
    return fail(the_side + " is not positive");
  return true;
}

} // namespace supreme::venues
