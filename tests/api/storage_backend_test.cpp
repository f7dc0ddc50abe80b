// Goal: the backend survives whatever the database does, and a mode change is told to the guards
// exactly when it stands. Method: stores that do as the test says, behind the real interfaces.

#include "api/storage_backend.hpp"
#include "tests/config/sample.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

using namespace supreme;
using namespace supreme::api;
using storage::change_outcome;
using storage::failure_kind;
using storage::mode_scope;
using storage::store_failure;
using trading::trading_mode;

namespace {

/// What the stores do, shared by all that the factories make.
struct script {
  std::deque<std::optional<failure_kind>>
    calls; ///< of the coming calls: how each fails, or that it does not; then all work
  size_t opened = 0;
  size_t called = 0;
  bool refuses_to_open = false;
  std::vector<storage::mode_change> changes;
  std::vector<storage::command_request> commands;
  change_outcome outcome = change_outcome::applied;
  std::optional<storage::config_row> config;
  std::vector<nlohmann::json> modes;

  void open() {
    ++opened;
    if (refuses_to_open)
      throw store_failure(failure_kind::transient, "no connection");
  }
  void call() {
    ++called;
    if (calls.empty())
      return;
    const auto next = calls.front();
    calls.pop_front();
    if (next)
      throw store_failure(*next, "scripted");
  }
};

class scripted_reader final : public storage::reader {
public:
  explicit scripted_reader(script& s) : script_(s) { script_.open(); }
  storage::page list(storage::view v, const std::map<std::string, std::string>& filters, size_t,
                     const std::optional<std::string>& cursor) override {
    script_.call();
    storage::page page;
    if (v != storage::view::modes)
      return page;
    // One row a page, so that paging is exercised.
    const size_t first = cursor ? std::stoul(*cursor) : 0;
    for (size_t i = first; i < script_.modes.size(); ++i) {
      const auto& row = script_.modes[i];
      bool fits = true;
      for (const auto& [column, value] : filters)
        fits = fits && row[column] == value;
      if (!fits)
        continue;
      page.rows.push_back(row);
      if (i + 1 < script_.modes.size())
        page.next = std::to_string(i + 1);
      break;
    }
    return page;
  }
  std::optional<nlohmann::json> why(const std::string& id) override {
    script_.call();
    return nlohmann::json{{"id", id}};
  }
  nlohmann::json summary() override {
    script_.call();
    return {{"fills", 3}};
  }

private:
  script& script_;
};

class scripted_ledger final : public storage::ledger_store {
public:
  explicit scripted_ledger(script& s) : script_(s) { script_.open(); }
  storage::change_outcome change_mode(const storage::mode_change& change) override {
    script_.call();
    script_.changes.push_back(change);
    return script_.outcome;
  }
  storage::change_outcome command_risk(const storage::command_request& request) override {
    script_.call();
    script_.commands.push_back(request);
    return script_.outcome;
  }
  std::vector<storage::outcome> commit(const std::vector<storage::transaction>&) override {
    throw std::logic_error("not used");
  }
  void open_account(const trading::account_id&, const trading::venue_id&,
                    const std::map<trading::asset_id, trading::money>&) override {
    throw std::logic_error("not used");
  }
  storage::account_snapshot load_account(const trading::account_id&) override {
    throw std::logic_error("not used");
  }
  std::optional<storage::order_row> find_order(const trading::client_order_id&) override {
    throw std::logic_error("not used");
  }
  std::vector<storage::fill_row> fills_after(const trading::account_id&, uint64_t,
                                             size_t) override {
    throw std::logic_error("not used");
  }
  storage::account_events events_after(const trading::account_id&, uint64_t, size_t) override {
    throw std::logic_error("not used");
  }
  std::vector<storage::equity_point> equity_after(const trading::account_id&, const std::string&,
                                                  uint64_t, size_t) override {
    throw std::logic_error("not used");
  }
  std::vector<trading::account_id> accounts() override { throw std::logic_error("not used"); }
  storage::replay_progress load_progress(const std::string&) override {
    throw std::logic_error("not used");
  }

private:
  script& script_;
};

class scripted_cluster final : public storage::cluster_store {
public:
  explicit scripted_cluster(script& s) : script_(s) { script_.open(); }
  storage::cluster_view view() override {
    script_.call();
    storage::cluster_view out;
    out.config_version = script_.config ? script_.config->version : 0;
    return out;
  }
  std::optional<storage::config_row> latest_config() override {
    script_.call();
    return script_.config;
  }
  storage::registered register_node(const storage::node_registration&) override {
    throw std::logic_error("not used");
  }
  storage::cluster_view renew(const std::string&, uint64_t, int64_t, uint64_t) override {
    throw std::logic_error("not used");
  }
  void leave(const std::string&, uint64_t) override { throw std::logic_error("not used"); }
  std::optional<uint64_t> claim(const std::string&, const std::string&, uint64_t) override {
    throw std::logic_error("not used");
  }
  bool release(const std::string&, const std::string&, uint64_t, uint64_t) override {
    throw std::logic_error("not used");
  }
  uint64_t next_incarnation() override { throw std::logic_error("not used"); }
  std::optional<storage::config_row> config(uint64_t) override {
    throw std::logic_error("not used");
  }
  std::optional<uint64_t> apply_config(const std::string&, const std::string&, const std::string&,
                                       uint64_t) override {
    throw std::logic_error("not used");
  }
  void record_event(const storage::actor_event&) override { throw std::logic_error("not used"); }

private:
  script& script_;
};

class storage_backend_test : public ::testing::Test {
protected:
  storage_factories factories() {
    return {[this] { return std::make_unique<scripted_reader>(reader_); },
            [this] { return std::make_unique<scripted_ledger>(ledger_); },
            [this] { return std::make_unique<scripted_cluster>(cluster_); }};
  }
  void commit_config(uint64_t version) {
    cluster_.config = storage::config_row{version, supreme::tests::sample_cluster(), "", "ada"};
  }
  static storage::mode_change halt(mode_scope scope, const std::string& name) {
    return {scope, name, trading_mode::halted, "tom", "drill"};
  }

  script reader_;
  script ledger_;
  script cluster_;
  std::vector<storage::mode_change> told_;
  storage_backend backend_{factories(),
                           [this](const storage::mode_change& c) { told_.push_back(c); }};
};

} // namespace

TEST_F(storage_backend_test, connects_when_it_is_first_asked) {
  EXPECT_EQ(reader_.opened, 0U);
  EXPECT_EQ(backend_.status()["fills"], 3);
  EXPECT_EQ(backend_.why("m1-1")->at("id"), "m1-1");
  EXPECT_EQ(reader_.opened, 1U);
}

TEST_F(storage_backend_test, asks_once_more_on_a_new_connection_when_an_old_one_broke) {
  EXPECT_EQ(backend_.status()["fills"], 3);
  reader_.calls = {failure_kind::transient};
  EXPECT_EQ(backend_.status()["fills"], 3);
  EXPECT_EQ(reader_.opened, 2U);
  EXPECT_EQ(reader_.called, 3U);
}

TEST_F(storage_backend_test, gives_up_after_one_more_try_and_recovers_later) {
  EXPECT_EQ(backend_.status()["fills"], 3);
  reader_.calls = {failure_kind::transient, failure_kind::unknown};
  EXPECT_THROW((void)backend_.status(), store_failure);
  EXPECT_EQ(reader_.opened, 2U);
  reader_.refuses_to_open = true;
  EXPECT_THROW((void)backend_.status(), store_failure);
  reader_.refuses_to_open = false;
  EXPECT_EQ(backend_.status()["fills"], 3);
}

TEST_F(storage_backend_test, does_not_repeat_what_will_stay_wrong) {
  EXPECT_EQ(backend_.status()["fills"], 3);
  reader_.calls = {failure_kind::definitive};
  EXPECT_THROW((void)backend_.status(), store_failure);
  EXPECT_EQ(reader_.called, 2U);
  EXPECT_EQ(backend_.status()["fills"], 3);
  EXPECT_EQ(reader_.opened, 1U) << "the connection is good";
}

TEST_F(storage_backend_test, tells_the_guards_of_a_mode_that_stands) {
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::global, "")), change_outcome::applied);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].mode, trading_mode::halted);
  ledger_.outcome = change_outcome::unchanged;
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::global, "")), change_outcome::unchanged);
  EXPECT_EQ(told_.size(), 2U) << "asking again heals a lost message";
}

TEST_F(storage_backend_test, tells_nobody_of_a_mode_that_does_not_stand) {
  for (const auto outcome : {change_outcome::needs_second_person, change_outcome::unknown_scope}) {
    ledger_.outcome = outcome;
    EXPECT_EQ(backend_.change_mode(halt(mode_scope::account, "main")), outcome);
  }
  ledger_.calls = {failure_kind::unknown, failure_kind::unknown};
  EXPECT_THROW((void)backend_.change_mode(halt(mode_scope::global, "")), store_failure);
  EXPECT_TRUE(told_.empty());
}

TEST_F(storage_backend_test, repeats_a_halt_whose_connection_broke) {
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::global, "")), change_outcome::applied);
  ledger_.calls = {failure_kind::unknown};
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::account, "main")), change_outcome::applied);
  EXPECT_EQ(ledger_.changes.size(), 2U);
}

TEST_F(storage_backend_test, announces_an_unrecorded_halt_only_where_somebody_listens) {
  EXPECT_TRUE(backend_.announce_unrecorded(halt(mode_scope::global, "")));
  EXPECT_EQ(told_.size(), 1U);
  storage_backend deaf{factories()};
  EXPECT_FALSE(deaf.announce_unrecorded(halt(mode_scope::global, "")));
  EXPECT_EQ(deaf.change_mode(halt(mode_scope::global, "")), change_outcome::applied);
}

TEST_F(storage_backend_test, restricts_only_strategies_and_instruments_that_are_configured) {
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::strategy, "trend")),
            change_outcome::unknown_scope)
    << "nothing is configured yet";
  commit_config(1);
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::strategy, "trend")), change_outcome::applied);
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::strategy, "trnd")),
            change_outcome::unknown_scope);
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::instrument, "BTCUSDT")), change_outcome::applied);
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::instrument, "trend")),
            change_outcome::unknown_scope);
  auto resume = halt(mode_scope::strategy, "gone");
  resume.mode = trading_mode::active;
  EXPECT_EQ(backend_.change_mode(resume), change_outcome::applied)
    << "what left the configuration can still be allowed";
}

TEST_F(storage_backend_test, a_halt_of_everything_or_an_account_asks_only_the_ledger) {
  cluster_.refuses_to_open = true;
  reader_.refuses_to_open = true;
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::global, "")), change_outcome::applied);
  EXPECT_EQ(backend_.change_mode(halt(mode_scope::account, "main")), change_outcome::applied);
}

TEST_F(storage_backend_test, reads_the_mode_of_exactly_one_scope) {
  reader_.modes = {{{"scope", "account"}, {"name", "main"}, {"mode", "halted"}},
                   {{"scope", "strategy"}, {"name", "main"}, {"mode", "reducing"}}};
  EXPECT_EQ(backend_.current_mode(mode_scope::strategy, "main"), trading_mode::reducing);
  EXPECT_EQ(backend_.current_mode(mode_scope::account, "main"), trading_mode::halted);
  EXPECT_EQ(backend_.current_mode(mode_scope::global, ""), trading_mode::active);
}

TEST_F(storage_backend_test, takes_a_mode_it_does_not_know_for_the_strictest) {
  reader_.modes = {{{"scope", "global"}, {"name", ""}, {"mode", "frozen"}}};
  EXPECT_EQ(backend_.current_mode(mode_scope::global, ""), trading_mode::halted);
}

TEST_F(storage_backend_test, describes_strategies_with_the_modes_of_all_pages) {
  commit_config(1);
  reader_.modes = {{{"scope", "account"}, {"name", "other"}, {"mode", "active"}},
                   {{"scope", "strategy"}, {"name", "trend"}, {"mode", "reducing"}}};
  const auto report = backend_.strategies();
  ASSERT_FALSE(report["items"].empty());
  EXPECT_EQ(report["items"][0]["mode"], "reducing");
}

TEST_F(storage_backend_test, answers_without_a_committed_configuration) {
  EXPECT_TRUE(backend_.strategies()["items"].empty());
  EXPECT_TRUE(backend_.cluster()["cluster"].is_null());
  EXPECT_TRUE(backend_.actors()["items"].empty());
}

TEST_F(storage_backend_test, follows_the_committed_configuration) {
  commit_config(1);
  EXPECT_EQ(backend_.cluster()["cluster"], "demo");
  const std::string before = "\"demo\"";
  cluster_.config->version = 2;
  auto& text = cluster_.config->text;
  text.replace(text.find(before), before.size(), "\"other\"");
  EXPECT_EQ(backend_.cluster()["cluster"], "other");
}

TEST_F(storage_backend_test, is_ready_when_the_database_answers_and_something_is_committed) {
  std::string why;
  EXPECT_FALSE(backend_.ready(why));
  EXPECT_NE(why.find("configuration"), std::string::npos);
  commit_config(1);
  EXPECT_TRUE(backend_.ready(why));
  cluster_.calls = {failure_kind::transient, failure_kind::transient};
  EXPECT_FALSE(backend_.ready(why));
  EXPECT_NE(why.find("does not answer"), std::string::npos);
  EXPECT_TRUE(backend_.ready(why));
  commit_config(2);
  cluster_.config->text = "nonsense";
  EXPECT_FALSE(backend_.ready(why));
  EXPECT_NE(why.find("this build"), std::string::npos);
}

TEST(mode_scopes, have_names_that_read_back) {
  for (const auto scope :
       {mode_scope::global, mode_scope::account, mode_scope::strategy, mode_scope::instrument})
    EXPECT_EQ(parse_mode_scope(to_string(scope)), scope);
  EXPECT_FALSE(parse_mode_scope("Global"));
  EXPECT_FALSE(parse_mode_scope(""));
}

TEST_F(storage_backend_test,
       commands_only_rules_that_are_configured_but_releases_what_was_latched) {
  using kind = trading::risk_command_kind;
  const auto say = [](kind k, trading::breaker_scope scope, const std::string& name) {
    return storage::command_request{trading::account_id{"main"}, {k, {scope, name}}, "tom", "r"};
  };
  const auto latch = say(kind::latch_breaker, trading::breaker_scope::strategy, "trend");
  const auto accept = say(kind::accept_drawdown, {}, "");
  EXPECT_EQ(backend_.command_risk(latch), change_outcome::unknown_scope) << "nothing is committed";
  commit_config(1);
  EXPECT_EQ(backend_.command_risk(latch), change_outcome::unknown_scope) << "it has no breaker";
  EXPECT_EQ(backend_.command_risk(accept), change_outcome::unknown_scope);
  auto& text = cluster_.config->text;
  const std::string before = "[accounts.limits]\n";
  text.replace(text.find(before), 0, R"([[accounts.breakers]]
scope = "strategy"
name = "trend"
consecutive_losses = 3
cool_down_s = 60
)");
  cluster_.config->version = 2;
  EXPECT_EQ(backend_.command_risk(latch), change_outcome::applied);
  EXPECT_EQ(backend_.command_risk(accept), change_outcome::applied);
  EXPECT_EQ(
    backend_.command_risk(say(kind::latch_breaker, trading::breaker_scope::strategy, "trnd")),
    change_outcome::unknown_scope);
  EXPECT_EQ(
    backend_.command_risk(say(kind::release_breaker, trading::breaker_scope::strategy, "gone")),
    change_outcome::applied)
    << "the rows know what is latched";
  EXPECT_EQ(ledger_.commands.size(), 3U);
  EXPECT_TRUE(told_.empty()) << "guards take it from the rows";
}
