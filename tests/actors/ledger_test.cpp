// Goal: the ledger commits in groups without ever mixing up, splitting or losing an answer, and
// tells honestly what it knows when the database fails. Method: a store that records its calls and
// fails when told to, around the store in memory.
#include "tests/actors/unit_bench.hpp"

#include "config/defaults.hpp"

namespace supreme::tests {
namespace {

using storage::commit_status;

/// Counts calls, remembers the size of every group, and fails on request.
class watched_store final : public storage::ledger_store {
public:
  explicit watched_store(std::shared_ptr<storage::memory_database> database)
    : inner_(std::move(database)) {}

  std::vector<storage::outcome> commit(const std::vector<storage::transaction>& group) override {
    groups.push_back(group.size());
    if (fail_before > 0) {
      --fail_before;
      throw storage::store_failure(failure, "the server is gone");
    }
    auto done = inner_.commit(group);
    if (fail_after > 0) {
      --fail_after;
      fail_before += gone_after_failure ? 1 : 0;
      throw storage::store_failure(storage::failure_kind::unknown, "the connection was lost");
    }
    return done;
  }
  void open_account(const trading::account_id& a, const trading::venue_id& v,
                    const std::map<trading::asset_id, trading::money>& m) override {
    inner_.open_account(a, v, m);
  }
  storage::account_snapshot load_account(const trading::account_id& a) override {
    if (fail_before > 0) {
      --fail_before;
      throw storage::store_failure(failure, "the server is gone");
    }
    return inner_.load_account(a);
  }
  std::optional<storage::order_row> find_order(const trading::client_order_id& id) override {
    return inner_.find_order(id);
  }
  std::vector<storage::fill_row> fills_after(const trading::account_id& a, uint64_t after,
                                             size_t limit) override {
    return inner_.fills_after(a, after, limit);
  }
  storage::account_events events_after(const trading::account_id& a, uint64_t after,
                                       size_t limit) override {
    return inner_.events_after(a, after, limit);
  }
  std::vector<storage::equity_point> equity_after(const trading::account_id& a,
                                                  const std::string& replay, uint64_t after,
                                                  size_t limit) override {
    return inner_.equity_after(a, replay, after, limit);
  }
  std::vector<trading::account_id> accounts() override { return inner_.accounts(); }
  storage::replay_progress load_progress(const std::string& r) override {
    return inner_.load_progress(r);
  }
  storage::change_outcome change_mode(const storage::mode_change& c) override {
    return inner_.change_mode(c);
  }
  storage::change_outcome command_risk(const storage::command_request& c) override {
    return inner_.command_risk(c);
  }

  std::vector<size_t> groups;
  int fail_before = 0;
  int fail_after = 0;
  bool gone_after_failure = false; ///< the call after a lost answer finds no server
  storage::failure_kind failure = storage::failure_kind::transient;

private:
  storage::memory_ledger_store inner_;
};

struct ledger_test : ::testing::Test, unit_bench {
  ledger_test() {
    store = std::make_shared<watched_store>(database_);
    books = keep(system_.actors().spawn(actors::make_ledger, store, lease_));
  }

  /// Step `number` of its own run, so that batches do not depend on each other.
  storage::transaction make_step(const std::string& run, uint64_t number = 1) {
    storage::step_transaction t;
    t.replay = run;
    t.conductor = context_of("conductor/main").claim();
    t.step = number;
    t.event_time = minute(number);
    return t;
  }

  actors::transactions make_batch(size_t size) {
    actors::transactions batch;
    for (size_t i = 0; i < size; ++i)
      batch.push_back(make_step("run" + std::to_string(++runs)));
    return batch;
  }

  /// Sends a batch without letting anybody run; the answer lands in `answers` at its number.
  void send(const actors::transactions& batch) {
    auto number = answers.size();
    answers.emplace_back();
    keep(system_.actors().spawn([this, batch, number](caf::event_based_actor* self) {
      self->request(books, 60min, batch)
        .then([this, number](const actors::outcomes& done) { answers[number] = done; },
              [this, number](caf::error& why) { answers[number] = std::move(why); });
    }));
  }

  std::shared_ptr<watched_store> store;
  actors::ledger books;
  std::vector<std::variant<std::monostate, actors::outcomes, caf::error>> answers;
  size_t runs = 0;
};

TEST_F(ledger_test, commits_everything_that_waits_at_once) {
  for (size_t i = 0; i < 10; ++i)
    send(make_batch(3));
  system_.run();
  EXPECT_EQ(store->groups, std::vector<size_t>{30});
  for (const auto& a : answers)
    EXPECT_EQ(std::get<actors::outcomes>(a).size(), 3u);
}

TEST_F(ledger_test, answers_each_batch_with_its_own_outcomes) {
  send({make_step("a"), make_step("b", 7), make_step("c")});
  send({make_step("d", 9)});
  send({make_step("e")});
  system_.run();
  ASSERT_EQ(store->groups.size(), 1u);
  const auto& first = std::get<actors::outcomes>(answers[0]);
  EXPECT_EQ(first[0].status, commit_status::applied);
  EXPECT_EQ(first[1].status, commit_status::refused); // A run begins with step 1.
  EXPECT_EQ(first[2].status, commit_status::applied);
  EXPECT_EQ(std::get<actors::outcomes>(answers[1]).at(0).status, commit_status::refused);
  EXPECT_EQ(std::get<actors::outcomes>(answers[2]).at(0).status, commit_status::applied);
}

TEST_F(ledger_test, never_splits_a_batch_over_two_commits) {
  const std::vector<size_t> sizes{40, 20, 10, 60, 4, 1, 64, 5};
  for (auto size : sizes)
    send(make_batch(size));
  system_.run();
  EXPECT_EQ(store->groups, (std::vector<size_t>{60, 10, 64, 1, 64, 5}));
  for (size_t i = 0; i < sizes.size(); ++i)
    EXPECT_EQ(std::get<actors::outcomes>(answers[i]).size(), sizes[i]);
}

TEST_F(ledger_test, refuses_a_batch_that_fits_no_commit) {
  send(make_batch(config::defaults::commit_group_max + 1));
  system_.run();
  EXPECT_TRUE(protocols::is(std::get<caf::error>(answers[0]), protocols::fault::overloaded));
  EXPECT_TRUE(store->groups.empty());
}

TEST_F(ledger_test, refuses_at_the_door_what_it_cannot_put_off) {
  constexpr size_t too_many = 5;
  for (size_t i = 0; i <= config::defaults::ledger_credit + too_many; ++i)
    send(make_batch(1));
  system_.run();
  size_t refused = 0;
  for (const auto& a : answers) {
    if (const auto* why = std::get_if<caf::error>(&a))
      refused += protocols::is(*why, protocols::fault::overloaded) ? 1u : 0u;
    else
      EXPECT_EQ(std::get<actors::outcomes>(a).at(0).status, commit_status::applied);
  }
  EXPECT_EQ(refused, too_many);
}

TEST_F(ledger_test, answers_an_empty_batch_without_asking_the_database) {
  send({});
  system_.run();
  EXPECT_TRUE(std::get<actors::outcomes>(answers[0]).empty());
  EXPECT_TRUE(store->groups.empty());
}

TEST_F(ledger_test, lives_on_after_a_transient_failure) {
  store->fail_before = 1;
  send(make_batch(2));
  send(make_batch(1));
  system_.run();
  for (const auto& a : answers)
    EXPECT_TRUE(protocols::is(std::get<caf::error>(a), protocols::fault::database));
  send(make_batch(1));
  system_.run();
  EXPECT_EQ(std::get<actors::outcomes>(answers[2]).at(0).status, commit_status::applied);
}

TEST_F(ledger_test, reads_back_a_commit_whose_answer_was_lost) {
  store->fail_after = 1;
  send({make_step("a")});
  system_.run();
  // It had been committed: the second time it is there already.
  EXPECT_EQ(std::get<actors::outcomes>(answers[0]).at(0).status, commit_status::unchanged);
  EXPECT_EQ(rows_.load_progress("a").step, 1u);
}

TEST_F(ledger_test, says_unknown_when_reading_back_fails_as_well) {
  store->fail_after = 2;
  send({make_step("a")});
  system_.run();
  EXPECT_TRUE(protocols::is(std::get<caf::error>(answers[0]), protocols::fault::database_unknown));
  EXPECT_EQ(rows_.load_progress("a").step, 1u);
}

TEST_F(ledger_test, says_unknown_when_the_server_is_gone_before_it_can_read_back) {
  store->fail_after = 1;
  store->gone_after_failure = true;
  send({make_step("a")});
  system_.run();
  // "Nothing was written" would be a lie here.
  EXPECT_TRUE(protocols::is(std::get<caf::error>(answers[0]), protocols::fault::database_unknown));
  EXPECT_EQ(rows_.load_progress("a").step, 1u);
}

TEST_F(ledger_test, answers_reads_that_fail) {
  store->fail_before = 1;
  auto answer = system_.ask<storage::account_snapshot>(
    books, 0ns, actors::load_account{trading::account_id{"main"}});
  ASSERT_FALSE(answer);
  EXPECT_TRUE(protocols::is(answer.error(), protocols::fault::database));
  open_accounts();
  EXPECT_TRUE(system_.ask<storage::account_snapshot>(
    books, 0ns, actors::load_account{trading::account_id{"main"}}));
}

/// A store in which time passes, as in a database that hangs.
TEST_F(ledger_test, shows_how_long_it_has_been_inside_the_database) {
  database_->set_faults([this](std::string_view) {
    EXPECT_FALSE(lease_->ledger_stuck(3s));
    system_.pass(3s + 1ms);
    EXPECT_TRUE(lease_->ledger_stuck(3s));
    return storage::injected_fault::none;
  });
  send(make_batch(1));
  system_.run();
  database_->set_faults(nullptr);
  EXPECT_FALSE(lease_->ledger_stuck(0s));
  EXPECT_EQ(std::get<actors::outcomes>(answers[0]).at(0).status, commit_status::applied);
}

} // namespace
} // namespace supreme::tests
