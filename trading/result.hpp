#pragma once

#include "trading/check.hpp"

#include <utility>
#include <variant>

namespace supreme::trading {

/// Either a value or the reason there is none. Used for expected refusals; never ignored.
template <class T, class E>
class [[nodiscard]] result {
public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(E error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; asking a failed result for it is a contract violation.
  [[nodiscard]] const T& value() const& {
    SUPREME_CHECK(has_value(), "a failed result has no value");
    return std::get<0>(content_);
  }
  [[nodiscard]] T&& value() && {
    SUPREME_CHECK(has_value(), "a failed result has no value");
    return std::get<0>(std::move(content_));
  }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const E& error() const {
    SUPREME_CHECK(!has_value(), "a successful result has no error");
    return std::get<1>(content_);
  }

private:
  std::variant<T, E> content_;
};

} // namespace supreme::trading
