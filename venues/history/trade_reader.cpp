#include "venues/history/trade_reader.hpp"

#include <algorithm>

namespace supreme::venues {

namespace {

bool says(std::string_view text, std::string_view lower) noexcept {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
  });
}

/// Whether the value of a trade is a decimal.
bool has_notional(trading::decimal price, trading::decimal size) noexcept {
  return trading::checked_multiply(price, size, trading::rounding::half_even).has_value();
}

} // namespace

void tick_summary::add(trading::timestamp t) {
  if (rows++ == 0)
    first = t;
  else if (int64_t pause = 0; !__builtin_sub_overflow(t.ns(), last.ns(), &pause))
    longest_pause = std::max(longest_pause, trading::nanoseconds{pause});
  else
    longest_pause = trading::nanoseconds::max();
  last = t;
}

tick_summary trade_reader::summary() const {
  auto s = summary_;
  s.rounded_values = rounded_values();
  return s;
}

bool trade_reader::read(uint8_t meaning, const char*& at, const char* end) {
  switch (meaning) {
    case price:
      return read_decimal(at, end, trade_.at);
    case size:
      return read_decimal(at, end, trade_.size);
    case aggressor:
      return read_side(take_text(at, end));
    case buyer_maker:
      return read_buyer_maker(take_text(at, end));
    default:
      id_ = take_text(at, end);
      return true;
  }
}

bool trade_reader::read_side(std::string_view text) {
  side_ = std::nullopt;
  if (says(text, "buy"))
    side_ = trading::side::buy;
  else if (says(text, "sell"))
    side_ = trading::side::sell;
  return side_ || text.empty() || accept(" is neither buy nor sell");
}

bool trade_reader::read_buyer_maker(std::string_view text) {
  if (says(text, "true") || text == "1")
    maker_says_ = trading::side::sell;
  else if (says(text, "false") || text == "0")
    maker_says_ = trading::side::buy;
  else
    return accept(" is neither true nor false");
  return true;
}

/// Whether the row is a possible trade that follows the row before.
bool trade_reader::check() {
  trade_.time = trading::timestamp::from_ns(time_ns());
  if (!trade_.at.is_positive())
    return fail("the price is not positive");
  if (!trade_.size.is_positive())
    return fail("the size is not positive");
  if (!has_notional(trade_.at, trade_.size))
    return fail("price times size is outside the range of decimals");
  if (summary_.rows > 0 && trade_.time < summary_.last)
    return fail("earlier than the row before");
  if (side_ && maker_says_ && side_ != maker_says_)
    return fail("side and is_buyer_maker contradict each other");
  if (columns_of_file().has(id) && !check_id())
    return false;
  trade_.aggressor = side_ ? side_ : maker_says_;
  if (!trade_.aggressor)
    ++summary_.without_aggressor;
  summary_.add(trade_.time);
  return true;
}

bool trade_reader::check_id() {
  if (id_.empty())
    return fail("the trade has no id");
  const auto number = csv::parse_whole(id_);
  if (summary_.rows > 0 && id_ == previous_id_)
    return fail("the id of the row before");
  if (number && previous_number_) {
    if (*number <= *previous_number_)
      return fail("an id that is not above the one before");
    summary_.missing_ids += static_cast<uint64_t>(*number - *previous_number_ - 1);
  }
  previous_number_ = number;
  previous_id_ = id_;
  return true;
}

} // namespace supreme::venues
