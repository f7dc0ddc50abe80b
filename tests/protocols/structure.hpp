#pragma once

#include "protocols/messages.hpp"

#include <boost/pfr.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Walks a message by its C++ fields and not by its `inspect`, so that a field which `inspect`
/// forgets is noticed.
namespace supreme::tests {

template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;
template <class T>
constexpr bool is_pair = false;
template <class A, class B>
constexpr bool is_pair<std::pair<A, B>> = true;
template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

/// A struct whose fields all travel one by one.
template <class T>
constexpr bool has_fields = std::is_aggregate_v<T> && !is_pair<T>;

/// Whether a value of this type holds a floating-point number anywhere.
template <class T>
consteval bool holds_floating_point() {
  if constexpr (std::is_floating_point_v<T>)
    return true;
  else if constexpr (is_vector<T> || is_optional<T>)
    return holds_floating_point<typename T::value_type>();
  else if constexpr (is_pair<T>)
    return holds_floating_point<typename T::first_type>()
           || holds_floating_point<typename T::second_type>();
  else if constexpr (has_fields<T>)
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (holds_floating_point<boost::pfr::tuple_element_t<I, T>>() || ...);
    }
  (std::make_index_sequence<boost::pfr::tuple_size_v<T>>{});
  else return false;
}

/// Equality of messages, most of which the product has no reason to compare.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (is_vector<T>) {
    bool all = a.size() == b.size();
    for (std::size_t i = 0; all && i < a.size(); ++i)
      all = same(a[i], b[i]);
    return all;
  } else if constexpr (std::equality_comparable<T>) {
    return a == b;
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (same(boost::pfr::get<I>(a), boost::pfr::get<I>(b)) && ...);
    }
    (std::make_index_sequence<boost::pfr::tuple_size_v<T>>{});
  }
}

/// The positions, from 0, of the fields that still have their initial value. An actor handle has
/// no other value outside a running system and is left out.
template <class T>
std::vector<std::size_t> initial_fields(const T& x) {
  std::vector<std::size_t> found;
  if constexpr (has_fields<T>) {
    const T initial{};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto look = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
        using field = boost::pfr::tuple_element_t<N, T>;
        if constexpr (!std::is_same_v<field, caf::strong_actor_ptr>)
          if (same(boost::pfr::get<N>(x), boost::pfr::get<N>(initial)))
            found.push_back(N);
      };
      (look(std::integral_constant<std::size_t, I>{}), ...);
    }
    (std::make_index_sequence<boost::pfr::tuple_size_v<T>>{});
  } else if (same(x, T{})) {
    found.push_back(0);
  }
  return found;
}

} // namespace supreme::tests
