// Goal: a conductor that starts in the middle of a run knows every price before it drives anybody,
// and is obeyed at once. Method: the actor between real feeds and a venue that only counts, and,
// for whole runs, test_cluster.
#include "actors/feed/feed.hpp"
#include "actors/replay/conductor.hpp"
#include "tests/actors/finite_history.hpp"
#include "tests/actors/test_cluster.hpp"
#include "tests/actors/unit_bench.hpp"

namespace supreme::tests {
namespace {

/// Counts steps and answers none.
struct step_counter {
  size_t steps = 0;
};

protocols::venue_port::behavior_type make_counting_venue(protocols::venue_port::pointer self,
                                                         std::shared_ptr<step_counter> counter) {
  using namespace protocols;
  return {
    [](const venue_logon&) { return venue_session{}; },
    [](const venue_submit&) { return venue_reports{}; },
    [](const venue_query&) { return venue_reports{}; },
    [](const venue_cancel&) { return venue_reports{}; },
    [](const venue_trades_query&) { return venue_trades{}; },
    [self, counter](const venue_step&) {
      ++counter->steps;
      return self->make_response_promise<venue_stepped>();
    },
  };
}

/// Has the bars of a real feed, and keeps its history to itself, like a peer whose answer the
/// network lost.
protocols::feed::behavior_type make_tongue_tied_feed(protocols::feed::pointer self,
                                                     protocols::feed real) {
  return {
    [self, real](protocols::fetch_atom, const protocols::bar_query& q) {
      return self->delegate(real, protocols::fetch_atom_v, q);
    },
    [self](protocols::history_atom, const protocols::bar_query&) {
      return self->make_response_promise<protocols::bar_batch>();
    },
  };
}

struct conductor_test : ::testing::Test, unit_bench {
  conductor_test() {
    open_accounts();
    place("venue/sim", keep(system_.actors().spawn(make_counting_venue, counter)));
  }

  protocols::feed start_feed(const std::string& name, uint32_t shard) {
    std::vector<std::shared_ptr<venues::bar_history>> histories;
    for (auto& h : actors::open_histories(settings(), *settings().find_feed(name), shard))
      histories.push_back(std::make_shared<finite_history>(std::move(h), minute(60)));
    return keep(system_.actors().spawn(actors::make_feed, std::move(histories)));
  }

  void finish_steps(uint64_t count) {
    for (uint64_t n = 1; n <= count; ++n) {
      storage::step_transaction t;
      t.replay = "main";
      t.conductor = claim_of("conductor/main");
      t.step = n;
      t.event_time = minute(n);
      ASSERT_EQ(rows_.commit({t}).front().status, storage::commit_status::applied);
    }
  }

  std::shared_ptr<step_counter> counter = std::make_shared<step_counter>();
};

TEST_F(conductor_test, drives_nobody_before_it_knows_the_last_price_of_everything) {
  finish_steps(5);
  auto first = start_feed("minute", 0);
  place("feed/minute/0", first);
  place("feed/minute/1",
        keep(system_.actors().spawn(make_tongue_tied_feed, start_feed("minute", 1))));
  place("feed/slow/0", start_feed("slow", 0));
  auto conductor =
    keep(system_.actors().spawn(actors::make_conductor, context_of("conductor/main")));
  system_.run();
  // It waits for ETHUSDT's history. Meanwhile a feed that it has asked before goes down and comes
  // back.
  kill(first);
  system_.run();
  place("feed/minute/0", start_feed("minute", 0));
  system_.advance(1s);
  EXPECT_EQ(counter->steps, 0u) << "a step was begun without the marks of ETHUSDT and BNBUSDT";
}

TEST_F(conductor_test, begins_where_the_committed_steps_end) {
  finish_steps(5);
  place("feed/minute/0", start_feed("minute", 0));
  place("feed/minute/1", start_feed("minute", 1));
  place("feed/slow/0", start_feed("slow", 0));
  auto conductor =
    keep(system_.actors().spawn(actors::make_conductor, context_of("conductor/main")));
  system_.run();
  EXPECT_EQ(counter->steps, 1u);
}

TEST_F(conductor_test, ends_itself_when_it_cannot_resume) {
  finish_steps(5);
  auto conductor =
    keep(system_.actors().spawn(actors::make_conductor, context_of("conductor/main")));
  system_.advance(10s);
  EXPECT_FALSE(alive(conductor));
  EXPECT_EQ(counter->steps, 0u);
}

TEST(conductor_actor, is_obeyed_at_once_when_it_is_started_again_in_the_middle_of_a_late_step) {
  test_cluster cluster{{cluster_text{}.to_toml(), 400}};
  cluster.start_node("n1");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() == 350; }));
  // The guard has heard this life's many attempts, and decides; then another life begins to count.
  auto decided = [&] { return cluster.rows().decisions.size(); };
  auto before = decided();
  ASSERT_TRUE(cluster.run_until([&] { return decided() > before; }));
  auto step = cluster.steps();
  ASSERT_TRUE(cluster.kill_unit("conductor/main"));
  auto killed_at = cluster.system().clock().since_boot();
  ASSERT_TRUE(cluster.run_until([&] { return cluster.steps() > step; })) << cluster.story();
  EXPECT_LT(cluster.system().clock().since_boot() - killed_at, 1s);
}

} // namespace
} // namespace supreme::tests
