// Goal: records survive being written and read; bytes that are no records are refused, never
// trusted. Method: RapidCheck over all kinds of records and over any bytes; the bytes of one ledger
// are pinned.

#include "tests/venues/venue_fixture.hpp"

#include "venues/simulated/venue_records.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using namespace tests;

template <class Id>
rc::Gen<Id> any_id() {
  return rc::gen::map(rc::gen::resize(40, rc::gen::arbitrary<std::string>()),
                      [](std::string text) { return Id{std::move(text)}; });
}

rc::Gen<trading::decimal> any_decimal() {
  return rc::gen::map(rc::gen::oneOf(rc::gen::arbitrary<int64_t>(),
                                     rc::gen::element(std::numeric_limits<int64_t>::min(),
                                                      std::numeric_limits<int64_t>::max())),
                      [](int64_t raw) { return trading::decimal::from_raw(raw); });
}

rc::Gen<uint64_t> any_number() {
  return rc::gen::oneOf(rc::gen::arbitrary<uint64_t>(),
                        rc::gen::element(uint64_t{0}, ~uint64_t{0}));
}

rc::Gen<std::optional<trading::decimal>> maybe_decimal() {
  return rc::gen::oneOf(rc::gen::just(std::optional<trading::decimal>{}),
                        rc::gen::map(any_decimal(), [](auto v) { return std::optional{v}; }));
}

trading::bar any_bar() {
  return {*any_id<trading::instrument_id>(),
          trading::timestamp::from_ns(*rc::gen::arbitrary<int64_t>()),
          trading::nanoseconds{*rc::gen::arbitrary<int64_t>()},
          *any_decimal(),
          *any_decimal(),
          *any_decimal(),
          *any_decimal(),
          *any_decimal()};
}

order_received any_order() {
  order_received r;
  r.number = *any_number();
  r.account = *any_id<trading::account_id>();
  r.session = *any_number();
  r.id = *any_id<trading::client_order_id>();
  r.instrument = *any_id<trading::instrument_id>();
  r.quote = *any_id<trading::asset_id>();
  r.direction = *rc::gen::element(trading::side::buy, trading::side::sell);
  r.type = trading::order_type{*rc::gen::inRange<uint8_t>(1, 5)};
  r.size = *any_decimal();
  r.limit_price = *maybe_decimal();
  r.stop_price = *maybe_decimal();
  r.slot = *any_id<trading::slot_id>();
  r.reduce_only = *rc::gen::arbitrary<bool>();
  r.refusal = venue_refusal{*rc::gen::inRange<uint8_t>(0, 17)};
  return r;
}

step_taken any_step() {
  step_taken r;
  r.market.run = *rc::gen::resize(40, rc::gen::arbitrary<std::string>());
  r.market.number = *any_number();
  r.market.event_time = trading::timestamp::from_ns(*rc::gen::arbitrary<int64_t>());
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    r.market.bars.push_back(any_bar());
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    r.executions.push_back(
      {*any_number(), *rc::gen::arbitrary<bool>(), venue_refusal{*rc::gen::inRange<uint8_t>(0, 17)},
       *rc::gen::arbitrary<bool>(), *any_decimal(), *any_decimal(), *any_decimal()});
  return r;
}

record any_record() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return ledger_opened{*rc::gen::arbitrary<uint32_t>(), *any_id<trading::venue_id>()};
    case 1:
      return session_opened{*any_id<trading::account_id>(), *any_number()};
    case 2:
      return any_order();
    case 3:
      return order_cancelled{*any_number()};
    default:
      return any_step();
  }
}

RC_GTEST_PROP(venue_records, what_is_written_is_read_back, ()) {
  std::vector<record> written;
  std::string bytes;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    written.push_back(any_record());
    encode(bytes, written.back());
  }
  std::string_view rest = bytes;
  for (const auto& r : written) {
    const auto read = decode(rest);
    RC_ASSERT(read.has_value());
    RC_ASSERT((*read == r));
  }
  RC_ASSERT(rest.empty());
}

RC_GTEST_PROP(venue_records, a_record_cut_short_is_none, ()) {
  std::string bytes;
  encode(bytes, any_record());
  for (size_t length = 0; length < bytes.size(); ++length) {
    auto cut = std::string_view{bytes}.substr(0, length);
    RC_ASSERT(!decode(cut));
  }
}

RC_GTEST_PROP(venue_records, any_bytes_are_a_record_in_one_spelling_or_none, ()) {
  auto bytes = *rc::gen::arbitrary<std::string>();
  // A kind in front, so that what follows it is looked at.
  bytes.insert(bytes.begin(), static_cast<char>(*rc::gen::inRange(1, 6)));
  std::string_view rest = bytes;
  if (const auto r = decode(rest)) {
    std::string again;
    encode(again, *r);
    RC_ASSERT(again == bytes.substr(0, bytes.size() - rest.size()));
  }
}

RC_GTEST_PROP(venue_records, a_changed_byte_is_a_record_or_none, ()) {
  std::string bytes;
  encode(bytes, any_record());
  bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  std::string_view rest = bytes;
  (void)decode(rest);
  RC_ASSERT(rest.size() <= bytes.size());
}

TEST(venue_records, a_count_beyond_the_bytes_asks_for_no_memory) {
  // A step of run "r" whose number of bars is 10,000, and no bar.
  const std::string bytes{"\x05\x01r\x01\x00\x90\x4e", 7};
  std::string_view rest = bytes;
  EXPECT_FALSE(decode(rest));
}

/// The form on the disk must not change without a new format number: ledgers of older programs
/// stay.
TEST(venue_records, the_bytes_of_format_2_are_pinned) {
  std::string bytes;
  encode(bytes, ledger_opened{3, trading::venue_id{"sim"}});
  encode(bytes, session_opened{main_account, 300});
  order_received o;
  o.number = 1;
  o.account = main_account;
  o.session = 300;
  o.id = trading::client_order_id{"a-1"};
  o.instrument = btc;
  o.quote = trading::asset_id{"USDT"};
  o.direction = trading::side::sell;
  o.type = trading::order_type::limit;
  o.size = decimal::from_raw(-1);
  o.limit_price = decimal::from_raw(200);
  o.slot = trading::slot_id{"s/b"};
  o.reduce_only = true;
  o.refusal = venue_refusal::off_lot;
  encode(bytes, o);
  encode(bytes, order_cancelled{1});
  step_taken s;
  s.market = {"r", 2, trading::timestamp::from_ns(minute_ns), {}};
  s.market.bars.push_back({btc, trading::timestamp{}, 60s, decimal::from_raw(1),
                           decimal::from_raw(2), decimal::from_raw(3), decimal::from_raw(4),
                           decimal::from_raw(5)});
  s.executions.push_back({1, true, venue_refusal::unpaid, true, decimal::from_raw(6),
                          decimal::from_raw(7), decimal::from_raw(8)});
  encode(bytes, s);
  std::string hex;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  EXPECT_EQ(hex, "0103"
                 "0373696d"
                 "02"
                 "046d61696e"
                 "ac02"
                 "03"
                 "01"
                 "046d61696e"
                 "ac02"
                 "03612d31"
                 "0742544355534454"
                 "0455534454"
                 "02"
                 "02"
                 "01"
                 "01"
                 "9003"
                 "00"
                 "03732f62"
                 "01"
                 "03"
                 "04"
                 "01"
                 "05"
                 "0172"
                 "02"
                 "80e0ba84bf03"
                 "01"
                 "0742544355534454"
                 "00"
                 "80e0ba84bf03"
                 "02"
                 "04"
                 "06"
                 "08"
                 "0a"
                 "01"
                 "01"
                 "01"
                 "10"
                 "01"
                 "0c"
                 "0e"
                 "10");
}

} // namespace
} // namespace supreme::venues
