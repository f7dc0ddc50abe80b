// Goal: every committed order reaches the venue at most once, whatever is lost and whoever dies,
// and what became of it is found out by asking; every trade reaches the books. Method: the actor
// between real rows, a real portfolio and a real venue behind a tap that loses messages; the test
// plays guard and conductor.
#include "actors/executor/executor.hpp"
#include "actors/portfolio/portfolio.hpp"
#include "actors/venue/venue_host.hpp"
#include "config/defaults.hpp"
#include "tests/actors/unit_bench.hpp"
#include "tests/actors/venue_tap.hpp"
#include "tests/venues/temporary_folder.hpp"

namespace supreme::tests {
namespace {

using trading::order_state;
using trading::target;

struct executor_bench : unit_bench {
  executor_bench() : folder(fast_parent()) {
    open_accounts();
    venues::bar_venue_settings venue;
    venue.id = trading::venue_id{"sim"};
    venue.ledger_file = folder.file("venue.ledger");
    venue.instruments = settings().instruments;
    venue.costs.taker_fee_ppb = 1'000'000;
    auto opened = venues::bar_venue::open(venue);
    if (!opened)
      throw std::runtime_error(opened.error().to_string());
    tap->real = keep(system_.actors().spawn(
      actors::make_venue_host, std::shared_ptr<venues::bar_venue>{std::move(opened).value()},
      venue.id, &system_.clock(), [](const std::string& why) { throw std::runtime_error(why); }));
    port = keep(system_.actors().spawn(make_venue_tap, tap));
    place("venue/sim", port);
    portfolio = keep(system_.actors().spawn(actors::make_portfolio, context_of("portfolio/main")));
    place("portfolio/main", portfolio);
    live();
  }

  /// Starts the next life of the executor and lets it get ready.
  void live() {
    executor =
      keep(system_.actors().spawn(actors::make_executor, context_of("executor/main", ++number)));
    system_.run();
  }
  /// What the supervisor does when a life has ended.
  void live_again() {
    EXPECT_FALSE(alive(executor));
    live();
  }
  void restart() {
    kill(executor);
    live();
  }

  /// An order of the step, committed for this life (fused) or as an intent.
  storage::order_row commit_order(uint64_t n, bool fused, const std::string& instrument = "BTCUSDT",
                                  const std::string& size = "0.1") {
    auto wish = make_signal("trend", instrument, n, target::long_position, "60000");
    wish.key.cause += "#" + std::to_string(++orders);
    return approve(wish, trading::side::buy, size, fused ? number : 0);
  }
  protocols::approved_batch batch_of(uint64_t n, const std::vector<storage::order_row>& rows) {
    protocols::approved_batch batch{step(n), {}};
    for (const auto& r : rows)
      batch.orders.push_back({r.order, claim_of("guard/main").epoch, r.incarnation,
                              r.valid_until ? r.valid_until->ns() : 0});
    return batch;
  }
  void approve_to_executor(uint64_t n, const std::vector<storage::order_row>& rows) {
    caf::anon_send(executor, batch_of(n, rows));
    system_.run();
  }
  caf::expected<protocols::step_rested> rest(uint64_t n,
                                             const std::vector<storage::order_row>& rows,
                                             uint64_t attempt = 1, nanoseconds within = 0ns) {
    protocols::rest_step question{step(n, attempt), {}};
    for (const auto& r : rows)
      question.orders.push_back(r.order.id);
    return system_.ask<protocols::step_rested>(executor, within, question);
  }
  caf::expected<protocols::step_settled> settle(uint64_t n, const protocols::venue_trades& trades,
                                                uint64_t attempt = 1) {
    return system_.ask<protocols::step_settled>(
      executor, 0ns, protocols::settle_step{step(n, attempt), trades, {}});
  }
  /// Moves the venue's market on; what account main traded there.
  protocols::venue_trades move_market(uint64_t n, const std::string& price = "60000") {
    auto stepped = system_.ask<protocols::venue_stepped>(
      tap->real, 0ns,
      protocols::venue_step{step(n),
                            {make_bar("BTCUSDT", n, price), make_bar("ETHUSDT", n, "3000")}});
    EXPECT_TRUE(stepped);
    return stepped && !stepped->accounts.empty() ? stepped->accounts.front().trades
                                                 : protocols::venue_trades{};
  }

  order_state state_of(const storage::order_row& row) { return order_of(row.order.id).state; }
  size_t at_venue() {
    auto read = venues::read_ledger(folder.file("venue.ledger"));
    if (!read)
      throw std::runtime_error(read.error().to_string());
    return read->orders.size();
  }
  size_t submits() {
    return static_cast<size_t>(std::count_if(
      tap->log.begin(), tap->log.end(), [](const auto& e) { return e.rfind("submit", 0) == 0; }));
  }

  temporary_folder folder;
  std::shared_ptr<venue_tap> tap = std::make_shared<venue_tap>();
  protocols::venue_port port;
  protocols::portfolio portfolio;
  protocols::executor executor;
  uint64_t number = 100;
  uint64_t orders = 0;
};

struct executor_test : ::testing::Test, executor_bench {};

// -- the undisturbed way --------------------------------------------------------------

TEST_F(executor_test, opens_a_session_under_its_own_number) {
  EXPECT_EQ(tap->log, std::vector<std::string>{"logon 101"});
  EXPECT_TRUE(rest(1, {}));
}

TEST_F(executor_test, sends_what_was_committed_for_it_at_once) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(tap->count("submit " + order.order.id.str()), 1u);
  auto rested = rest(1, {order});
  ASSERT_TRUE(rested);
  EXPECT_EQ(rested->step, 1u);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, commits_an_intent_before_it_sends_it) {
  auto order = commit_order(1, false);
  tap->before_submit = [&] { EXPECT_EQ(state_of(order), order_state::submitting); };
  approve_to_executor(1, {order});
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(order_of(order.order.id).incarnation, number);
  EXPECT_TRUE(rest(1, {order}));
}

TEST_F(executor_test, stores_what_the_venue_rejects_and_is_at_rest) {
  auto order = commit_order(1, true, "BTCUSDT", "0.000001"); // Below one lot.
  approve_to_executor(1, {order});
  EXPECT_EQ(state_of(order), order_state::rejected);
  EXPECT_TRUE(rest(1, {order}));
  EXPECT_TRUE(rows_of().positions.at(order.order.instrument).reserved_buy.is_zero());
}

TEST_F(executor_test, sends_a_batch_once_although_it_comes_twice) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  approve_to_executor(1, {order});
  EXPECT_EQ(submits(), 1u);
  EXPECT_TRUE(alive(executor));
}

TEST_F(executor_test, answers_the_barrier_again_when_asked_again) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  EXPECT_TRUE(rest(1, {order}, 1));
  EXPECT_TRUE(rest(1, {order}, 2));
  EXPECT_EQ(submits(), 1u);
}

TEST_F(executor_test, answers_the_barrier_only_when_every_order_is_at_rest) {
  auto first = commit_order(1, true), second = commit_order(1, true, "ETHUSDT");
  approve_to_executor(1, {first});
  tap->lose_submits = true;
  approve_to_executor(1, {second});
  EXPECT_FALSE(rest(1, {first, second}));
}

// -- what gets lost -------------------------------------------------------------------

TEST_F(executor_test, finds_orders_nobody_told_it_about_in_the_rows) {
  auto fused = commit_order(1, true), intent = commit_order(1, false, "ETHUSDT");
  ASSERT_TRUE(rest(1, {fused, intent})); // Both batches were lost.
  EXPECT_EQ(state_of(fused), order_state::open);
  EXPECT_EQ(state_of(intent), order_state::open);
  EXPECT_EQ(at_venue(), 2u);
}

TEST_F(executor_test, sends_what_waits_in_the_order_of_the_decisions_whatever_it_waits_for) {
  auto intent = commit_order(1, false), fused = commit_order(1, true, "ETHUSDT");
  ASSERT_TRUE(rest(1, {intent, fused}));
  auto trades = move_market(1);
  ASSERT_EQ(trades.trades.size(), 2u);
  EXPECT_EQ(trades.trades[0].fill.order, intent.order.id);
  EXPECT_EQ(trades.trades[1].fill.order, fused.order.id);
}

TEST_F(executor_test, sends_nothing_twice_when_the_batch_comes_after_the_barrier) {
  auto order = commit_order(1, true);
  ASSERT_TRUE(rest(1, {order}));
  approve_to_executor(1, {order});
  EXPECT_EQ(submits(), 1u);
  EXPECT_TRUE(alive(executor));
}

TEST_F(executor_test, leaves_an_intent_it_finds_at_start_until_its_step_asks_for_it) {
  auto order = commit_order(1, false);
  restart();
  EXPECT_EQ(submits(), 0u);
  EXPECT_EQ(state_of(order), order_state::intent);
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, adopts_an_order_the_venue_has_although_nobody_heard_so) {
  auto order = commit_order(1, true);
  tap->lose_submit_answers = true;
  approve_to_executor(1, {order});
  EXPECT_EQ(state_of(order), order_state::submitting);
  tap->lose_submit_answers = false;
  restart();
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_FALSE(order_of(order.order.id).venue_order.empty());
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(submits(), 1u);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, sends_an_order_the_venue_never_got_under_its_own_id_after_a_newer_session) {
  auto order = commit_order(1, true);
  tap->lose_submits = true;
  approve_to_executor(1, {order});
  tap->lose_submits = false;
  restart();
  EXPECT_EQ(submits(), 1u); // It is proven unsent, and waits for its step.
  ASSERT_TRUE(rest(1, {order}));
  auto id = order.order.id.str();
  EXPECT_EQ(tap->log, (std::vector<std::string>{"logon 101", "submit " + id, "logon 102",
                                                "query " + id, "submit " + id}));
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(order_of(order.order.id).incarnation, number);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, ends_its_life_when_the_venue_takes_an_order_and_never_answers) {
  auto order = commit_order(1, true);
  tap->lose_submit_answers = true;
  approve_to_executor(1, {order});
  system_.advance(config::defaults::venue_deadline + 1s);
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(state_of(order), order_state::unknown);
  tap->lose_submit_answers = false;
  live_again();
  EXPECT_EQ(state_of(order), order_state::open);
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(submits(), 1u);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, resolves_an_order_of_unknown_outcome_that_the_venue_never_got) {
  auto order = commit_order(1, true);
  tap->lose_submits = true;
  approve_to_executor(1, {order});
  system_.advance(config::defaults::venue_deadline + 1s);
  EXPECT_EQ(state_of(order), order_state::unknown);
  tap->lose_submits = false;
  live_again();
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, does_not_let_an_order_of_an_earlier_session_arrive_late) {
  // The submit of the first life is still on its way when the second one opens its session and
  // asks.
  auto order = commit_order(1, true);
  auto late = protocols::venue_submit{
    order.order.account, number, system_.clock().wall().ns() + 1'000'000'000, {order.order}};
  restart();
  ASSERT_TRUE(rest(1, {order}));
  auto answer = system_.ask<protocols::venue_reports>(tap->real, 0ns, late);
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->reports.at(0).verdict, protocols::venue_verdict::rejected);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, resolves_what_was_submitted_for_an_executor_that_is_gone) {
  // The guard still knew the executor of before when it committed.
  auto gone = number;
  restart();
  auto wish = make_signal("trend", "BTCUSDT", 1, target::long_position, "60000");
  auto order = approve(wish, trading::side::buy, "0.1", gone);
  approve_to_executor(1, {order});
  EXPECT_EQ(submits(), 0u);
  EXPECT_FALSE(rest(1, {order}));
  live_again();
  ASSERT_TRUE(rest(1, {order}, 2));
  EXPECT_EQ(submits(), 1u);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, begins_a_new_life_when_a_newer_session_has_shut_it_out) {
  ASSERT_TRUE(system_.ask<protocols::venue_session>(
    tap->real, 0ns, protocols::venue_logon{trading::account_id{"main"}, number + 1}));
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(at_venue(), 0u);
  ++number; // Numbers only rise: the next life comes after the intruder.
  live_again();
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, does_not_start_under_a_session_that_is_over) {
  ASSERT_TRUE(system_.ask<protocols::venue_session>(
    tap->real, 0ns, protocols::venue_logon{trading::account_id{"main"}, 500}));
  restart();
  EXPECT_FALSE(alive(executor));
}

TEST_F(executor_test, sends_again_in_a_new_life_what_came_too_late_for_its_window) {
  auto order = commit_order(1, true);
  tap->before_submit = [&] { system_.pass(1990ms + 20ms); }; // W is 2 s.
  approve_to_executor(1, {order});
  tap->before_submit = nullptr;
  system_.run();
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(at_venue(), 0u);
  live_again();
  ASSERT_TRUE(rest(1, {order}));
  EXPECT_EQ(state_of(order), order_state::open);
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, sends_nothing_after_the_window_that_its_row_names) {
  auto order = commit_order(1, true);
  system_.pass(
    2001ms); // W is 2 s: whoever asks the venue from now on may conclude that it never comes.
  approve_to_executor(1, {order});
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(submits(), 0u);
  live_again();
  ASSERT_TRUE(rest(1, {order})); // Proven unsent: it goes out under a new window.
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, asks_the_venue_to_take_nothing_after_the_committed_window) {
  auto fused = commit_order(1, true);
  system_.pass(500ms);
  approve_to_executor(1, {fused});
  auto intent = commit_order(1, false, "ETHUSDT");
  approve_to_executor(1, {intent});
  EXPECT_EQ(tap->windows, (std::vector<int64_t>{fused.valid_until->ns(),
                                                order_of(intent.order.id).valid_until->ns()}));
}

TEST_F(executor_test, ends_its_life_when_the_venue_is_lost) {
  kill(port);
  system_.run();
  EXPECT_FALSE(alive(executor));
}

// -- what it must not do --------------------------------------------------------------

TEST_F(executor_test, sends_nothing_without_the_lease) {
  auto order = commit_order(1, true);
  lease_->expire();
  approve_to_executor(1, {order});
  EXPECT_EQ(submits(), 0u);
  EXPECT_FALSE(alive(executor));
}

TEST_F(executor_test, halts_the_account_instead_of_sending_an_order_twice) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  ASSERT_TRUE(rest(1, {order}));
  // A step later the same order comes again, as only a defect could bring it.
  auto other = commit_order(2, true, "ETHUSDT");
  approve_to_executor(2, {order, other});
  EXPECT_EQ(submits(), 1u);
  EXPECT_EQ(rows_of().mode, trading::trading_mode::halted);
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(at_venue(), 1u);
}

TEST_F(executor_test, ignores_orders_committed_for_another_life) {
  auto order = commit_order(1, true);
  auto batch = batch_of(1, {order});
  batch.orders[0].incarnation = number + 5;
  caf::anon_send(executor, batch);
  system_.run();
  EXPECT_EQ(submits(), 0u);
  EXPECT_TRUE(alive(executor));
}

TEST_F(executor_test, sends_nothing_once_its_epoch_is_over) {
  auto order = commit_order(1, false);
  supersede("executor/main");
  approve_to_executor(1, {order});
  EXPECT_EQ(submits(), 0u);
  EXPECT_FALSE(alive(executor));
  EXPECT_EQ(state_of(order), order_state::intent);
}

TEST_F(executor_test, sends_nothing_that_was_halted_before_and_comes_to_rest) {
  // The kill switch falls between the decision and the send, with guard and executor on two nodes.
  auto order = commit_order(1, false);
  set_mode(storage::mode_scope::account, "main", trading::trading_mode::halted, "alice");
  approve_to_executor(1, {order});
  auto rested = rest(1, {order});
  for (uint64_t attempt = 2; !rested && attempt < 10; ++attempt) {
    if (!alive(executor))
      live_again();
    rested = rest(1, {order}, attempt);
  }
  ASSERT_TRUE(rested) << "the step never comes to an end";
  EXPECT_EQ(submits(), 0u);
  EXPECT_EQ(state_of(order), order_state::abandoned);
  EXPECT_TRUE(rows_of().positions.at(order.order.instrument).reserved_buy.is_zero());
}

TEST_F(executor_test, does_not_resend_what_was_halted_meanwhile_and_comes_to_rest) {
  auto order = commit_order(1, true);
  tap->lose_submits = true;
  approve_to_executor(1, {order});
  tap->lose_submits = false;
  set_mode(storage::mode_scope::global, "", trading::trading_mode::halted, "alice");
  restart();
  auto rested = rest(1, {order});
  for (uint64_t attempt = 2; !rested && attempt < 10; ++attempt) {
    if (!alive(executor))
      live_again();
    rested = rest(1, {order}, attempt);
  }
  ASSERT_TRUE(rested) << "the step never comes to an end";
  EXPECT_EQ(submits(), 1u); // The lost one.
  EXPECT_EQ(state_of(order), order_state::not_accepted);
  EXPECT_EQ(at_venue(), 0u);
}

TEST_F(executor_test, refuses_an_older_conductor_and_a_step_that_is_over) {
  ASSERT_TRUE(rest(5, {}));
  auto late = rest(4, {});
  ASSERT_FALSE(late);
  EXPECT_TRUE(protocols::is(late.error(), protocols::fault::stale_step));
  ASSERT_TRUE(
    system_.ask<protocols::step_rested>(executor, 0ns, protocols::rest_step{step(6, 1, 3), {}}));
  EXPECT_FALSE(
    system_.ask<protocols::step_rested>(executor, 0ns, protocols::rest_step{step(7, 1, 2), {}}));
  EXPECT_FALSE(system_.ask<protocols::step_settled>(executor, 0ns,
                                                    protocols::settle_step{step(7, 1, 2), {}, {}}));
}

TEST_F(executor_test, refuses_everything_until_it_has_reconciled) {
  kill(executor);
  auto order = commit_order(1, true);
  executor =
    keep(system_.actors().spawn(actors::make_executor, context_of("executor/main", ++number)));
  // Asked before it has heard from the venue.
  auto reply =
    system_.self()->request(executor, 60min, protocols::rest_step{step(1), {order.order.id}});
  system_.run();
  reply.receive(
    [](const protocols::step_rested&) { FAIL() << "rested without reconciling"; },
    [](const caf::error& why) { EXPECT_TRUE(protocols::is(why, protocols::fault::recovering)); });
}

// -- trades ---------------------------------------------------------------------------

TEST_F(executor_test, books_the_trades_of_a_step_and_tells_them) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  auto trades = move_market(1);
  ASSERT_EQ(trades.trades.size(), 1u);
  auto settled = settle(1, trades);
  ASSERT_TRUE(settled) << protocols::describe(settled.error());
  EXPECT_EQ(settled->account_seq, 1u);
  ASSERT_EQ(settled->fills.size(), 1u);
  EXPECT_EQ(settled->fills[0].slot, order.order.key.slot);
  EXPECT_EQ(settled->fills[0].slot_after.size, order.order.size);
  EXPECT_EQ(state_of(order), order_state::filled);
  auto again = settle(1, trades, 2);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fills.size(), 1u);
  EXPECT_EQ(rows_of().account_seq, 1u);
}

TEST_F(executor_test, stores_the_ends_of_a_step_before_it_answers) {
  auto order = commit_order(1, true), second = commit_order(1, true);
  approve_to_executor(1, {order, second});
  std::vector<protocols::venue_report> ended;
  for (const auto& row : {order, second}) {
    protocols::venue_report r;
    r.order = row.order.id;
    r.state = order_state::cancelled;
    r.reason = "nothing_to_close";
    ended.push_back(r);
  }
  const protocols::venue_trades none{trading::account_id{"main"}, 0, {}};
  for (uint64_t attempt = 1; attempt <= 2; ++attempt) {
    auto settled = system_.ask<protocols::step_settled>(
      executor, 0ns, protocols::settle_step{step(2, attempt), none, ended});
    ASSERT_TRUE(settled) << protocols::describe(settled.error());
    EXPECT_TRUE(settled->fills.empty());
    for (const auto& row : {order, second}) {
      EXPECT_EQ(state_of(row), order_state::cancelled);
      EXPECT_EQ(order_of(row.order.id).reason, "nothing_to_close");
    }
    EXPECT_TRUE(rows_of().open_orders.empty());
  }
}

TEST_F(executor_test, fetches_trades_it_was_never_told_about) {
  auto order = commit_order(1, true), second = commit_order(1, true, "ETHUSDT");
  approve_to_executor(1, {order, second});
  (void)move_market(1); // Two trades whose settlement never came.
  auto third = commit_order(2, true);
  approve_to_executor(2, {third});
  auto trades = move_market(2);
  ASSERT_EQ(trades.trades.size(), 1u);
  EXPECT_EQ(trades.last_seq, 3u);
  restart();
  auto settled = settle(2, trades);
  ASSERT_TRUE(settled) << protocols::describe(settled.error());
  EXPECT_EQ(rows_of().account_seq, 3u);
  ASSERT_EQ(settled->fills.size(), 1u); // Of this step; the others belong to a step that is over.
  EXPECT_EQ(settled->fills[0].fill.order, third.order.id);
}

TEST_F(executor_test, fetches_more_missing_trades_than_one_answer_holds) {
  auto count = config::defaults::venue_trades_batch + 30;
  std::vector<storage::order_row> rows;
  for (size_t i = 0; i < count; ++i)
    rows.push_back(commit_order(1, true, "BTCUSDT", "0.001"));
  approve_to_executor(1, rows);
  auto trades = move_market(1);
  ASSERT_EQ(trades.last_seq, count);
  trades.trades.clear();
  auto settled = settle(1, trades);
  ASSERT_TRUE(settled) << protocols::describe(settled.error());
  EXPECT_EQ(rows_of().account_seq, count);
  EXPECT_EQ(settled->fills.size(), count);
}

TEST_F(executor_test, settles_a_step_with_more_trades_than_the_books_remember) {
  // A repeated settlement of a very busy step must give the same notices again, also after a
  // restart.
  auto count = config::defaults::fills_batch_rows + 40;
  std::vector<storage::order_row> rows;
  for (size_t i = 0; i < count; ++i)
    rows.push_back(commit_order(1, true, "BTCUSDT", "0.001"));
  approve_to_executor(1, rows);
  auto trades = move_market(1);
  ASSERT_EQ(trades.trades.size(), count);
  for (uint64_t attempt = 1; attempt <= 3; ++attempt) {
    auto settled = settle(1, trades, attempt);
    ASSERT_TRUE(settled) << "attempt " << attempt << ": " << protocols::describe(settled.error());
    EXPECT_EQ(settled->fills.size(), count);
    EXPECT_EQ(rows_of().account_seq, count);
    restart();
    kill(portfolio);
    portfolio = keep(system_.actors().spawn(actors::make_portfolio, context_of("portfolio/main")));
    place("portfolio/main", portfolio);
  }
}

TEST_F(executor_test, says_so_when_the_books_are_away_and_settles_later) {
  auto order = commit_order(1, true);
  approve_to_executor(1, {order});
  auto trades = move_market(1);
  kill(portfolio);
  system_.run();
  EXPECT_FALSE(settle(1, trades));
  portfolio = keep(system_.actors().spawn(actors::make_portfolio, context_of("portfolio/main")));
  place("portfolio/main", portfolio);
  auto settled = settle(1, trades, 2);
  ASSERT_TRUE(settled) << protocols::describe(settled.error());
  EXPECT_EQ(settled->fills.size(), 1u);
}

} // namespace
} // namespace supreme::tests
