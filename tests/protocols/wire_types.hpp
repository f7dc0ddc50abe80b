#pragma once

#include "protocols/interfaces.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <utility>

namespace supreme::tests {

template <class... Ts>
struct type_list {
  static constexpr std::size_t size = sizeof...(Ts);
  template <class T>
  static constexpr bool contains = (std::same_as<T, Ts> || ...);
};

/// What only travels inside other messages.
using nested_types =
  type_list<trading::decimal, trading::timestamp, trading::slot_id, trading::bar,
            trading::decision_key, trading::size_hints, trading::signal, trading::order,
            trading::fill, trading::position, protocols::step_id, protocols::fill_notice,
            protocols::mark, protocols::approved_order, protocols::venue_report,
            protocols::venue_trade, protocols::account_step>;

/// The messages in the order of their ids.
using message_types =
  type_list<protocols::hello, protocols::unit_address, protocols::bar_query, protocols::bar_batch,
            protocols::step_event, protocols::step_done, protocols::signal_emission,
            protocols::decide_step, protocols::step_decided, protocols::approved_batch,
            protocols::rest_step, protocols::step_rested, protocols::mark_step,
            protocols::equity_report, protocols::venue_logon, protocols::venue_session,
            protocols::venue_submit, protocols::venue_query, protocols::venue_reports,
            protocols::venue_cancel, protocols::venue_trades_query, protocols::venue_trades,
            protocols::venue_step, protocols::venue_stepped, protocols::settle_step,
            protocols::step_settled, protocols::book_fills, protocols::fills_booked>;

/// Ids are appended to the block and never reordered: a message that is not at its place here, or
/// has none, does not compile.
template <class... Ts>
consteval bool have_ids_in_order(type_list<Ts...>) {
  std::size_t place = caf::id_block::supreme::begin;
  return ((caf::type_id<Ts>::value == place++) && ...);
}
static_assert(caf::id_block::supreme::begin == 200);
static_assert(caf::id_block::supreme::end == 200 + message_types::size);
static_assert(have_ids_in_order(message_types{}));

/// Calls `visit.template operator()<T>()` for every type.
template <class Visitor, class... Ts>
void for_each_type(type_list<Ts...>, Visitor visit) {
  (visit.template operator()<Ts>(), ...);
}

/// One value of each type in which every field differs from its initial value.
template <class T>
T sample();

} // namespace supreme::tests
