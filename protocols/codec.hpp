#pragma once

#include "trading/market/bar.hpp"
#include "trading/orders/order.hpp"
#include "trading/orders/signal.hpp"
#include "trading/portfolio/position.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/sec.hpp>

#include <optional>
#include <string>
#include <type_traits>

/// How trading's values travel. Wire names end in a version; a changed layout is a new name,
/// because CAF 0.17.6 identifies a type on the wire by its name alone and would read the new layout
/// as garbage. No floating point: CAF 0.17.6 loops for ever on an infinite double, so the templates
/// below refuse to compile with one.
namespace supreme::protocols {

/// The newest enumerator of an enum that travels; its values run from 1 without gaps. Specialised
/// beside the enum's wire type, so that an enum without it does not compile.
template <class Enum>
inline constexpr Enum last_enumerator{};
template <>
inline constexpr trading::side last_enumerator<trading::side> = trading::side::sell;
template <>
inline constexpr trading::order_type last_enumerator<trading::order_type> =
  trading::order_type::stop_limit;
template <>
inline constexpr trading::order_state last_enumerator<trading::order_state> =
  trading::order_state::not_accepted;
template <>
inline constexpr trading::target last_enumerator<trading::target> = trading::target::short_position;

/// False for a number that no enumerator has: a switch over it would fall through.
template <class T>
[[nodiscard]] constexpr bool is_known(const T& x) noexcept {
  if constexpr (std::is_enum_v<T>) {
    using number = std::underlying_type_t<T>;
    static_assert(last_enumerator<T> != T{},
                  "an enum on the wire says which of its enumerators is the last");
    return static_cast<number>(x) >= 1
           && static_cast<number>(x) <= static_cast<number>(last_enumerator<T>);
  } else {
    return true;
  }
}

/// Fields of a wire type; refuses floating point at compile time, and unknown enumerators when it
/// reads.
template <class Inspector, class... Ts>
typename Inspector::result_type fields(Inspector& f, const char* name, Ts&... xs) {
  static_assert((!std::is_floating_point_v<Ts> && ...), "no floating point on the wire");
  if constexpr (Inspector::reads_state) {
    return f(caf::meta::type_name(name), xs...);
  } else {
    auto result = f(caf::meta::type_name(name), xs...);
    if (!result && !(is_known(xs) && ...))
      return caf::make_error(caf::sec::invalid_argument,
                             std::string{name} + ": unknown enumerator");
    return result;
  }
}

/// A value that is absent travels as false and its default.
template <class T>
struct optional_field {
  explicit optional_field(const std::optional<T>& x)
    : present(x.has_value()), value(x.value_or(T{})) {}
  [[nodiscard]] std::optional<T> get() const {
    return present ? std::optional<T>{value} : std::nullopt;
  }
  bool present;
  T value;
};

} // namespace supreme::protocols

namespace supreme::trading {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, decimal& x) {
  int64_t raw = x.raw();
  if constexpr (Inspector::reads_state) {
    return protocols::fields(f, "decimal_v1", raw);
  } else {
    auto result = protocols::fields(f, "decimal_v1", raw);
    x = decimal::from_raw(raw);
    return result;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, timestamp& x) {
  int64_t ns = x.ns();
  if constexpr (Inspector::reads_state) {
    return protocols::fields(f, "timestamp_v1", ns);
  } else {
    auto result = protocols::fields(f, "timestamp_v1", ns);
    x = timestamp::from_ns(ns);
    return result;
  }
}

template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, id<Tag>& x) {
  std::string text = x.str();
  if constexpr (Inspector::reads_state) {
    return protocols::fields(f, "id_v1", text);
  } else {
    auto result = protocols::fields(f, "id_v1", text);
    x = id<Tag>{std::move(text)};
    return result;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bar& x) {
  int64_t interval_ns = x.interval.count();
  if constexpr (Inspector::reads_state) {
    return protocols::fields(f, "bar_v1", x.instrument, x.open_time, interval_ns, x.open, x.high,
                             x.low, x.close, x.volume);
  } else {
    auto result = protocols::fields(f, "bar_v1", x.instrument, x.open_time, interval_ns, x.open,
                                    x.high, x.low, x.close, x.volume);
    x.interval = nanoseconds{interval_ns};
    return result;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, decision_key& x) {
  return protocols::fields(f, "decision_key_v1", x.slot, x.cause, x.leg, x.child);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, size_hints& x) {
  protocols::optional_field<price> stop{x.stop_distance};
  protocols::optional_field<price> profit{x.take_profit_distance};
  protocols::optional_field<int64_t> volatility{x.volatility_ppb};
  auto all = [&] {
    return protocols::fields(f, "size_hints_v2", stop.present, stop.value, profit.present,
                             profit.value, volatility.present, volatility.value, x.weight_ppb);
  };
  if constexpr (Inspector::reads_state) {
    return all();
  } else {
    auto result = all();
    x.stop_distance = stop.get();
    x.take_profit_distance = profit.get();
    x.volatility_ppb = volatility.get();
    return result;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, signal& x) {
  return protocols::fields(f, "signal_v2", x.key, x.strategy, x.account, x.instrument, x.wanted,
                           x.reference_price, x.reason, x.inputs, x.event_time, x.account_seq,
                           x.hints);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, order& x) {
  protocols::optional_field<price> limit{x.limit_price};
  protocols::optional_field<price> stop{x.stop_price};
  auto all = [&] {
    return protocols::fields(f, "order_v2", x.id, x.key, x.strategy, x.account, x.venue,
                             x.instrument, x.direction, x.type, x.size, limit.present, limit.value,
                             stop.present, stop.value, x.reduce_only, x.decision_price,
                             x.event_time);
  };
  if constexpr (Inspector::reads_state) {
    return all();
  } else {
    auto result = all();
    x.limit_price = limit.get();
    x.stop_price = stop.get();
    return result;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fill& x) {
  return protocols::fields(f, "fill_v1", x.venue, x.account, x.id, x.order, x.instrument,
                           x.direction, x.at, x.size, x.fee, x.fee_asset, x.event_time);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, position& x) {
  return protocols::fields(f, "position_v1", x.size, x.cost, x.realised_gross, x.fees_quote,
                           x.fill_count);
}

} // namespace supreme::trading
