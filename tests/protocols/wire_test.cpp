// Goal: what actors send each other stays byte for byte what it was, because CAF knows a type on
// the wire by its name alone and would read a changed layout as garbage.
// Method: for each type of the message set, the serialised sample against bytes written down in
// golden.hpp, and those bytes back against the sample. Equality goes by C++ fields, and a sample
// sets all of them, so that a field which does not travel is noticed.

#include "tests/protocols/bytes.hpp"
#include "tests/protocols/golden.hpp"
#include "tests/protocols/structure.hpp"
#include "config/defaults.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace supreme::tests {
namespace {

/// Takes the name that a type has on the wire, and nothing else.
struct name_reader {
  using result_type = int;
  // CAF asks an inspector for both, whether or not the types at hand make it look.
  [[maybe_unused]] static constexpr bool reads_state = true;
  [[maybe_unused]] static constexpr bool writes_state = false;

  template <class... Ts>
  int operator()(caf::meta::type_name_t type, Ts&...) {
    name = type.value;
    return 0;
  }

  std::string name;
};

template <class List>
struct as_test_types;
template <class... Ts>
struct as_test_types<type_list<Ts...>> {
  using type = ::testing::Types<Ts...>;
};

struct by_wire_name {
  template <class T>
  static std::string GetName(int) {
    return std::string{golden<T>.name};
  }
};

template <class T>
class wire_layout : public ::testing::Test {
  static_assert(!golden<T>.bytes.empty(), "a type of the message set without golden bytes");
  static_assert(!holds_floating_point<T>(), "CAF 0.17.6 hangs on an infinite double");
};
using nested_test_types = as_test_types<nested_types>::type;
using message_test_types = as_test_types<message_types>::type;

TYPED_TEST_SUITE_P(wire_layout);

TYPED_TEST_P(wire_layout, has_a_sample_that_sets_every_field) {
  EXPECT_EQ(initial_fields(sample<TypeParam>()), std::vector<std::size_t>{});
}

TYPED_TEST_P(wire_layout, has_its_name) {
  name_reader reader;
  auto value = sample<TypeParam>();
  inspect(reader, value);
  EXPECT_EQ(reader.name, golden<TypeParam>.name);
}

TYPED_TEST_P(wire_layout, is_written_as_the_golden_bytes) {
  EXPECT_EQ(to_hex(serialised(sample<TypeParam>())), to_hex(from_hex(golden<TypeParam>.bytes)));
}

TYPED_TEST_P(wire_layout, is_read_from_the_golden_bytes) {
  TypeParam read{};
  const auto result = deserialise(from_hex(golden<TypeParam>.bytes), read);
  EXPECT_FALSE(result.failed);
  EXPECT_EQ(result.left_over, 0u);
  EXPECT_TRUE(same(read, sample<TypeParam>()));
}

TYPED_TEST_P(wire_layout, is_an_error_when_cut_anywhere) {
  const auto whole = from_hex(golden<TypeParam>.bytes);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    TypeParam read{};
    const auto cut = bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_TRUE(deserialise(cut, read).failed) << "after " << length << " bytes";
  }
}

REGISTER_TYPED_TEST_SUITE_P(wire_layout, has_a_sample_that_sets_every_field, has_its_name,
                            is_written_as_the_golden_bytes, is_read_from_the_golden_bytes,
                            is_an_error_when_cut_anywhere);
INSTANTIATE_TYPED_TEST_SUITE_P(nested, wire_layout, nested_test_types, by_wire_name);
INSTANTIATE_TYPED_TEST_SUITE_P(message, wire_layout, message_test_types, by_wire_name);

// Two processes that differ here never talk. A new value belongs to every change of golden.hpp.
TEST(message_set, has_its_hash) { EXPECT_EQ(protocols::message_set_hash(), "050d09ab6054c777"); }

TEST(message_set, has_its_atoms) {
  using namespace protocols;
  EXPECT_EQ(caf::to_string(static_cast<caf::atom_value>(resolve_atom::value)), "resolve");
  EXPECT_EQ(caf::to_string(static_cast<caf::atom_value>(fetch_atom::value)), "fetch");
  EXPECT_EQ(caf::to_string(static_cast<caf::atom_value>(history_atom::value)), "history");
  EXPECT_EQ(caf::to_string(static_cast<caf::atom_value>(mode_atom::value)), "mode");
  EXPECT_EQ(caf::to_string(static_cast<caf::atom_value>(tick_atom::value)), "tick");
}

// A receiver finds the type by the name in the envelope; a type that is not registered is dropped
// without a word.
TEST(message_set, travels_in_an_envelope) {
  for_each_type(message_types{}, []<class T>() {
    caf::message read;
    const auto raw = serialised(caf::make_message(sample<T>()));
    const auto result = deserialise(raw, read);
    ASSERT_FALSE(result.failed) << golden<T>.name;
    EXPECT_EQ(result.left_over, 0u) << golden<T>.name;
    ASSERT_TRUE(read.match_elements<T>()) << golden<T>.name;
    EXPECT_TRUE(same(read.get_as<T>(0), sample<T>())) << golden<T>.name;
  });
}

// The guard against floating point would guard nothing if it saw nothing.
TEST(message_set, would_not_compile_with_floating_point) {
  struct plain {
    int64_t whole = 0;
    std::vector<std::pair<std::string, std::optional<int64_t>>> nested;
  };
  struct direct {
    int64_t whole = 0;
    double part = 0;
  };
  struct hidden {
    std::vector<std::pair<std::string, std::optional<float>>> nested;
  };
  struct deeper {
    std::vector<hidden> list;
  };
  static_assert(!holds_floating_point<plain>());
  static_assert(holds_floating_point<direct>());
  static_assert(holds_floating_point<hidden>());
  static_assert(holds_floating_point<deeper>());
}

template <class T, class Change>
bool is_refused_with(T value, Change change) {
  change(value);
  T read;
  return deserialise(serialised(value), read).failed;
}

TEST(enum_on_the_wire, is_an_error_when_no_enumerator_has_its_number) {
  auto order = sample<trading::order>();
  EXPECT_FALSE(is_refused_with(order, [](auto& x) { x.direction = trading::side::sell; }));
  for (auto number : {0, 3, 255}) {
    EXPECT_TRUE(
      is_refused_with(order, [&](auto& x) { x.direction = static_cast<trading::side>(number); }))
      << number;
  }
  EXPECT_FALSE(is_refused_with(order, [](auto& x) { x.type = trading::order_type::stop_limit; }));
  EXPECT_TRUE(
    is_refused_with(order, [](auto& x) { x.type = static_cast<trading::order_type>(5); }));
  auto wish = sample<trading::signal>();
  EXPECT_FALSE(is_refused_with(wish, [](auto& x) { x.wanted = trading::target::short_position; }));
  EXPECT_TRUE(is_refused_with(wish, [](auto& x) { x.wanted = static_cast<trading::target>(4); }));
  auto report = sample<protocols::venue_report>();
  EXPECT_FALSE(
    is_refused_with(report, [](auto& x) { x.state = trading::order_state::not_accepted; }));
  EXPECT_TRUE(
    is_refused_with(report, [](auto& x) { x.state = static_cast<trading::order_state>(12); }));
  EXPECT_FALSE(
    is_refused_with(report, [](auto& x) { x.verdict = protocols::venue_verdict::not_found; }));
  EXPECT_TRUE(
    is_refused_with(report, [](auto& x) { x.verdict = static_cast<protocols::venue_verdict>(6); }));
}

TEST(order_on_the_wire, keeps_which_prices_are_absent) {
  for (const bool limit : {false, true})
    for (const bool stop : {false, true}) {
      auto sent = sample<trading::order>();
      if (!limit)
        sent.limit_price.reset();
      if (!stop)
        sent.stop_price.reset();
      trading::order read;
      EXPECT_FALSE(deserialise(serialised(sent), read).failed);
      EXPECT_EQ(read, sent);
      EXPECT_EQ(read.limit_price.has_value(), limit);
      EXPECT_EQ(read.stop_price.has_value(), stop);
    }
}

TEST(order_on_the_wire, tells_a_price_of_zero_from_no_price) {
  auto sent = sample<trading::order>();
  sent.limit_price = trading::price{};
  sent.stop_price.reset();
  trading::order read;
  EXPECT_FALSE(deserialise(serialised(sent), read).failed);
  EXPECT_EQ(read.limit_price, trading::price{});
  EXPECT_EQ(read.stop_price, std::nullopt);
}

TEST(order_on_the_wire, overwrites_prices_that_the_receiver_held) {
  auto sent = sample<trading::order>();
  sent.limit_price.reset();
  sent.stop_price.reset();
  auto read = sample<trading::order>();
  EXPECT_FALSE(deserialise(serialised(sent), read).failed);
  EXPECT_EQ(read, sent);
}

// The golden address has no actor, because an actor's bytes name one process.
TEST(unit_address_on_the_wire, carries_an_actor_that_answers_to_the_same_handle) {
  auto sent = sample<protocols::unit_address>();
  auto unit = wire_system().spawn([] { return caf::behavior{[](int32_t x) { return x; }}; });
  sent.handle = caf::actor_cast<caf::strong_actor_ptr>(unit);
  protocols::unit_address read;
  EXPECT_FALSE(deserialise(serialised(sent), read).failed);
  EXPECT_EQ(read.handle, sent.handle);
  // The system ends only after its actors, and this one runs only when told to.
  caf::anon_send_exit(unit, caf::exit_reason::kill);
  dynamic_cast<caf::scheduler::test_coordinator&>(wire_system().scheduler()).run();
}

// -- sizes ---------------------------------------------------------------------

template <class Tag>
trading::id<Tag> longest(std::size_t length) {
  return trading::id<Tag>{std::string(length, 'x')};
}

namespace defaults = config::defaults;

// What one message carries delays the heartbeats behind it.
TEST(message_size, of_a_full_batch_of_bars_is_below_the_limit) {
  protocols::bar_batch batch;
  auto bar = sample<trading::bar>();
  bar.instrument = longest<trading::instrument_tag>(defaults::name_length_max);
  batch.bars.assign(defaults::feed_batch_bars, bar);
  EXPECT_LT(serialised(batch).size(), defaults::message_bytes_max);
}

TEST(message_size, of_a_full_batch_of_trades_is_below_the_limit) {
  auto trade = sample<protocols::venue_trade>();
  trade.fill.venue = longest<trading::venue_tag>(defaults::name_length_max);
  trade.fill.account = longest<trading::account_tag>(defaults::name_length_max);
  trade.fill.id = longest<trading::trade_tag>(std::numeric_limits<uint64_t>::digits10 + 1);
  trade.fill.order = longest<trading::client_order_tag>(defaults::client_order_id_length_max);
  trade.fill.instrument = longest<trading::instrument_tag>(defaults::name_length_max);
  trade.fill.fee_asset = longest<trading::asset_tag>(defaults::name_length_max);
  protocols::venue_trades trades{.account = trade.fill.account, .last_seq = 1, .trades = {}};
  trades.trades.assign(defaults::venue_trades_batch, trade);
  EXPECT_LT(serialised(trades).size(), defaults::message_bytes_max);
}

} // namespace
} // namespace supreme::tests
