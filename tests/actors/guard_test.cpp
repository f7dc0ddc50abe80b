// Goal: a guard decides exactly the signals that were counted, in (slot, leg) order, however they
// arrive; stores a decision once and repeats it for ever; and lets nothing pass after a halt.
// Method: the actor between real rows and an executor that only listens.
#include "actors/risk_guard/risk_guard.hpp"
#include "config/defaults.hpp"
#include "tests/actors/unit_bench.hpp"

#include <algorithm>

namespace supreme::tests {
namespace {

using trading::order_state;
using trading::target;

struct executor_tap {
  std::vector<protocols::approved_batch> batches;
};

protocols::executor::behavior_type make_tap(protocols::executor::pointer,
                                            std::shared_ptr<executor_tap> tap) {
  return {
    [tap](const protocols::approved_batch& b) { tap->batches.push_back(b); },
    [](const protocols::rest_step& s) {
      return protocols::step_rested{s.id.step, 0};
    },
    [](const protocols::settle_step& s) {
      return protocols::step_settled{s.trades.account, s.id.step, 0, {}};
    },
  };
}

struct guard_bench : unit_bench {
  guard_bench() {
    open_accounts();
    executor = keep(system_.actors().spawn(make_tap, tap));
    place("executor/main", executor, 70);
    guard = start();
  }

  protocols::risk_guard start() {
    return keep(system_.actors().spawn(actors::make_risk_guard, context_of("guard/main")));
  }
  void restart() {
    kill(guard);
    guard = start();
  }

  void emit(const trading::signal& s, uint64_t attempt = 1, uint64_t number = 1) {
    auto unit = strategy_unit_of(s);
    caf::anon_send(
      guard, protocols::signal_emission{step(number, attempt), unit, claim_of(unit).epoch, s});
  }
  caf::expected<protocols::step_decided> decide(uint32_t expected, uint64_t attempt = 1,
                                                uint64_t number = 1, uint64_t conductor_epoch = 1) {
    return system_.ask<protocols::step_decided>(
      guard, 1s, protocols::decide_step{step(number, attempt, conductor_epoch), expected, {}});
  }

  /// Somebody speaks after the guard has read the rows and before it commits.
  template <class Speak>
  caf::expected<protocols::step_decided> decide_while(uint32_t expected, Speak speak) {
    database_->set_faults([speak](std::string_view call) {
      if (call == "commit")
        speak();
      return storage::injected_fault::none;
    });
    auto decided = decide(expected);
    database_->set_faults(nullptr);
    return decided;
  }

  trading::signal btc = make_signal("trend", "BTCUSDT", 1, target::long_position, "60000");
  trading::signal eth = make_signal("trend", "ETHUSDT", 1, target::long_position, "3000");
  trading::signal sol = make_signal("trend", "SOLUSDT", 1, target::long_position, "150");
  trading::signal bnb = make_signal("calm", "BNBUSDT", 1, target::long_position, "600");

  std::shared_ptr<executor_tap> tap = std::make_shared<executor_tap>();
  protocols::executor executor;
  protocols::risk_guard guard;
};

struct guard_test : ::testing::Test, guard_bench {};

std::vector<trading::slot_id> slots_in(const protocols::approved_batch& batch) {
  std::vector<trading::slot_id> slots;
  for (const auto& o : batch.orders)
    slots.push_back(o.order.key.slot);
  return slots;
}

TEST_F(guard_test, decides_in_slot_order_whatever_the_order_of_arrival) {
  std::vector<trading::signal> arrival{btc, eth, sol, bnb};
  std::optional<std::vector<std::string>> expected;
  std::sort(arrival.begin(), arrival.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  do {
    guard_bench other;
    for (const auto& s : arrival)
      other.emit(s);
    auto decided = other.decide(4);
    ASSERT_TRUE(decided);
    ASSERT_EQ(other.tap->batches.size(), 1u);
    auto slots = slots_in(other.tap->batches.front());
    // calm before trend, and within trend by instrument; the cash is gone before SOLUSDT.
    EXPECT_EQ(slots, (std::vector{bnb.key.slot, btc.key.slot, eth.key.slot}));
    std::vector<std::string> ids;
    for (const auto& id : decided->orders)
      ids.push_back(id.str());
    if (!expected)
      expected = ids;
    EXPECT_EQ(ids, *expected);
  } while (std::next_permutation(arrival.begin(), arrival.end(),
                                 [](const auto& a, const auto& b) { return a.key < b.key; }));
}

TEST_F(guard_test, decides_legs_of_one_slot_in_their_order) {
  auto close = make_signal("trend", "BTCUSDT", 1, target::flat, "60000");
  auto open = close;
  open.wanted = target::long_position;
  open.key.leg = 1;
  emit(open);
  emit(close);
  auto decided = decide(2);
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->orders.size(), 1u); // Nothing to close; then the opening.
  EXPECT_EQ(order_of(decided->orders[0]).order.key.leg, 1u);
}

TEST_F(guard_test, tells_the_executor_of_many_orders_in_bounded_messages_and_in_order) {
  constexpr auto most = config::defaults::approved_batch_orders;
  constexpr size_t signals = most / 2 + 2;
  constexpr size_t orders = 2 * signals - 1; // Every turn but the first closes the one before it.
  auto roomy = cluster_text{}.to_settings();
  roomy.accounts.front().limits = {};
  roomy.accounts.front().limits.allow_short = true;
  for (auto& s : roomy.strategies)
    s.size = {trading::sizing_mode::fixed_notional,
              trading::decimal::literal("12")}; // The cash is enough for all of them.
  configure(roomy);
  auto fresh = keep(system_.actors().spawn(actors::make_risk_guard, context_of("guard/main")));
  std::vector<std::string> expected;
  for (size_t i = 0; i < signals; ++i) {
    // One slot goes long and short in turn, each for a cause of its own: every signal becomes an
    // order.
    auto s = make_signal("trend", "BTCUSDT", 1,
                         i % 2 == 0 ? target::long_position : target::short_position, "60000");
    s.key.cause += "#" + std::to_string(1000 + i);
    caf::anon_send(fresh, protocols::signal_emission{step(1), strategy_unit_of(s),
                                                     claim_of(strategy_unit_of(s)).epoch, s});
  }
  auto decided = system_.ask<protocols::step_decided>(
    fresh, 0ns, protocols::decide_step{step(1), static_cast<uint32_t>(signals), {}});
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->orders.size(), orders);
  ASSERT_EQ(tap->batches.size(), 2u);
  EXPECT_EQ(tap->batches[0].orders.size(), most);
  std::vector<trading::client_order_id> told;
  for (const auto& batch : tap->batches) {
    EXPECT_EQ(batch.id.step, 1u);
    for (const auto& o : batch.orders)
      told.push_back(o.order.id);
  }
  EXPECT_EQ(told, decided->orders);
}

TEST_F(guard_test, waits_for_the_signals_that_are_still_on_their_way) {
  emit(btc);
  auto reply = system_.self()->request(guard, 60min, protocols::decide_step{step(1), 2, {}});
  system_.run();
  EXPECT_TRUE(rows_of().open_orders.empty());
  emit(eth);
  system_.run();
  EXPECT_EQ(rows_of().open_orders.size(), 2u);
  reply.receive([](const protocols::step_decided& d) { EXPECT_EQ(d.orders.size(), 2u); },
                [](const caf::error& why) { FAIL() << protocols::describe(why); });
}

TEST_F(guard_test, decides_a_step_without_signals_at_once) {
  auto decided = decide(0);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->step, 1u);
  EXPECT_TRUE(decided->orders.empty());
}

TEST_F(guard_test, does_not_count_signals_of_an_older_attempt) {
  emit(btc, 1);
  auto reply = system_.self()->request(guard, 60min, protocols::decide_step{step(1, 2), 1, {}});
  system_.run();
  EXPECT_TRUE(rows_of().open_orders.empty());
  emit(eth, 1); // Late: the guard has heard of attempt 2.
  system_.run();
  EXPECT_TRUE(rows_of().open_orders.empty());
  emit(btc, 2);
  system_.run();
  EXPECT_EQ(rows_of().open_orders.size(), 1u);
  reply.receive([](const protocols::step_decided& d) { EXPECT_EQ(d.orders.size(), 1u); },
                [](const caf::error& why) { FAIL() << protocols::describe(why); });
}

TEST_F(guard_test, refuses_questions_about_a_step_that_is_over) {
  ASSERT_TRUE(decide(0, 1, 2));
  for (auto [number, attempt, epoch] : {std::tuple{1u, 9u, 1u}, std::tuple{2u, 0u, 1u}}) {
    auto late = decide(0, attempt, number, epoch);
    ASSERT_FALSE(late);
    EXPECT_TRUE(protocols::is(late.error(), protocols::fault::stale_step));
  }
}

TEST_F(guard_test, refuses_a_superseded_conductor) {
  ASSERT_TRUE(decide(0, 1, 1, 5));
  EXPECT_FALSE(decide(0, 1, 7, 4));
  EXPECT_TRUE(decide(0, 1, 2, 5));
}

TEST_F(guard_test, answers_a_waiting_question_when_the_conductor_goes_on) {
  auto first = system_.self()->request(guard, 60min, protocols::decide_step{step(1, 1), 1, {}});
  system_.run();
  ASSERT_TRUE(decide(0, 2));
  first.receive(
    [](const protocols::step_decided&) { FAIL() << "decided without its signal"; },
    [](const caf::error& why) { EXPECT_TRUE(protocols::is(why, protocols::fault::stale_step)); });
}

TEST_F(guard_test, gives_the_same_orders_when_asked_again_and_reserves_once) {
  std::vector<trading::client_order_id> first;
  for (uint64_t attempt = 1; attempt <= 3; ++attempt) {
    emit(btc, attempt);
    emit(eth, attempt);
    auto decided = decide(2, attempt);
    ASSERT_TRUE(decided);
    if (attempt == 1)
      first = decided->orders;
    EXPECT_EQ(decided->orders, first);
    EXPECT_EQ(rows_of().open_orders.size(), 2u);
    EXPECT_EQ(rows_of().positions.at(btc.instrument).reserved_buy, order_of(first[0]).order.size);
  }
  EXPECT_EQ(tap->batches.size(), 1u); // Only what a commit has just made is known to be unsent.
}

TEST_F(guard_test, gives_the_same_orders_after_a_restart) {
  emit(btc);
  emit(eth);
  auto before = decide(2);
  ASSERT_TRUE(before);
  restart();
  emit(btc, 2);
  emit(eth, 2);
  auto after = decide(2, 2);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->orders, before->orders);
}

TEST_F(guard_test, stores_a_refusal_and_repeats_it) {
  auto first = btc, second = btc;
  set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::halted, "alice");
  emit(first);
  ASSERT_TRUE(decide(1));
  set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::active, "bob");
  emit(second, 2);
  auto again = decide(1, 2);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->orders.empty()); // Decided is decided: the next signal may trade.
}

TEST_F(guard_test, approves_nothing_after_a_halt) {
  set_mode(storage::mode_scope::account, "main", trading::trading_mode::halted, "alice");
  emit(btc);
  auto decided = decide(1);
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->orders.empty());
  EXPECT_TRUE(tap->batches.empty());
}

TEST_F(guard_test, approves_nothing_when_the_halt_comes_between_reading_and_committing) {
  // The halt is in the rows before the decision: the rows have the last word.
  emit(btc);
  auto decided = decide_while(1, [this] {
    set_mode(storage::mode_scope::global, "", trading::trading_mode::halted, "alice");
  });
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->orders.empty());
  EXPECT_TRUE(rows_of().open_orders.empty());
}

TEST_F(guard_test, approves_nothing_when_the_latch_comes_between_reading_and_committing) {
  emit(btc);
  auto decided = decide_while(1, [this] {
    (void)rows_.command_risk(
      {trading::account_id{"main"},
       {trading::risk_command_kind::latch_breaker, {trading::breaker_scope::strategy, "trend"}},
       "alice",
       "test"});
  });
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->orders.empty());
  EXPECT_TRUE(rows_of().open_orders.empty());
}

TEST_F(guard_test, tells_of_its_breakers_when_one_has_moved) {
  auto settings = cluster_text{.main_policy = R"([[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 3
cool_down_s = 60
)"}
                    .to_settings();
  configure(settings);
  guard = start();
  const trading::breaker_key trend{trading::breaker_scope::strategy, "trend"};
  const auto told = [&] { return database_->breakers(trading::account_id{"main"}); };
  ASSERT_TRUE(decide(0));
  ASSERT_EQ(told().size(), 1u);
  EXPECT_EQ(told()[0].key, trend);
  EXPECT_EQ(told()[0].state, trading::breaker_state::closed);
  EXPECT_FALSE(told()[0].since);
  ASSERT_EQ(rows_.command_risk({trading::account_id{"main"},
                                {trading::risk_command_kind::latch_breaker, trend},
                                "alice",
                                "test"}),
            storage::change_outcome::applied);
  ASSERT_TRUE(decide(0, 1, 2));
  ASSERT_EQ(told().size(), 1u);
  EXPECT_TRUE(told()[0].latched);
  EXPECT_EQ(told()[0].since, minute(2));
  restart();
  ASSERT_TRUE(decide(0, 1, 3));
  EXPECT_TRUE(told().at(0).latched);
}

TEST_F(guard_test, reduces_every_account_when_its_global_breaker_opens) {
  auto settings = cluster_text{.main_policy = R"([[accounts.breakers]]
scope = "global"
consecutive_losses = 3
)"}
                    .to_settings();
  configure(settings);
  guard = start();
  ASSERT_TRUE(decide(0));
  EXPECT_EQ(rows_of().mode, trading::trading_mode::active);
  ASSERT_EQ(rows_.command_risk(
              {trading::account_id{"main"},
               {trading::risk_command_kind::latch_breaker, {trading::breaker_scope::global, ""}},
               "alice",
               "test"}),
            storage::change_outcome::applied);
  ASSERT_TRUE(decide(0, 1, 2));
  const auto resume = [&](const char* who) {
    return rows_.change_mode(
      {storage::mode_scope::global, "", trading::trading_mode::active, who, "test"});
  };
  EXPECT_EQ(resume("bob"), storage::change_outcome::applied) << "the guard had reduced it";
  restart();
  ASSERT_TRUE(decide(0, 1, 2)) << "the step that its end interrupted";
  EXPECT_EQ(resume("bob"), storage::change_outcome::unchanged) << "it is said once";
}

TEST_F(guard_test, obeys_a_told_halt_before_its_row_is_there) {
  caf::anon_send(guard, protocols::mode_atom_v, std::string{"halted"});
  emit(btc);
  ASSERT_TRUE(decide(1));
  EXPECT_TRUE(rows_of().open_orders.empty());
  // Told "active" afterwards, it still obeys the rows.
  caf::anon_send(guard, protocols::mode_atom_v, std::string{"active"});
  set_mode(storage::mode_scope::global, "", trading::trading_mode::halted, "alice");
  emit(eth, 1, 2);
  ASSERT_TRUE(decide(1, 1, 2));
  EXPECT_TRUE(rows_of().open_orders.empty());
}

TEST_F(guard_test, writes_submitting_for_an_executor_beside_it) {
  emit(btc);
  auto decided = decide(1);
  ASSERT_TRUE(decided);
  auto row = order_of(decided->orders.at(0));
  EXPECT_EQ(row.state, order_state::submitting);
  EXPECT_EQ(row.incarnation, 70u);
  ASSERT_EQ(tap->batches.size(), 1u);
  EXPECT_EQ(tap->batches[0].orders.at(0).incarnation, 70u);
  EXPECT_EQ(tap->batches[0].orders.at(0).guard_epoch, claim_of("guard/main").epoch);
}

TEST_F(guard_test, writes_an_intent_for_an_executor_elsewhere) {
  place("executor/main", executor, 70, "there");
  emit(btc);
  auto decided = decide(1);
  ASSERT_TRUE(decided);
  EXPECT_EQ(order_of(decided->orders.at(0)).state, order_state::intent);
  ASSERT_EQ(tap->batches.size(), 1u);
  EXPECT_EQ(tap->batches[0].orders.at(0).incarnation, 0u);
}

TEST_F(guard_test, decides_although_nobody_knows_the_executor) {
  guard_bench other;
  other.place("executor/main", protocols::executor{});
  other.emit(btc);
  auto decided = other.decide(1);
  ASSERT_TRUE(decided);
  EXPECT_EQ(other.order_of(decided->orders.at(0)).state, order_state::intent);
  EXPECT_TRUE(other.tap->batches.empty());
}

TEST_F(guard_test, stops_when_its_own_epoch_is_over) {
  supersede("guard/main");
  emit(btc);
  auto decided = decide(1);
  ASSERT_FALSE(decided);
  EXPECT_TRUE(protocols::is(decided.error(), protocols::fault::not_owner));
  EXPECT_TRUE(rows_of().open_orders.empty());
  EXPECT_TRUE(tap->batches.empty());
}

TEST_F(guard_test, decides_nothing_for_a_strategy_that_has_moved_and_all_of_it_later_in_order) {
  // BTCUSDT belongs to instance 0, ETHUSDT to instance 1. Instance 0 has moved since it spoke.
  emit(btc);
  emit(eth);
  supersede("strategy/trend/0");
  auto fenced = decide(2);
  ASSERT_FALSE(fenced);
  EXPECT_TRUE(protocols::is(fenced.error(), protocols::fault::not_owner));
  EXPECT_TRUE(rows_of().open_orders.empty()); // Not ETHUSDT before BTCUSDT either.
  emit(btc, 2);
  emit(eth, 2);
  auto decided = decide(2, 2);
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->orders.size(), 2u);
  EXPECT_LT(order_of(decided->orders[0]).number, order_of(decided->orders[1]).number);
  EXPECT_EQ(order_of(decided->orders[0]).order.instrument, btc.instrument);
}

TEST_F(guard_test, leaves_all_orders_to_the_barrier_when_an_earlier_attempt_made_some) {
  // The venue numbers trades by the order in which orders came: a batch of the later ones alone
  // would come first.
  (void)approve(btc, trading::side::buy, "0.1");
  emit(btc);
  emit(eth);
  auto decided = decide(2);
  ASSERT_TRUE(decided) << protocols::describe(decided.error());
  EXPECT_EQ(decided->orders.size(), 2u);
  EXPECT_TRUE(tap->batches.empty());
}

TEST_F(guard_test, says_so_when_the_database_fails_and_decides_later) {
  emit(btc);
  database_->set_faults([](std::string_view) { return storage::injected_fault::before; });
  auto failed = decide(1);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(protocols::is(failed.error(), protocols::fault::database));
  database_->set_faults(nullptr);
  emit(btc, 2);
  EXPECT_EQ(decide(1, 2)->orders.size(), 1u);
}

TEST_F(guard_test, sends_nothing_whose_commit_had_to_be_read_back) {
  // The first COMMIT's answer is lost: the row is there, but whether this life's batch went out the
  // executor must find out itself.
  auto faults = std::make_shared<int>(0);
  database_->set_faults([faults](std::string_view call) {
    return call == "commit" && (*faults)++ == 0 ? storage::injected_fault::after
                                                : storage::injected_fault::none;
  });
  emit(btc);
  auto decided = decide(1);
  database_->set_faults(nullptr);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->orders.size(), 1u);
  EXPECT_TRUE(tap->batches.empty());
}

TEST_F(guard_test, refuses_a_step_with_more_signals_than_it_takes) {
  auto refused = decide(static_cast<uint32_t>(config::defaults::guard_credit + 1));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::overloaded));
}

TEST_F(guard_test, decides_more_signals_than_one_commit_takes) {
  // 100 slots of one strategy, each wanting a little.
  auto changed = cluster_text{}.to_settings();
  auto& trend = *std::find_if(changed.strategies.begin(), changed.strategies.end(),
                              [](const auto& s) { return s.id.str() == "trend"; });
  trend.instances = 1;
  trend.size.amount = trading::decimal::from_integer(20);
  std::vector<trading::signal> signals;
  for (int i = 0; i < 100; ++i) {
    auto copy = changed.instruments[0];
    copy.id = trading::instrument_id{"X" + std::to_string(1000 + i)};
    changed.instruments.push_back(copy);
    trend.instruments.push_back(copy.id);
  }
  configure(changed, 2);
  restart();
  for (int i = 99; i >= 0; --i) {
    signals.push_back(
      make_signal("trend", "X" + std::to_string(1000 + i), 1, target::long_position, "100"));
    emit(signals.back());
  }
  auto decided = decide(100);
  ASSERT_TRUE(decided) << protocols::describe(decided.error());
  ASSERT_EQ(decided->orders.size(), 100u);
  for (size_t i = 1; i < 100; ++i)
    EXPECT_LT(order_of(decided->orders[i - 1]).number, order_of(decided->orders[i]).number);
  EXPECT_EQ(order_of(decided->orders[0]).order.instrument.str(), "X1000");
}

TEST_F(guard_test, does_not_decide_by_settings_that_lack_the_strategy) {
  // The conductor has read a newer configuration than this guard, which is about to be replaced.
  auto stranger = btc;
  stranger.strategy = trading::strategy_id{"brand-new"};
  stranger.key.slot = trading::make_slot(stranger.strategy, stranger.instrument);
  caf::anon_send(guard, protocols::signal_emission{step(1), "strategy/trend/0",
                                                   claim_of("strategy/trend/0").epoch, stranger});
  auto refused = decide(1);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::wrong_config))
    << protocols::describe(refused.error());
  EXPECT_TRUE(alive(guard));
}

} // namespace
} // namespace supreme::tests
