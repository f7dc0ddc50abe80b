// Goal: each trade changes the books exactly once, however often and in whatever pieces it is
// reported, and no trade without an order touches them. Method: the actor on real rows; the test
// plays the executor.
#include "actors/portfolio/portfolio.hpp"
#include "config/defaults.hpp"
#include "tests/actors/unit_bench.hpp"

#include <rapidcheck/gtest.h>

namespace supreme::tests {
namespace {

using trading::decimal;
using trading::target;

struct portfolio_bench : unit_bench {
  portfolio_bench() {
    portfolio = start();
    system_.run();
  }

  protocols::portfolio start() {
    return keep(system_.actors().spawn(actors::make_portfolio, context_of("portfolio/main")));
  }
  void restart() {
    kill(portfolio);
    portfolio = start();
    system_.run();
  }

  /// `count` trades of one unit each, each of an order of its own, numbered from 1.
  std::vector<protocols::venue_trade> make_trades(size_t count) {
    std::vector<protocols::venue_trade> trades;
    for (size_t i = 0; i < count; ++i) {
      auto wish =
        make_signal("trend", i % 2 == 0 ? "BTCUSDT" : "ETHUSDT", 1, target::long_position);
      wish.key.cause += "#" + std::to_string(i);
      trades.push_back(make_trade(approve(wish, trading::side::buy, "1", 1), i + 1));
    }
    return trades;
  }
  protocols::venue_trade make_trade(const storage::order_row& order, uint64_t seq) {
    return {seq,
            {order.order.venue, order.order.account, trading::trade_id{std::to_string(seq)},
             order.order.id, order.order.instrument, order.order.direction,
             decimal::from_integer(100), order.order.size, decimal::from_integer(1),
             trading::asset_id{"USDT"}, minute(2)}};
  }

  caf::expected<protocols::fills_booked> book(const std::vector<protocols::venue_trade>& trades) {
    return system_.ask<protocols::fills_booked>(portfolio, 0ns, protocols::book_fills{trades, {}});
  }

  protocols::portfolio portfolio;
};

struct portfolio_test : ::testing::Test, portfolio_bench {};

TEST_F(portfolio_test, opens_its_account_with_the_configured_balances) {
  EXPECT_EQ(rows_of().balances.at(trading::asset_id{"USDT"}).amount, decimal::from_integer(25000));
  restart();
  EXPECT_EQ(rows_of().balances.at(trading::asset_id{"USDT"}).amount, decimal::from_integer(25000));
}

TEST_F(portfolio_test, books_each_trade_and_says_what_it_did_to_the_slot) {
  auto trades = make_trades(3);
  auto booked = book(trades);
  ASSERT_TRUE(booked) << protocols::describe(booked.error());
  EXPECT_EQ(booked->account_seq, 3u);
  ASSERT_EQ(booked->fills.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(booked->fills[i].fill, trades[i].fill);
    EXPECT_EQ(booked->fills[i].account_seq, i + 1);
  }
  EXPECT_EQ(booked->fills[2].slot_after.size, decimal::from_integer(2));
  EXPECT_EQ(rows_of().balances.at(trading::asset_id{"USDT"}).amount,
            decimal::from_integer(25000 - 3 * 101));
}

TEST_F(portfolio_test, books_a_trade_once_that_is_reported_twice) {
  auto trades = make_trades(3);
  auto first = book(trades);
  auto second = book(trades);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->fills.size(), 3u);
  EXPECT_EQ(second->fills[1].account_seq, first->fills[1].account_seq);
  EXPECT_EQ(rows_of().account_seq, 3u);
}

TEST_F(portfolio_test, books_overlapping_reports_once) {
  auto trades = make_trades(6);
  ASSERT_TRUE(book({trades.begin(), trades.begin() + 4}));
  auto overlapping = book({trades.begin() + 2, trades.end()});
  ASSERT_TRUE(overlapping);
  EXPECT_EQ(overlapping->fills.size(), 4u);
  EXPECT_EQ(overlapping->account_seq, 6u);
  EXPECT_EQ(rows_of().account_seq, 6u);
}

TEST_F(portfolio_test, computes_each_booking_from_the_one_before_although_they_come_at_once) {
  auto trades = make_trades(6);
  auto a = system_.self()->request(portfolio, 60min,
                                   protocols::book_fills{{trades.begin(), trades.begin() + 3}, {}});
  auto b = system_.self()->request(portfolio, 60min,
                                   protocols::book_fills{{trades.begin() + 3, trades.end()}, {}});
  system_.run();
  for (auto* reply : {&a, &b})
    reply->receive([](const protocols::fills_booked& f) { EXPECT_EQ(f.fills.size(), 3u); },
                   [](const caf::error& why) { FAIL() << protocols::describe(why); });
  EXPECT_EQ(rows_of().positions.at(trading::instrument_id{"BTCUSDT"}).position.size,
            decimal::from_integer(3));
}

RC_GTEST_PROP(portfolio_actor,
              books_every_trade_exactly_once_however_it_is_cut_repeated_and_restarted, ()) {
  portfolio_bench bench;
  auto trades = bench.make_trades(20);
  size_t done = 0;
  while (done < trades.size()) {
    // The venue's log is read on from somewhere before its end.
    auto begin = done - std::min<size_t>(done, *rc::gen::inRange<size_t>(0, 8));
    auto end = std::min(trades.size(), done + *rc::gen::inRange<size_t>(1, 8));
    auto booked = bench.book({trades.begin() + static_cast<std::ptrdiff_t>(begin),
                              trades.begin() + static_cast<std::ptrdiff_t>(end)});
    RC_ASSERT(static_cast<bool>(booked));
    RC_ASSERT(booked->fills.size() == end - begin);
    for (size_t i = begin; i < end; ++i)
      RC_ASSERT(booked->fills[i - begin].account_seq == i + 1);
    done = std::max(done, end);
    if (*rc::gen::inRange(0, 4) == 0)
      bench.restart();
  }
  RC_ASSERT(bench.rows_of("main").account_seq == 20u);
  RC_ASSERT(bench.rows_of("main").balances.at(trading::asset_id{"USDT"}).amount
            == decimal::from_integer(25000 - 20 * 101));
}

TEST_F(portfolio_test, goes_on_from_the_rows_after_it_died_in_the_middle_of_a_booking) {
  auto trades = make_trades(4);
  ASSERT_TRUE(book({trades.begin(), trades.begin() + 2}));
  caf::anon_send(portfolio, protocols::book_fills{{trades.begin() + 2, trades.end()}, {}});
  // It dies after it has sent its batch to the ledger, and never hears the answer.
  while (!system_.scheduler().jobs.empty() && rows_of().account_seq == 2)
    system_.scheduler().try_run_once();
  kill(portfolio);
  system_.run();
  EXPECT_EQ(rows_of().account_seq, 4u);
  portfolio = start();
  system_.run();
  auto again = book(trades);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fills.size(), 4u);
  EXPECT_EQ(rows_of().account_seq, 4u);
}

TEST_F(portfolio_test, puts_a_trade_of_no_known_order_into_quarantine) {
  auto trades = make_trades(2);
  auto stranger = trades[1];
  stranger.seq = 3;
  stranger.fill.id = trading::trade_id{"3"};
  stranger.fill.order = trading::client_order_id{"m9-9"};
  trades.push_back(stranger);
  auto booked = book(trades);
  ASSERT_TRUE(booked) << protocols::describe(booked.error());
  EXPECT_EQ(booked->fills.size(), 2u);
  EXPECT_EQ(booked->account_seq, 2u);
  ASSERT_EQ(database_->quarantined().size(), 1u);
  EXPECT_EQ(database_->quarantined()[0].fill.order, stranger.fill.order);
  ASSERT_TRUE(book(trades));
  EXPECT_EQ(database_->quarantined().size(), 1u);
  EXPECT_TRUE(alive(portfolio));
}

TEST_F(portfolio_test, books_the_fill_of_an_order_that_was_over_before_it_started) {
  auto trades = make_trades(4);
  auto later = trades.back();
  trades.pop_back();
  for (size_t i = 0; i < 2; ++i) {
    storage::report_transaction over;
    over.account = trading::account_id{"main"};
    over.id = trades[i].fill.order;
    over.executor = claim_of("executor/main");
    over.state = trading::order_state::expired;
    over.event_time = minute(1);
    ASSERT_EQ(rows_.commit({over})[0].status, storage::commit_status::applied);
  }
  restart();
  auto booked = book(trades);
  ASSERT_TRUE(booked) << protocols::describe(booked.error());
  ASSERT_EQ(booked->fills.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(booked->fills[i].fill.id, trades[i].fill.id);
    EXPECT_FALSE(booked->fills[i].slot.empty());
  }
  EXPECT_EQ(rows_of().account_seq, 3u);
  EXPECT_TRUE(alive(portfolio));
  ASSERT_TRUE(book({later})) << "the books stand as the rows do";
}

TEST_F(portfolio_test, takes_the_rows_word_against_a_wrong_hint_and_no_reading_for_a_right_one) {
  auto trades = make_trades(4);
  auto own = trading::slot_id{"trend/BTCUSDT"}, wrong = trading::slot_id{"calm/BNBUSDT"};
  size_t reads = 0;
  database_->set_faults([&](std::string_view call) {
    reads += call == "load_account" ? 1 : 0;
    return storage::injected_fault::none;
  });
  auto send = [&](protocols::venue_trade t, const trading::slot_id& hint) {
    return system_.ask<protocols::fills_booked>(portfolio, 0ns, protocols::book_fills{{t}, {hint}});
  };
  ASSERT_TRUE(send(trades[0], own));
  EXPECT_EQ(reads, 0u);
  auto booked = send(trades[2], wrong);
  ASSERT_TRUE(booked) << protocols::describe(booked.error());
  EXPECT_EQ(booked->fills.at(0).slot, own);
  EXPECT_GT(reads, 0u);
  EXPECT_EQ(rows_of().account_seq, 2u);
  database_->set_faults(nullptr);
}

TEST_F(portfolio_test, keeps_a_contradicting_trade_out_of_the_books_and_goes_on) {
  auto trades = make_trades(4);
  trades[1].fill.direction = trading::side::sell;
  auto booked = book(trades);
  ASSERT_TRUE(booked) << protocols::describe(booked.error());
  EXPECT_EQ(booked->fills.size(), 3u);
  EXPECT_EQ(database_->quarantined().size(), 1u);
  EXPECT_EQ(rows_of().account_seq, 3u);
  EXPECT_TRUE(alive(portfolio));
}

TEST_F(portfolio_test, learns_of_orders_that_were_decided_after_it_started) {
  auto trades = make_trades(1); // Committed after the portfolio has read the rows.
  EXPECT_TRUE(book(trades));
  EXPECT_EQ(rows_of().account_seq, 1u);
}

TEST_F(portfolio_test, says_again_what_a_trade_did_that_it_remembers_no_longer) {
  auto trades = make_trades(config::defaults::fills_batch_rows + 10);
  for (size_t i = 0; i < trades.size(); i += 50)
    ASSERT_TRUE(
      book({trades.begin() + static_cast<std::ptrdiff_t>(i),
            trades.begin() + static_cast<std::ptrdiff_t>(std::min(trades.size(), i + 50))}));
  auto old = book({trades.begin(), trades.begin() + 5});
  ASSERT_TRUE(old) << protocols::describe(old.error());
  ASSERT_EQ(old->fills.size(), 5u);
  EXPECT_EQ(old->fills[0].account_seq, 1u);
  restart();
  old = book({trades.begin() + 3, trades.begin() + 12});
  ASSERT_TRUE(old) << protocols::describe(old.error());
  EXPECT_EQ(old->fills.size(), 9u);
  EXPECT_EQ(rows_of().account_seq, trades.size());
}

TEST_F(portfolio_test, refuses_more_trades_than_one_commit_takes) {
  std::vector<protocols::venue_trade> trades(config::defaults::commit_group_max + 1);
  auto refused = book(trades);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::overloaded));
}

TEST_F(portfolio_test, ends_itself_when_its_epoch_is_over) {
  auto trades = make_trades(1);
  supersede("portfolio/main");
  auto refused = book(trades);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::not_owner));
  EXPECT_FALSE(alive(portfolio));
  EXPECT_EQ(rows_of().account_seq, 0u);
}

TEST_F(portfolio_test, begins_anew_when_a_commit_is_of_unknown_outcome) {
  auto trades = make_trades(2);
  database_->set_faults([](std::string_view call) {
    return call == "commit" ? storage::injected_fault::after : storage::injected_fault::none;
  });
  auto lost = book(trades);
  database_->set_faults(nullptr);
  EXPECT_FALSE(lost);
  EXPECT_FALSE(alive(portfolio));
  portfolio = start();
  system_.run();
  auto again = book(trades);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fills.size(), 2u);
  EXPECT_EQ(rows_of().account_seq, 2u);
}

TEST_F(portfolio_test, values_the_account_at_the_given_prices) {
  ASSERT_TRUE(book(make_trades(2)));
  protocols::mark_step m{
    step(3), {{trading::instrument_id{"BTCUSDT"}, decimal::from_integer(150), minute(3)}}};
  auto report = system_.ask<protocols::equity_report>(portfolio, 0ns, m);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->step, 3u);
  EXPECT_EQ(report->cash, decimal::from_integer(25000 - 202));
  EXPECT_EQ(report->equity,
            decimal::from_integer(25000 - 202 + 150 + 100)); // ETHUSDT has no mark: its cost.
}

} // namespace
} // namespace supreme::tests
