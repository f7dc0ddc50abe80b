// Goal: any value arrives as it was sent, and any bytes are read without harm.
// Method: random values of every type with the extremes of their numbers. Properties: round trip
// (fields equal, no bytes left over) · a strict prefix is an error · bytes that were damaged are an
// error or some value that can be sent again, never a crash. The sanitizers watch.

#include "tests/protocols/bytes.hpp"
#include "tests/protocols/golden.hpp"
#include "tests/protocols/structure.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

#include <limits>

namespace supreme::tests {
namespace {

template <class T>
void fill_at_random(T& x);

template <class T>
T any_number() {
  using limits = std::numeric_limits<T>;
  return *rc::gen::oneOf(rc::gen::arbitrary<T>(),
                         rc::gen::element<T>(limits::min(), T{0}, T{1}, limits::max()));
}

void fill_at_random(std::string& x) {
  x = *rc::gen::resize(200, rc::gen::arbitrary<std::string>());
}
void fill_at_random(trading::decimal& x) { x = trading::decimal::from_raw(any_number<int64_t>()); }
void fill_at_random(trading::timestamp& x) {
  x = trading::timestamp::from_ns(any_number<int64_t>());
}
void fill_at_random(trading::nanoseconds& x) { x = trading::nanoseconds{any_number<int64_t>()}; }
void fill_at_random(caf::strong_actor_ptr& x) { x = nullptr; }
template <class Tag>
void fill_at_random(trading::id<Tag>& x) {
  std::string text;
  fill_at_random(text);
  x = trading::id<Tag>{std::move(text)};
}
template <class A, class B>
void fill_at_random(std::pair<A, B>& x) {
  fill_at_random(x.first);
  fill_at_random(x.second);
}
template <class T>
void fill_at_random(std::optional<T>& x) {
  x.reset();
  if (*rc::gen::arbitrary<bool>())
    fill_at_random(x.emplace());
}
template <class T>
void fill_at_random(std::vector<T>& x) {
  x.resize(*rc::gen::inRange<std::size_t>(0, 4));
  for (auto& element : x)
    fill_at_random(element);
}
template <class T>
void fill_at_random(T& x) {
  if constexpr (std::is_same_v<T, bool>)
    x = *rc::gen::arbitrary<bool>();
  else if constexpr (std::is_enum_v<T>)
    x = static_cast<T>(
      *rc::gen::inRange<int>(1, static_cast<int>(protocols::last_enumerator<T>) + 1));
  else if constexpr (std::is_integral_v<T>)
    x = any_number<T>();
  else
    boost::pfr::for_each_field(x, [](auto& field) { fill_at_random(field); });
}

template <class T>
T any_value() {
  T x{};
  fill_at_random(x);
  return x;
}

/// Checks one property for every type of the message set.
template <class Property>
void check_every_type(Property property) {
  const auto check = [&]<class T>() {
    EXPECT_TRUE(rc::check(std::string{golden<T>.name}, [&] { property.template operator()<T>(); }));
  };
  for_each_type(nested_types{}, check);
  for_each_type(message_types{}, check);
}

TEST(wire_property, every_value_arrives_as_it_was_sent) {
  check_every_type([]<class T>() {
    const auto sent = any_value<T>();
    T read{};
    const auto result = deserialise(serialised(sent), read);
    RC_ASSERT(!result.failed);
    RC_ASSERT(result.left_over == 0u);
    RC_ASSERT(same(read, sent));
  });
}

TEST(wire_property, every_message_that_was_cut_is_an_error) {
  check_every_type([]<class T>() {
    auto raw = serialised(any_value<T>());
    raw.resize(*rc::gen::inRange<std::size_t>(0, raw.size()));
    T read{};
    RC_ASSERT(deserialise(raw, read).failed);
  });
}

TEST(wire_property, no_damage_does_harm) {
  check_every_type([]<class T>() {
    auto raw = serialised(any_value<T>());
    for (auto hits = *rc::gen::inRange(1, 4); hits > 0; --hits)
      raw[*rc::gen::inRange<std::size_t>(0, raw.size())] = *rc::gen::arbitrary<char>();
    T read{};
    if (!deserialise(raw, read).failed) {
      T again{};
      RC_ASSERT(!deserialise(serialised(read), again).failed);
      RC_ASSERT(same(again, read));
    }
  });
}

} // namespace
} // namespace supreme::tests
