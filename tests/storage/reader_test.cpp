// Goal: a trader's questions are answered by the views, as pages that neither lose nor repeat rows,
// and by `why`. Method: a small day of trading is committed through the ledger and read back as the
// reader role.
#include "storage/open.hpp"
#include "storage/sha256.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>

#include <set>

namespace supreme::tests {

using namespace storage;
using namespace trading;
using nlohmann::json;

class views : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    reader_ = open_postgres_reader(conninfo());
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
  }

  order_row buy(const std::string& cause, std::string_view size) {
    return commit(*ledger_, desk_.fused(desk_.decide(cause, side::buy, size, "10"), 1))
      .order.value();
  }

  page read(view v, const std::map<std::string, std::string>& filters = {}) {
    return reader_->list(v, filters, 100, std::nullopt);
  }

  failure_kind failure(view v, const std::map<std::string, std::string>& filters,
                       const std::optional<std::string>& cursor) {
    try {
      static_cast<void>(reader_->list(v, filters, 10, cursor));
    } catch (const store_failure& f) {
      return f.kind();
    }
    ADD_FAILURE() << "no failure";
    return failure_kind::unknown;
  }

  desk desk_;
  std::unique_ptr<reader> reader_;
};

INSTANTIATE_TEST_SUITE_P(postgres, views, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(views, every_view_can_be_read_by_the_reader) {
  for (const auto v :
       {view::positions, view::trades, view::orders, view::refusals, view::nodes, view::units,
        view::node_history, view::actor_history, view::config_versions, view::modes, view::equity,
        view::signals, view::slots, view::parked, view::quarantine, view::breakers})
    EXPECT_NO_THROW(static_cast<void>(read(v))) << static_cast<int>(v);
}

TEST_P(views, positions_and_trades_are_exact_text) {
  const auto o = buy("c1", "3");
  ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, o, "t1", "1.00000001", "3", "0.00000003")).status,
            commit_status::applied);
  const auto positions = read(view::positions);
  ASSERT_EQ(positions.rows.size(), 1U);
  const auto& p = positions.rows[0];
  EXPECT_EQ(p.at("account"), "main");
  EXPECT_EQ(p.at("size"), "3");
  EXPECT_EQ(p.at("cost"), "3.00000003");
  EXPECT_EQ(p.at("average_price"), "1.00000001");
  EXPECT_EQ(p.at("realised_net"), "-0.00000003");
  EXPECT_EQ(p.at("fill_count"), "1");
  EXPECT_FALSE(positions.next);
  const auto t = read(view::trades).rows.at(0);
  EXPECT_EQ(t.at("price"), "1.00000001");
  EXPECT_EQ(t.at("account_seq"), "1");
  EXPECT_EQ(t.at("event_time"), "2026-04-19T13:57:00.123456Z");
  EXPECT_EQ(t.at("event_time_ns"), "1776607020123456789");
}

TEST_P(views, an_order_shows_its_life) {
  const auto o = buy("c1", "3");
  static_cast<void>(commit(*ledger_, desk_.report(o.order.id, order_state::open)));
  static_cast<void>(commit(*ledger_, desk_.report(o.order.id, order_state::cancelled)));
  const auto row = read(view::orders, {{"id", o.order.id.str()}}).rows.at(0);
  EXPECT_EQ(row.at("state"), "cancelled");
  ASSERT_EQ(row.at("life").size(), 3U);
  EXPECT_EQ(row.at("life")[0].at("kind"), "decided");
  EXPECT_EQ(row.at("life")[2].at("from"), "open");
  EXPECT_EQ(row.at("life")[2].at("to"), "cancelled");
}

TEST_P(views, a_refusal_names_its_check_and_both_numbers) {
  static_cast<void>(commit(*ledger_, desk_.decide("c1", side::buy, "1", "1000.5")));
  const auto row = read(view::refusals).rows.at(0);
  EXPECT_EQ(row.at("refusal"), "cash");
  EXPECT_EQ(row.at("decided_by"), "rows");
  EXPECT_EQ(row.at("limit_value"), "1000");
  EXPECT_EQ(row.at("seen_value"), "1000.5");
  EXPECT_EQ(row.at("checks").size(), 2U);
}

TEST_P(views, a_refusal_of_no_size_says_what_was_missing) {
  auto t = desk_.refuse("c1", refusal::quantity_zero);
  t.verdict.checks = {{refusal::quantity_zero, false, "0.1"_d, "0"_d, trading::zero_size::no_stop}};
  static_cast<void>(commit(*ledger_, t));
  static_cast<void>(commit(*ledger_, desk_.refuse("c2", refusal::halted)));
  const auto rows = read(view::refusals).rows;
  EXPECT_TRUE(rows.at(0).at("why").is_null());
  EXPECT_EQ(rows.at(1).at("why"), "no_stop");
  EXPECT_EQ(rows.at(1).at("checks")[0].at("why"), "no_stop");
}

TEST_P(views, pages_hold_every_row_once_newest_first) {
  std::set<std::string> made;
  for (int i = 0; i < 7; ++i)
    made.insert(buy("c" + std::to_string(i), "1").order.id.str());
  std::set<std::string> seen;
  std::optional<std::string> cursor;
  int64_t last = INT64_MAX;
  int pages = 0;
  do {
    const auto p = reader_->list(view::orders, {{"account", "main"}}, 3, cursor);
    for (const auto& row : p.rows) {
      EXPECT_TRUE(seen.insert(row.at("id")).second);
      const auto number = std::stoll(row.at("number").get<std::string>());
      EXPECT_LT(number, last);
      last = number;
    }
    cursor = p.next;
    ++pages;
  } while (cursor);
  EXPECT_EQ(seen, made);
  EXPECT_EQ(pages, 3);
}

TEST_P(views, pages_over_several_keys_hold_every_row_once) {
  for (int i = 0; i < 5; ++i)
    static_cast<void>(
      commit(*ledger_, desk_.refuse("c" + std::to_string(i), refusal::min_notional)));
  for (const auto v : {view::signals, view::refusals}) {
    std::set<std::string> seen;
    std::optional<std::string> cursor;
    do {
      const auto p = reader_->list(v, {}, 2, cursor);
      for (const auto& row : p.rows)
        EXPECT_TRUE(seen.insert(row.at("cause")).second);
      cursor = p.next;
    } while (cursor);
    EXPECT_EQ(seen.size(), 5U);
  }
}

TEST_P(views, unknown_columns_values_and_cursors_are_definitive_failures) {
  EXPECT_EQ(failure(view::orders, {{"nonsense", "1"}}, {}), failure_kind::definitive);
  EXPECT_EQ(failure(view::orders, {{"number", "one"}}, {}), failure_kind::definitive);
  EXPECT_EQ(failure(view::orders, {{"id\" = '' OR \"id", "x"}}, {}), failure_kind::definitive);
  EXPECT_EQ(failure(view::orders, {}, "zz"), failure_kind::definitive);
  EXPECT_EQ(failure(view::orders, {}, "5b5d"), failure_kind::definitive);
  EXPECT_EQ(failure(view::orders, {}, "5b2278225d"), failure_kind::definitive); // ["x"]
}

TEST_P(views, a_value_is_never_read_as_sql) {
  buy("c1", "1");
  EXPECT_TRUE(read(view::orders, {{"account", "main' OR '1'='1"}}).rows.empty());
}

TEST_P(views, why_tells_an_order_from_its_signal_to_its_position) {
  ASSERT_EQ(cluster_->apply_config("a = 1\n", sha256_hex("a = 1\n"), "alice", 0), 1U);
  const auto o = buy("c1", "3");
  static_cast<void>(commit(*ledger_, desk_.report(o.order.id, order_state::open)));
  static_cast<void>(commit(*ledger_, desk_.fill(*ledger_, o, "t1", "30", "3")));
  const auto story = reader_->why(o.order.id.str()).value();
  EXPECT_EQ(story.at("order").at("state"), "filled");
  EXPECT_EQ(story.at("order").at("size"), "3");
  std::vector<std::string> what;
  for (const auto& e : story.at("events"))
    what.push_back(e.at("what"));
  EXPECT_EQ(what, (std::vector<std::string>{"signal", "verdict", "decided", "reported", "fill"}));
  const auto& signal = story.at("events")[0].at("detail");
  EXPECT_EQ(signal.at("reason"), "macd crossed");
  EXPECT_EQ(signal.at("inputs"), json::parse(R"([["macd","0.12345678"],["signal","-0.5"]])"));
  EXPECT_EQ(story.at("events")[1].at("detail").at("checks")[0].at("code"), "max_quantity");
  EXPECT_EQ(story.at("events")[4].at("detail").at("fill").at("position_after"), "3");
  EXPECT_EQ(story.at("configuration").at("applied_by"), "alice");
  EXPECT_FALSE(reader_->why("m1-99"));
}

TEST_P(views, the_summary_counts_what_happened) {
  const auto o = buy("c1", "3");
  static_cast<void>(commit(*ledger_, desk_.fill(*ledger_, o, "t1", "30", "1")));
  static_cast<void>(commit(*ledger_, desk_.refuse("c2", refusal::min_notional)));
  const auto s = reader_->summary();
  EXPECT_EQ(s.at("signals"), 2);
  EXPECT_EQ(s.at("orders"), json::parse(R"({"partially_filled":1})"));
  EXPECT_EQ(s.at("refusals"), json::parse(R"({"min_notional":1})"));
  EXPECT_EQ(s.at("fills"), 1);
}

TEST_P(views, who_changed_what_is_answered_from_the_audit_trail) {
  ASSERT_EQ(ledger_->change_mode({mode_scope::global, "", trading_mode::halted, "alice", "test"}),
            change_outcome::applied);
  EXPECT_EQ(
    sql("SET ROLE supreme_reader; SELECT actor FROM audit.v_changes WHERE stream = 'modes'"),
    "alice");
  EXPECT_EQ(
    sql(
      "SET ROLE supreme_reader; SELECT payload->>'to' FROM audit.v_changes WHERE stream = 'modes'"),
    "halted");
}

TEST_P(views, the_reader_can_neither_read_tables_nor_write) {
  for (const auto* text :
       {"SELECT * FROM trading.orders", "SELECT trading.park('a','b','c','d')",
        "SELECT trading.change_mode('global','','active','x','y')", "SELECT * FROM audit.log"})
    EXPECT_ANY_THROW(sql(std::string{"SET ROLE supreme_reader; "} + text)) << text;
}

TEST_P(views, every_view_says_which_question_it_answers) {
  EXPECT_EQ(sql("SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = c.relnamespace "
                "WHERE c.relkind = 'v' AND n.nspname IN ('trading', 'cluster', 'audit', 'market') "
                "AND obj_description(c.oid) IS NULL"),
            "");
}

} // namespace supreme::tests
