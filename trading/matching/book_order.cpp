#include "trading/matching/book_order.hpp"

#include "trading/names.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array<named<book_order_type>, 7> type_names{{
  {book_order_type::market, "market"},
  {book_order_type::limit, "limit"},
  {book_order_type::stop, "stop"},
  {book_order_type::stop_limit, "stop_limit"},
  {book_order_type::trailing_stop, "trailing_stop"},
  {book_order_type::take_profit, "take_profit"},
  {book_order_type::take_profit_limit, "take_profit_limit"},
}};

constexpr std::array<named<time_in_force>, 3> lifetime_names{{
  {time_in_force::good_till_cancelled, "good_till_cancelled"},
  {time_in_force::immediate_or_cancel, "immediate_or_cancel"},
  {time_in_force::fill_or_kill, "fill_or_kill"},
}};

constexpr std::array<named<self_trade_rule>, 5> self_trade_names{{
  {self_trade_rule::allow, "allow"},
  {self_trade_rule::cancel_newest, "cancel_newest"},
  {self_trade_rule::cancel_oldest, "cancel_oldest"},
  {self_trade_rule::cancel_both, "cancel_both"},
  {self_trade_rule::decrement, "decrement"},
}};

constexpr std::array<named<book_refusal>, 17> refusal_names{{
  {book_refusal::unknown_value, "unknown_value"},
  {book_refusal::unknown_owner, "unknown_owner"},
  {book_refusal::unknown_order, "unknown_order"},
  {book_refusal::price_missing, "price_missing"},
  {book_refusal::price_unexpected, "price_unexpected"},
  {book_refusal::contradiction, "contradiction"},
  {book_refusal::size_not_positive, "size_not_positive"},
  {book_refusal::off_lot, "off_lot"},
  {book_refusal::price_not_positive, "price_not_positive"},
  {book_refusal::off_tick, "off_tick"},
  {book_refusal::trail_out_of_range, "trail_out_of_range"},
  {book_refusal::min_notional, "min_notional"},
  {book_refusal::overflow, "overflow"},
  {book_refusal::book_full, "book_full"},
  {book_refusal::would_take, "would_take"},
  {book_refusal::nothing_to_reduce, "nothing_to_reduce"},
  {book_refusal::below_filled, "below_filled"},
}};

constexpr std::array<named<cancel_reason>, 7> reason_names{{
  {cancel_reason::requested, "requested"},
  {cancel_reason::immediate_or_cancel, "immediate_or_cancel"},
  {cancel_reason::fill_or_kill, "fill_or_kill"},
  {cancel_reason::no_liquidity, "no_liquidity"},
  {cancel_reason::would_take, "would_take"},
  {cancel_reason::self_trade, "self_trade"},
  {cancel_reason::reduce_only, "reduce_only"},
}};

} // namespace

const char* to_string(book_order_type t) noexcept { return name_of(type_names, t); }
const char* to_string(time_in_force t) noexcept { return name_of(lifetime_names, t); }
const char* to_string(self_trade_rule r) noexcept { return name_of(self_trade_names, r); }
const char* to_string(book_refusal r) noexcept { return name_of(refusal_names, r); }
const char* to_string(cancel_reason r) noexcept { return name_of(reason_names, r); }

std::optional<book_order_type> parse_book_order_type(std::string_view name) noexcept {
  return value_of(type_names, name);
}

std::optional<time_in_force> parse_time_in_force(std::string_view name) noexcept {
  return value_of(lifetime_names, name);
}

std::optional<self_trade_rule> parse_self_trade_rule(std::string_view name) noexcept {
  return value_of(self_trade_names, name);
}

std::optional<book_refusal> parse_book_refusal(std::string_view name) noexcept {
  return value_of(refusal_names, name);
}

std::optional<cancel_reason> parse_cancel_reason(std::string_view name) noexcept {
  return value_of(reason_names, name);
}

} // namespace supreme::trading
