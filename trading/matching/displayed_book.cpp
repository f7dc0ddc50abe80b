#include "trading/matching/displayed_book.hpp"

#include <iterator>
#include <string>
#include <variant>

namespace supreme::trading {

namespace {

constexpr owner_id others{0};
constexpr owner_id ours{1};

/// Any order may take the last lot: the minimum notional was checked when it was given.
instrument without_minimum(instrument i) {
  i.min_notional = money{};
  return i;
}

bool is_better(side s, price a, price b) noexcept { return s == side::buy ? a > b : a < b; }

} // namespace

displayed_book::displayed_book(const instrument& traded)
  : book_(without_minimum(traded), {0, 0, book_rules{}.orders_max, 2}) {}

void displayed_book::show(const quote_tick& q) {
  clear();
  show(side::buy, q.bid_size.is_zero() ? book_.traded().tick_size : q.bid, q.bid_size);
  show(side::sell, q.ask_size.is_zero() ? book_.traded().tick_size : q.ask, q.ask_size);
}

void displayed_book::show(side s, price at, quantity displayed) {
  if (!at.is_positive() || !is_multiple(at, book_.traded().tick_size))
    refuse("a displayed price is no positive multiple of the tick", at);
  if (displayed.is_negative())
    refuse("a displayed size is negative", displayed);
  const auto size = round_to_multiple(displayed, book_.traded().lot_size, rounding::toward_zero);
  auto& all = levels_of(s);
  if (const auto known = all.find(at); known != all.end())
    remove(s, known);
  if (size.is_zero())
    return;
  make_way(s, at);
  add(s, at, size);
}

void displayed_book::clear() {
  for (const side s : {side::buy, side::sell})
    while (!levels_of(s).empty())
      remove(s, levels_of(s).begin());
}

void displayed_book::trade(price at, quantity size, side aggressor) {
  const side maker = opposite(aggressor);
  auto& all = levels_of(maker);
  while (!all.empty()) {
    const auto best = maker == side::buy ? std::prev(all.end()) : all.begin();
    if (!is_better(maker, best->first, at))
      break;
    remove(maker, best);
  }
  const auto left = displayed(maker, at);
  if (left.is_positive())
    show(maker, at, left > size ? left - size : quantity{});
}

std::span<const taken_level> displayed_book::take(side taker, quantity size,
                                                  std::optional<price> limit) {
  taken_.clear();
  book_order o;
  o.owner = ours;
  o.direction = taker;
  o.type = limit ? book_order_type::limit : book_order_type::market;
  o.lifetime = time_in_force::immediate_or_cancel;
  o.size = size;
  o.limit_price = limit;
  for (const auto& event : book_.submit(o)) {
    if (const auto* traded = std::get_if<order_traded>(&event))
      taken_.push_back({traded->at, traded->size});
    else if (const auto* refused = std::get_if<order_refused>(&event))
      refuse(to_string(refused->reason), limit.value_or(size));
  }
  auto& met = levels_of(opposite(taker));
  for (const auto& t : taken_)
    if (const auto level = met.find(t.at); !book_.find(level->second))
      met.erase(level);
  return taken_;
}

quantity displayed_book::displayed(side s, price at) const {
  const auto& all = s == side::buy ? bids_ : asks_;
  const auto level = all.find(at);
  return level == all.end() ? quantity{} : book_.find(level->second)->open_size;
}

void displayed_book::remove(side s, levels::iterator level) {
  (void)book_.cancel(others, level->second);
  levels_of(s).erase(level);
}

void displayed_book::add(side s, price at, quantity size) {
  book_order o;
  o.owner = others;
  o.direction = s;
  o.size = size;
  o.limit_price = at;
  const auto events = book_.submit(o);
  const auto* accepted = std::get_if<order_accepted>(&events.front());
  if (accepted == nullptr)
    refuse(to_string(std::get<order_refused>(events.front()).reason), at);
  levels_of(s).emplace(at, accepted->id);
}

/// Removes what a level of this side at this price would cross.
void displayed_book::make_way(side s, price at) {
  const side other = opposite(s);
  auto& all = levels_of(other);
  while (!all.empty()) {
    const auto best = other == side::buy ? std::prev(all.end()) : all.begin();
    if (is_better(other, at, best->first))
      break;
    remove(other, best);
  }
}

void displayed_book::refuse(const char* what, decimal value) const {
  throw recorded_data_defect(book_.traded().id.str() + ": " + what + ": " + value.to_string());
}

} // namespace supreme::trading
