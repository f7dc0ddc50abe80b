// Goal: the books take no step that no venue can have taken, so that a damaged ledger is found and
// not believed. Method: a buy, a sell and a reduce-only buy at rest, and executions of them that
// are wrong in one thing each; what is refused leaves the books as they were.

#include "tests/venues/venue_fixture.hpp"

namespace supreme::venues {
namespace {

using namespace tests;
using trading::side;

order_received order(uint64_t number, side direction, bool reduce_only = false) {
  order_received r;
  r.number = number;
  r.account = main_account;
  r.session = 1;
  r.id = trading::client_order_id{"o" + std::to_string(number)};
  r.instrument = btc;
  r.quote = trading::asset_id{"USDT"};
  r.direction = direction;
  r.size = d("2");
  r.slot = trading::slot_id{"trend/BTCUSDT"};
  r.reduce_only = reduce_only;
  return r;
}

order_execution done(uint64_t number, const char* size, venue_refusal ending = venue_refusal::none,
                     const char* at = "100") {
  return {number, false, ending, false, d(size), d(at), {}};
}

class venue_books_test : public ::testing::Test {
protected:
  venue_books_test() {
    for (const record& r : {record{ledger_opened{.venue = trading::venue_id{"sim"}}},
                            record{session_opened{main_account, 1}}, record{order(1, side::buy)},
                            record{order(2, side::sell)}, record{order(3, side::buy, true)}})
      EXPECT_EQ(books_.apply(r), std::nullopt);
  }

  std::optional<std::string> step(std::vector<order_execution> executions) {
    step_taken s;
    s.market = make_step(1, {make_bar(btc, 0, "100", "101", "99", "100")});
    s.executions = std::move(executions);
    return books_.apply(s);
  }

  venue_books books_;
};

TEST_F(venue_books_test, refuse_executions_that_cannot_have_been) {
  const std::vector<std::vector<order_execution>> wrong{
    {done(4, "1")},                                    // no such order
    {done(1, "1"), done(1, "1")},                      // told twice
    {done(1, "-1")},                                   //
    {done(1, "2.001")},                                // more than the order is for
    {done(1, "1", venue_refusal::none, "0")},          // for nothing
    {done(1, "1", venue_refusal::out_of_range)},       // ended without a trade, and traded
    {done(2, "1", venue_refusal::unpaid)},             // a sell pays nothing
    {done(3, "1", venue_refusal::unpaid)},             // what closes is not asked
    {done(1, "2", venue_refusal::unpaid)},             // all of it was paid
    {done(3, "2", venue_refusal::nothing_to_close)},   // nothing is left of it to end
    {done(1, "0", venue_refusal::nothing_to_close)},   // it opens
    {done(1, "1", venue_refusal::withdrawn)},          // before it met the bar, and traded
    {done(3, "0", venue_refusal::withdrawn)},          // it closes
    {done(1, "0", venue_refusal::off_lot)},            // no way for a step to end an order
    {done(1, "90000000000", venue_refusal::none, "9")} // more than the order is for, and than fits
  };
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_NE(step(wrong[i]), std::nullopt) << i;
    EXPECT_TRUE(books_.trades().empty() && books_.resting().size() == 3
                && books_.last_step().number == 0)
      << i;
  }
}

TEST_F(venue_books_test, take_what_a_step_can_do_to_orders) {
  ASSERT_EQ(step({done(1, "1.5", venue_refusal::unpaid), done(2, "2"),
                  done(3, "0", venue_refusal::nothing_to_close)}),
            std::nullopt);
  EXPECT_TRUE(books_.resting().empty());
  EXPECT_EQ(books_.order(1).report.state, trading::order_state::expired);
  EXPECT_EQ(books_.order(1).report.filled, d("1.5"));
  EXPECT_EQ(books_.order(2).report.state, trading::order_state::filled);
  EXPECT_EQ(books_.order(3).report.state, trading::order_state::cancelled);
  EXPECT_EQ(books_.last_report().ended.size(), 2u);
}

TEST_F(venue_books_test, take_an_entry_that_was_withdrawn) {
  ASSERT_EQ(step({done(1, "0", venue_refusal::withdrawn)}), std::nullopt);
  EXPECT_EQ(books_.resting(), (std::set<uint64_t>{2, 3}));
  EXPECT_EQ(books_.order(1).report.state, trading::order_state::cancelled);
  EXPECT_EQ(books_.order(1).report.refusal, venue_refusal::withdrawn);
}

} // namespace
} // namespace supreme::venues
