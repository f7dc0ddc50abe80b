// Goal: a strategy gives the same signals whether it lived all the time or was rebuilt at any step;
// repeats a step without deciding anew; obeys only the newest conductor that knows its settings;
// and, quarantined, stays silent until resumed. Method: the actor between a real feed and real
// rows; a run with fills is recorded once and then replayed with restarts.
#include "actors/feed/feed.hpp"
#include "actors/strategy/strategy.hpp"
#include "tests/actors/finite_history.hpp"
#include "tests/actors/unit_bench.hpp"

#include <rapidcheck/gtest.h>

namespace supreme::tests {
namespace {

constexpr uint64_t steps = 80;
const std::string unit = "strategy/trend/0"; // BTCUSDT and SOLUSDT, account main.

/// Takes signals and remembers them.
struct signal_tap {
  std::vector<protocols::signal_emission> seen;
};

protocols::risk_guard::behavior_type make_tap(protocols::risk_guard::pointer,
                                              std::shared_ptr<signal_tap> tap) {
  return {
    [tap](const protocols::signal_emission& e) { tap->seen.push_back(e); },
    [](const protocols::decide_step&) { return protocols::step_decided{}; },
    [](protocols::mode_atom, const std::string&) {},
  };
}

TEST(strategy_signal, is_no_larger_than_what_a_row_holds) {
  namespace limits = config::defaults;
  trading::signal s;
  s.reason.assign(limits::signal_reason_bytes_max, 'r');
  for (size_t i = 0; i < limits::signal_inputs_max; ++i)
    s.inputs.emplace_back("input" + std::to_string(i), trading::decimal{});
  EXPECT_NO_THROW(actors::require_storable(s));
  auto talkative = s;
  talkative.reason += 'r';
  EXPECT_THROW(actors::require_storable(talkative), std::length_error);
  auto thorough = s;
  thorough.inputs.emplace_back("one more", trading::decimal{});
  EXPECT_THROW(actors::require_storable(thorough), std::length_error);
}

struct strategy_bench : unit_bench {
  strategy_bench() {
    open_accounts();
    guard = keep(system_.actors().spawn(make_tap, tap));
    place("guard/main", guard);
    feed = keep(system_.actors().spawn(actors::make_feed, open_market(minute(steps))));
    place("feed/minute/0", feed);
    strategy = start();
  }

  std::vector<std::shared_ptr<venues::bar_history>> open_market(trading::timestamp end) {
    std::vector<std::shared_ptr<venues::bar_history>> histories;
    for (auto& h : actors::open_histories(settings(), *settings().find_feed("minute"), 0))
      histories.push_back(std::make_shared<finite_history>(std::move(h), end));
    return histories;
  }

  protocols::strategy start() {
    return keep(system_.actors().spawn(actors::make_strategy, context_of(unit)));
  }

  void restart() {
    kill(strategy);
    strategy = start();
  }

  protocols::step_event make_event(uint64_t number, uint64_t attempt = 1,
                                   uint64_t conductor_epoch = 1) {
    protocols::step_event e;
    e.id = step(number, attempt, conductor_epoch);
    e.definition = context_of(unit).spec.definition;
    e.fills = fills[number];
    for (const auto& h : market) {
      for (auto& b : h->range(minute(number - 1), minute(number), 10))
        e.bars.push_back(std::move(b));
    }
    return e;
  }

  caf::expected<protocols::step_done> tell(const protocols::step_event& e) {
    return system_.ask<protocols::step_done>(strategy, 0ns, e);
  }

  /// The signals of one step as the guard gets them, without what belongs to one attempt.
  std::vector<trading::signal> take(uint64_t number, uint64_t attempt = 1) {
    tap->seen.clear();
    auto done = tell(make_event(number, attempt));
    if (!done) {
      ADD_FAILURE() << "step " << number << ": " << protocols::describe(done.error());
      return {};
    }
    EXPECT_EQ(done->unit, unit);
    EXPECT_EQ(done->step, number);
    EXPECT_EQ(done->signals, tap->seen.size());
    EXPECT_FALSE(done->quarantined);
    std::vector<trading::signal> signals;
    for (const auto& e : tap->seen) {
      EXPECT_EQ(e.id.step, number);
      EXPECT_EQ(e.id.attempt, attempt);
      EXPECT_EQ(e.unit, unit);
      EXPECT_EQ(e.epoch, context_of(unit).epoch);
      signals.push_back(e.signal);
    }
    return signals;
  }

  /// Fills every signal completely at the close of the next step, in the rows and in that step's
  /// event.
  void fill(const std::vector<trading::signal>& signals, uint64_t number) {
    for (const auto& s : signals) {
      bool buys = s.wanted == trading::target::long_position;
      auto order = approve(s, buys ? trading::side::buy : trading::side::sell, "1", 1);
      auto rows = rows_of("main");
      storage::fill_transaction t;
      t.fill = {order.order.venue,
                order.order.account,
                trading::trade_id{std::to_string(rows.account_seq + 1)},
                order.order.id,
                s.instrument,
                order.order.direction,
                s.reference_price,
                order.order.size,
                {},
                trading::asset_id{"USDT"},
                minute(number + 1)};
      t.portfolio = claim_of("portfolio/main");
      t.slot = s.key.slot;
      t.account_after = trading::apply_fill(rows.positions[s.instrument].position, t.fill,
                                            trading::asset_id{"USDT"})
                          .after;
      t.slot_after =
        trading::apply_fill(rows.slots[t.slot].position, t.fill, trading::asset_id{"USDT"}).after;
      auto done = rows_.commit({t}).front();
      ASSERT_EQ(done.status, storage::commit_status::applied) << done.text;
      fills[number + 1].push_back({t.slot, done.account_seq, t.fill, t.slot_after});
    }
  }

  /// A whole undisturbed life, signals by step.
  std::map<uint64_t, std::vector<trading::signal>> live() {
    std::map<uint64_t, std::vector<trading::signal>> life;
    for (uint64_t n = 1; n <= steps; ++n) {
      life[n] = take(n);
      if (n < steps)
        fill(life[n], n);
    }
    return life;
  }

  std::shared_ptr<signal_tap> tap = std::make_shared<signal_tap>();
  protocols::risk_guard guard;
  protocols::feed feed;
  protocols::strategy strategy;
  std::vector<std::shared_ptr<venues::bar_history>> market = open_market(minute(steps));
  std::map<uint64_t, std::vector<protocols::fill_notice>> fills;
};

/// With a whole undisturbed life of `steps` steps behind it, fills included.
struct recorded_life : strategy_bench {
  recorded_life() : life(live()) {}
  std::map<uint64_t, std::vector<trading::signal>> life;
};

TEST(strategy_actor, gives_the_same_signals_after_a_restart_at_any_step) {
  recorded_life bench;
  size_t signals = 0;
  for (const auto& [n, s] : bench.life)
    signals += s.size();
  ASSERT_GT(signals, 20u);
  ASSERT_GT(bench.rows_of("main").account_seq, 20u);
  for (uint64_t at = 1; at <= steps; ++at) {
    bench.restart();
    // Whatever it says from here on, it says as if it had never been away.
    for (uint64_t n = at; n <= std::min(at + 12, steps); ++n)
      ASSERT_EQ(bench.take(n), bench.life[n])
        << "restarted before step " << at << ", at step " << n;
  }
}

RC_GTEST_PROP(strategy_actor, gives_the_same_signals_however_often_it_is_restarted, ()) {
  static recorded_life bench;
  bench.restart();
  auto n = *rc::gen::inRange<uint64_t>(1, steps / 2);
  auto end = std::min(steps, n + 20);
  for (uint64_t attempt = 1; n <= end; ++n) {
    if (*rc::gen::inRange(0, 5) == 0)
      bench.restart();
    for (auto repeats = *rc::gen::inRange(1, 3); repeats > 0; --repeats)
      RC_ASSERT(bench.take(n, ++attempt) == bench.life[n]);
  }
}

TEST(strategy_actor, repeats_a_step_with_the_same_signals_and_changes_nothing) {
  recorded_life bench;
  bench.restart();
  for (uint64_t n = 1; n <= steps; ++n) {
    for (uint64_t attempt = 1; attempt <= 3; ++attempt)
      ASSERT_EQ(bench.take(n, attempt), bench.life[n]);
  }
}

TEST(strategy_actor, rebuilds_itself_when_it_has_missed_a_step) {
  recorded_life bench;
  bench.restart();
  for (uint64_t n : {1u, 2u, 9u, 10u, 40u, 80u})
    ASSERT_EQ(bench.take(n), bench.life[n]) << n;
}

TEST(strategy_actor, goes_back_to_a_step_that_was_not_finished_after_all) {
  // A new conductor begins where the committed steps end, which may be before what this strategy
  // has seen.
  recorded_life bench;
  bench.restart();
  for (uint64_t n : {30u, 31u, 30u, 31u, 32u})
    ASSERT_EQ(bench.take(n), bench.life[n]) << n;
}

TEST(strategy_actor, refuses_an_older_conductor) {
  strategy_bench bench;
  ASSERT_TRUE(bench.tell(bench.make_event(1, 1, 5)));
  auto refused = bench.tell(bench.make_event(2, 9, 4));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::not_owner));
  EXPECT_TRUE(bench.tell(bench.make_event(2, 1, 5)));
}

TEST(strategy_actor, refuses_a_conductor_that_reckons_with_other_settings) {
  strategy_bench bench;
  auto e = bench.make_event(1);
  ++e.definition;
  auto refused = bench.tell(e);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(protocols::is(refused.error(), protocols::fault::wrong_config));
  EXPECT_TRUE(bench.tell(bench.make_event(1)));
}

TEST(strategy_actor, says_so_when_the_feed_is_away_and_recovers_later) {
  recorded_life bench;
  bench.restart();
  bench.kill(bench.feed);
  auto failed = bench.tell(bench.make_event(20));
  ASSERT_FALSE(failed);
  bench.feed = bench.keep(
    bench.system_.actors().spawn(actors::make_feed, bench.open_market(unit_bench::minute(steps))));
  bench.place("feed/minute/0", bench.feed);
  EXPECT_EQ(bench.take(20, 2), bench.life[20]);
}

TEST(strategy_actor, says_so_when_the_rows_cannot_be_read_and_recovers_later) {
  recorded_life bench;
  bench.restart();
  bench.database_->set_faults([](std::string_view) { return storage::injected_fault::before; });
  auto failed = bench.tell(bench.make_event(20));
  ASSERT_FALSE(failed);
  EXPECT_TRUE(protocols::is(failed.error(), protocols::fault::database));
  bench.database_->set_faults(nullptr);
  EXPECT_EQ(bench.take(20, 2), bench.life[20]);
}

TEST(strategy_actor, sends_its_signals_to_a_guard_that_was_started_anew) {
  recorded_life bench;
  bench.restart();
  auto with_signals = std::find_if(bench.life.begin(), bench.life.end(),
                                   [](const auto& l) { return !l.second.empty(); });
  ASSERT_NE(with_signals, bench.life.end());
  auto n = with_signals->first;
  EXPECT_EQ(bench.take(n), bench.life[n]);
  bench.kill(bench.guard);
  bench.system_.run();
  bench.guard = bench.keep(bench.system_.actors().spawn(make_tap, bench.tap));
  bench.place("guard/main", bench.guard);
  EXPECT_EQ(bench.take(n, 2), bench.life[n]);
}

TEST(strategy_actor, starts_a_run_of_another_name_from_the_beginning) {
  recorded_life bench;
  bench.restart();
  (void)bench.take(1);
  (void)bench.take(2);
  auto e = bench.make_event(1);
  e.id.run = "again";
  bench.tap->seen.clear();
  ASSERT_TRUE(bench.tell(e));
  EXPECT_EQ(bench.tap->seen.size(), bench.life[1].size());
}

// -- quarantine ---------------------------------------------------------------------

struct quarantine_bench : unit_bench {
  quarantine_bench() {
    open_accounts();
    stand_in = keep(system_.actors().spawn(actors::make_quarantined_strategy, context_of(unit)));
  }
  caf::expected<protocols::step_done> tell(uint64_t number) {
    protocols::step_event e;
    e.id = step(number);
    return system_.ask<protocols::step_done>(stand_in, 0ns, e);
  }
  protocols::strategy stand_in;
};

TEST(quarantined_strategy, answers_every_step_with_silence) {
  quarantine_bench bench;
  bench.set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::halted,
                 "supervisor");
  for (uint64_t n = 1; n < 10; ++n) {
    auto done = bench.tell(n);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->unit, unit);
    EXPECT_EQ(done->step, n);
    EXPECT_EQ(done->signals, 0u);
    EXPECT_TRUE(done->quarantined);
    bench.system_.advance(2s);
  }
  EXPECT_TRUE(unit_bench::alive(bench.stand_in));
}

TEST(quarantined_strategy, leaves_once_a_person_has_lifted_the_halt) {
  quarantine_bench bench;
  bench.set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::halted,
                 "supervisor");
  bench.system_.advance(2s);
  ASSERT_TRUE(bench.tell(1));
  EXPECT_TRUE(unit_bench::alive(bench.stand_in));
  bench.set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::active, "alice");
  bench.system_.advance(2s);
  ASSERT_TRUE(bench.tell(2));
  bench.system_.run();
  EXPECT_FALSE(unit_bench::alive(bench.stand_in));
}

TEST(quarantined_strategy, stays_while_the_rows_cannot_be_read) {
  quarantine_bench bench;
  bench.set_mode(storage::mode_scope::strategy, "trend", trading::trading_mode::halted,
                 "supervisor");
  bench.database_->set_faults([](std::string_view) { return storage::injected_fault::before; });
  bench.system_.advance(2s);
  ASSERT_TRUE(bench.tell(1));
  bench.system_.run();
  EXPECT_TRUE(unit_bench::alive(bench.stand_in));
}

} // namespace
} // namespace supreme::tests
