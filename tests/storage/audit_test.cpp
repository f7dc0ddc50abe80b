// Goal: `verify` finds nothing on honest data and names every kind of tampering: each column of an
// audit row, missing, swapped and added rows, and each column of the business rows that the trail
// accounts for. Method: a day with every kind of transaction is committed; then a superuser changes
// the database with triggers off, as an insider would, and the report must name the place. The list
// of columns comes from the database, so a new column that is not audited fails here.
#include "storage/audit/table.hpp"
#include "storage/audit_anchor.hpp"
#include "storage/open.hpp"
#include "storage/sha256.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace supreme::tests {

using namespace storage;
using namespace trading;
using ::testing::HasSubstr;

class audit_trail : public store_test {
protected:
  void SetUp() override {
    store_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    auditor_ = open_postgres_auditor(conninfo());
    desk_.guard = own("guard/main");
    desk_.strategy = own("strategy/trend/0");
    desk_.executor = own("executor/main");
    desk_.portfolio = own("portfolio/main");
    conductor_ = own("conductor/main");
    trade_a_day();
  }

  void TearDown() override {
    if (!folder_.empty())
      std::filesystem::remove_all(folder_);
    store_test::TearDown();
  }

  /// At least one row in every audited table, and every kind of audit row.
  void trade_a_day() {
    ledger_->open_account(account_id{"main"}, venue_id{"sim"}, {{asset_id{"USDT"}, "1000"_d}});
    ASSERT_EQ(cluster_->apply_config("a = 1\n", sha256_hex("a = 1\n"), "alice", 0), 1U);
    auto wish = desk_.decide("c1", side::buy, "3", "310.00000001");
    wish.wish.hints = {"1.5"_d, "2.5"_d, 800'000'000, 250'000'000};
    const auto bought = commit(*ledger_, desk_.fused(std::move(wish), 1)).order.value();
    auto ack = desk_.report(bought.order.id, order_state::open);
    ack.venue_order = venue_order_id{"v-1"};
    expect_applied(ack);
    expect_applied(desk_.fill(*ledger_, bought, "t1", "100.3", "1", "0.1"));
    expect_applied(desk_.fill(*ledger_, bought, "t2", "100.7", "2", "0.001", "BTC"));
    const auto sold = commit(*ledger_, desk_.decide("c2", side::sell, "1.5", "0")).order.value();
    expect_applied(desk_.submit(sold.order.id, 2));
    auto again = desk_.submit(sold.order.id, 3);
    again.proven_not_accepted = true;
    expect_applied(again);
    expect_applied(desk_.fill(*ledger_, sold, "t3", "101.11", "0.7", "0.07"));
    auto cancel = desk_.report(sold.order.id, order_state::cancelled);
    cancel.reason = "asked for";
    expect_applied(cancel);
    expect_applied(desk_.fill(*ledger_, sold, "t4", "101.12", "0.1", "0.02", "BNB"));
    auto late_ack = desk_.report(sold.order.id, order_state::open);
    late_ack.venue_order = venue_order_id{"v-2"};
    expect_applied(late_ack);
    auto stop = desk_.decide("c1", side::sell, "3", "0");
    stop.wish.key.leg = 2;
    stop.verdict.type = order_type::stop;
    stop.verdict.stop_price = "90.5"_d;
    stop.verdict.reduce_only = true;
    const auto waiting = commit(*ledger_, desk_.fused(stop, 3)).order.value();
    expect_applied(desk_.report(waiting.order.id, order_state::open));
    expect_applied(desk_.fill(*ledger_, waiting, "t5", "90.5", "0.1"));
    expect_applied(desk_.report(waiting.order.id, order_state::cancelled));
    auto target = desk_.decide("c1", side::sell, "3", "0");
    target.wish.key.leg = 3;
    target.verdict.type = order_type::limit;
    target.verdict.limit_price = "120"_d;
    target.verdict.reduce_only = true;
    static_cast<void>(commit(*ledger_, target));
    static_cast<void>(commit(*ledger_, desk_.refuse("c3", refusal::min_notional)));
    static_cast<void>(commit(*ledger_, desk_.decide("c4", side::buy, "1", "99999")));
    static_cast<void>(commit(*ledger_, desk_.decide("c5", side::buy, "0.5", "50")));
    auto unknown = bought;
    unknown.order.id = client_order_id{"m9-9"};
    ASSERT_EQ(commit(*ledger_, desk_.fill(*ledger_, unknown, "t9", "1", "1")).status,
              commit_status::quarantined);
    step_transaction step;
    step.replay = "main";
    step.conductor = conductor_;
    step.step = 1;
    step.event_time = timestamp::from_ns(123'456'789);
    step.bars = 3;
    step.signals = 2;
    step.equity = {{account_id{"main"}, "1000.5"_d, "900.25"_d}};
    expect_applied(step);
    ASSERT_EQ(
      ledger_->change_mode({mode_scope::global, "", trading_mode::halted, "alice", "drill"}),
      change_outcome::applied);
    ASSERT_EQ(ledger_->change_mode({mode_scope::global, "", trading_mode::reducing, "bob", "over"}),
              change_outcome::applied);
    const breaker_key trend{breaker_scope::strategy, "trend"};
    for (const auto& [kind, who] : {std::pair{risk_command_kind::latch_breaker, "alice"},
                                    std::pair{risk_command_kind::accept_drawdown, "alice"},
                                    std::pair{risk_command_kind::release_breaker, "bob"}})
      ASSERT_EQ(ledger_->command_risk({account_id{"main"}, {kind, trend}, who, "drill"}),
                change_outcome::applied);
    ASSERT_TRUE(cluster_->release("conductor/main", "n1", node_incarnation_, conductor_.epoch));
  }

  void expect_applied(const transaction& t) {
    const auto o = commit(*ledger_, t);
    ASSERT_EQ(o.status, commit_status::applied) << o.text;
  }

  audit_report verify(const std::string& anchors = {}) { return auditor_->verify(anchors); }

  static std::string text_of(const audit_report& r) {
    std::string out;
    for (const auto& d : r.defects)
      out += d.where + ": " + d.what + "\n";
    return out;
  }

  /// Runs `change` with triggers off, verifies, and takes everything back.
  std::string tamper(const std::string& change) {
    sql("CREATE SCHEMA IF NOT EXISTS kept; SET session_replication_role = replica; " + change);
    return text_of(verify());
  }

  /// Names of the columns of a table.
  std::vector<std::string> columns(const std::string& table) {
    std::vector<std::string> names;
    pqxx::connection connection{conninfo()};
    pqxx::nontransaction session{connection};
    for (const auto& row : session.exec_params(
           "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
           "AND NOT attisdropped ORDER BY attnum",
           table))
      names.emplace_back(row[0].c_str());
    return names;
  }

  /// An expression of the column's type with another value.
  std::string other_value(const std::string& table, const std::string& column) {
    const auto type =
      sql("SELECT format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) "
          "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE attrelid = '"
          + table + "'::regclass AND attname = '" + column + "'");
    if (type == "numeric")
      return "coalesce(" + column + ", 0) + 0.00000001";
    if (type == "bigint" || type == "integer")
      return "coalesce(" + column + ", 0) + 1000";
    if (type == "timestamp with time zone")
      return "coalesce(" + column + ", now()) + interval '1 microsecond'";
    if (type == "boolean")
      return "NOT " + column;
    if (type == "jsonb")
      return column + " || '[\"x\"]'";
    if (type == "bytea")
      return "set_byte(" + column + ", 3, (get_byte(" + column + ", 3) + 1) % 256)";
    return "coalesce(" + column + ", '') || 'x'";
  }

  std::string folder() {
    if (folder_.empty()) {
      std::string pattern = (std::filesystem::temp_directory_path() / "audit_test_XXXXXX").string();
      folder_ = ::mkdtemp(pattern.data());
    }
    return folder_;
  }

  desk desk_;
  unit_claim conductor_;
  std::unique_ptr<auditor> auditor_;
  std::string folder_;
};

INSTANTIATE_TEST_SUITE_P(postgres, audit_trail, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(audit_trail, of_an_honest_day_is_clean) {
  const auto r = verify();
  EXPECT_TRUE(r.clean()) << text_of(r);
  EXPECT_EQ(std::to_string(r.rows), sql("SELECT count(*) FROM audit.log"));
  EXPECT_EQ(r.orders, 5U);
  EXPECT_EQ(r.fills, 5U);
  EXPECT_EQ(r.positions, 2U);
}

TEST_P(audit_trail, of_an_empty_database_is_clean) {
  sql("DROP SCHEMA trading, cluster, market, audit CASCADE; DROP TABLE public.schema_migrations");
  prepare_template(conninfo());
  const auto r = verify();
  EXPECT_TRUE(r.clean()) << text_of(r);
  EXPECT_EQ(r.rows, 0U);
}

TEST_P(audit_trail, every_column_of_the_first_a_middle_and_the_last_row_is_protected) {
  const auto last = std::stoi(sql("SELECT max(seq) FROM audit.log WHERE stream = 'account/main'"));
  for (const auto seq : {1, last / 2, last}) {
    for (const auto& column : columns("audit.log")) {
      const auto where = " WHERE stream = 'account/main' AND seq = " + std::to_string(seq);
      sql("CREATE TABLE kept AS SELECT * FROM audit.log" + where);
      // A row that moves to another stream or number is missing where it was.
      const auto found =
        tamper("UPDATE audit.log SET " + column + " = " + other_value("audit.log", column) + where);
      EXPECT_THAT(found, HasSubstr("audit.log stream=account/main seq=" + std::to_string(seq)))
        << column << " of row " << seq << ":\n"
        << found;
      sql("SET session_replication_role = replica; DELETE FROM audit.log WHERE hash IN (SELECT "
          "hash FROM kept) OR "
          "(stream, seq) IN (SELECT stream, seq FROM kept) OR stream = 'account/mainx' OR seq > "
          "1000; "
          "INSERT INTO audit.log SELECT * FROM kept; DROP TABLE kept");
      ASSERT_TRUE(verify().clean()) << "not taken back: " << text_of(verify());
    }
  }
}

TEST_P(audit_trail, a_deleted_row_is_missed_wherever_it_stood) {
  const auto last = std::stoi(sql("SELECT max(seq) FROM audit.log WHERE stream = 'account/main'"));
  for (const auto seq : {1, last / 2, last}) {
    const auto where = " WHERE stream = 'account/main' AND seq = " + std::to_string(seq);
    sql("CREATE TABLE kept AS SELECT * FROM audit.log" + where);
    const auto found = tamper("DELETE FROM audit.log" + where);
    EXPECT_THAT(found, HasSubstr("audit.log stream=account/main seq=" + std::to_string(seq)));
    EXPECT_THAT(found, HasSubstr("missing"));
    sql("INSERT INTO audit.log SELECT * FROM kept; DROP TABLE kept");
  }
  EXPECT_TRUE(verify().clean());
}

TEST_P(audit_trail, swapped_rows_are_both_named) {
  const auto found =
    tamper("UPDATE audit.log SET seq = -2 + 1000 WHERE stream = 'account/main' AND seq = 2;"
           "UPDATE audit.log SET seq = 2 WHERE stream = 'account/main' AND seq = 3;"
           "UPDATE audit.log SET seq = 3 WHERE stream = 'account/main' AND seq = 998");
  EXPECT_THAT(found, HasSubstr("audit.log stream=account/main seq=2:"));
  EXPECT_THAT(found, HasSubstr("audit.log stream=account/main seq=3:"));
}

TEST_P(audit_trail, a_forged_row_at_the_end_is_found_even_with_a_right_hash) {
  const auto found = tamper(
    "INSERT INTO audit.log SELECT stream, seq + 1, at, node, epoch, actor, kind, payload, hash, "
    "audit.row_hash(stream, seq + 1, at, node, epoch, actor, kind, payload, hash) FROM audit.log "
    "WHERE stream = 'account/main' ORDER BY seq DESC LIMIT 1");
  EXPECT_THAT(found, HasSubstr("audit.heads stream=account/main"));
}

TEST_P(audit_trail, an_altered_or_missing_head_is_named) {
  EXPECT_THAT(tamper("UPDATE audit.heads SET seq = seq + 1 WHERE stream = 'modes'"),
              HasSubstr("stream=modes"));
  EXPECT_THAT(tamper("UPDATE audit.heads SET seq = seq - 1, hash = set_byte(hash, 0, "
                     "(get_byte(hash, 0) + 1) % 256) "
                     "WHERE stream = 'modes'"),
              HasSubstr("audit.heads stream=modes"));
  EXPECT_THAT(tamper("DELETE FROM audit.heads WHERE stream = 'modes'"),
              HasSubstr("audit.heads stream=modes"));
}

TEST_P(audit_trail, accounts_for_every_column_of_its_tables) {
  for (const auto& shape : audited_tables()) {
    const std::string table{shape.name};
    for (const auto& column : columns(table)) {
      const bool listed =
        std::find(shape.columns.begin(), shape.columns.end(), column) != shape.columns.end();
      const bool surrogate = column == "id" && table != "trading.orders";
      const bool checked_by_hash = table == "cluster.config_versions" && column == "text";
      EXPECT_TRUE(listed || surrogate || checked_by_hash) << table << "." << column;
    }
  }
}

TEST_P(audit_trail, every_altered_column_of_a_business_row_is_named) {
  // Rules of values would refuse some of the changes; an insider can drop them.
  sql("DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname, contypid::regtype AS domain FROM "
      "pg_constraint WHERE contypid <> 0 "
      "AND contypid::regtype::text LIKE 'trading.%' LOOP EXECUTE format('ALTER DOMAIN %s DROP "
      "CONSTRAINT %I', c.domain, c.conname); "
      "END LOOP; END $$");
  for (const auto& shape : audited_tables()) {
    const std::string table{shape.name};
    ASSERT_NE(sql("SELECT count(*) FROM " + table), "0") << table;
    for (const auto& column : columns(table)) {
      const bool surrogate = column == "id" && table != "trading.orders";
      if (surrogate)
        continue;
      const auto row = sql("SELECT min(ctid) FROM " + table
                           + (table == "cluster.units" ? " WHERE holder IS NOT NULL" : ""));
      sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM " + table);
      sql("ALTER TABLE " + table + " DISABLE TRIGGER ALL");
      const auto names = sql("SELECT string_agg(quote_ident(conname), ' ') FROM pg_constraint "
                             "WHERE contype = 'c' AND conrelid = '"
                             + table + "'::regclass");
      for (size_t at = 0; at < names.size();) {
        const auto end = std::min(names.find(' ', at), names.size());
        sql("ALTER TABLE " + table + " DROP CONSTRAINT " + names.substr(at, end - at));
        at = end + 1;
      }
      const auto found = tamper("UPDATE " + table + " SET " + column + " = "
                                + other_value(table, column) + " WHERE ctid = '" + row + "'");
      EXPECT_THAT(found, HasSubstr(table)) << column << ":\n" << found;
      const auto listed = std::find(shape.columns.begin(), shape.columns.end(), column);
      const bool is_key =
        listed - shape.columns.begin() < static_cast<ptrdiff_t>(shape.key_columns);
      if (!is_key && column != shape.owner) {
        EXPECT_THAT(found, HasSubstr("column=" + column)) << table << ":\n" << found;
      }
      const auto insertable = sql("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) "
                                  "FROM pg_attribute WHERE attrelid = '"
                                  + table + "'::regclass AND attnum > 0 AND attgenerated = ''");
      sql("SET session_replication_role = replica; DELETE FROM " + table + "; INSERT INTO " + table
          + " (" + insertable + ") OVERRIDING SYSTEM VALUE SELECT " + insertable + " FROM kept");
    }
  }
  const auto r = verify();
  EXPECT_TRUE(r.clean()) << text_of(r);
}

TEST_P(audit_trail, deleted_and_added_business_rows_are_named) {
  EXPECT_THAT(tamper("DELETE FROM trading.fills WHERE trade_id = 't2'"),
              HasSubstr("trading.fills venue=sim account=main trade_id=t2: the row is missing"));
  EXPECT_THAT(
    tamper("INSERT INTO trading.balances (account, asset, amount, updated_at) VALUES ('main', "
           "'EUR', 1, now())"),
    HasSubstr(
      "trading.balances account=main asset=EUR: the audit trail knows nothing of this row"));
  EXPECT_THAT(tamper("INSERT INTO trading.positions (account, instrument, updated_at) VALUES "
                     "('ghost', 'X', now())"),
              HasSubstr("trading.positions account=ghost"));
}

class signed_anchors : public audit_trail {
protected:
  void SetUp() override {
    audit_trail::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    key_ = folder() + "/anchor.key";
    file_ = folder() + "/anchors";
    make_anchor_key(key_);
    anchor();
  }

  void anchor() {
    anchor_writer{file_, key_}.append(open_postgres_audit_heads(conninfo())->read());
  }

  std::string found() { return text_of(verify(file_)); }

  std::string key_, file_;
};

INSTANTIATE_TEST_SUITE_P(postgres, signed_anchors, ::testing::Values(store_kind::postgres),
                         ::testing::PrintToStringParamName());

TEST_P(signed_anchors, of_an_honest_day_are_clean) {
  EXPECT_EQ(found(), "");
  static_cast<void>(commit(*ledger_, desk_.refuse("c6", refusal::min_notional)));
  anchor();
  EXPECT_EQ(found(), "");
  std::filesystem::copy(key_ + ".pub", file_ + ".pub");
  EXPECT_EQ(found(), "");
}

TEST_P(signed_anchors, show_a_cut_tail_whose_head_was_altered) {
  const auto last = sql("SELECT max(seq) FROM audit.log WHERE stream = 'modes'");
  sql("SET session_replication_role = replica; DELETE FROM audit.log WHERE stream = 'modes' AND "
      "seq = "
      + last
      + "; UPDATE audit.heads SET (seq, hash) = (SELECT seq, hash FROM audit.log WHERE stream = "
        "'modes' ORDER BY seq DESC LIMIT 1) "
        "WHERE stream = 'modes'");
  EXPECT_THAT(found(), HasSubstr("audit.log stream=modes seq=" + last));
}

TEST_P(signed_anchors, show_a_chain_that_was_rewritten_with_right_hashes) {
  sql("SET session_replication_role = replica; "
      "UPDATE audit.log SET actor = 'mallory' WHERE stream = 'config';"
      "UPDATE cluster.config_versions SET applied_by = 'mallory';"
      "UPDATE audit.log SET payload = convert_to(replace(convert_from(payload, 'UTF8'), 'alice', "
      "'mallory'), 'UTF8') "
      "WHERE stream = 'config';"
      "UPDATE audit.log SET hash = audit.row_hash(stream, seq, at, node, epoch, actor, kind, "
      "payload, prev_hash) "
      "WHERE stream = 'config';"
      "UPDATE audit.heads SET hash = (SELECT hash FROM audit.log WHERE stream = 'config') WHERE "
      "stream = 'config'");
  EXPECT_TRUE(verify().clean()) << "a rewritten chain is consistent in itself: "
                                << text_of(verify());
  EXPECT_THAT(
    found(),
    HasSubstr("audit.log stream=config seq=1: the row is not the one whose hash was signed"));
}

TEST_P(signed_anchors, show_a_stream_that_was_removed_altogether) {
  sql("SET session_replication_role = replica; DELETE FROM audit.log WHERE stream = 'config'; "
      "DELETE FROM audit.heads WHERE stream = 'config'; DELETE FROM cluster.config_versions");
  EXPECT_TRUE(verify().clean());
  EXPECT_THAT(found(), HasSubstr("stream=config"));
}

TEST_P(signed_anchors, that_were_changed_or_signed_by_somebody_else_are_named) {
  std::ifstream in{file_};
  std::string content{std::istreambuf_iterator<char>{in}, {}};
  const auto at = content.find("\"seq\":");
  content[at + 6] = content[at + 6] == '1' ? '2' : '1';
  std::ofstream{file_} << content;
  EXPECT_THAT(found(), HasSubstr("its signature does not fit"));

  const auto other_key = folder() + "/other.key";
  make_anchor_key(other_key);
  std::filesystem::remove(file_);
  anchor_writer{file_, other_key}.append(open_postgres_audit_heads(conninfo())->read());
  EXPECT_EQ(found(), "");
  std::filesystem::copy(key_ + ".pub", file_ + ".pub");
  EXPECT_THAT(found(), HasSubstr("signed with another key"));
}

TEST_P(signed_anchors, survive_a_line_that_a_crash_cut_short) {
  std::ofstream{file_, std::ios::app} << "{\"at\":\"2026-";
  static_cast<void>(commit(*ledger_, desk_.refuse("c6", refusal::min_notional)));
  anchor();
  EXPECT_EQ(found(), "");
  EXPECT_EQ(read_anchors(file_).anchors.at("account/main").size(), 2U);
}

TEST_P(signed_anchors, keep_their_private_key_to_themselves) {
  const auto permissions = std::filesystem::status(key_).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read);
  make_anchor_key(key_);
  anchor();
  EXPECT_EQ(found(), "");
}

} // namespace supreme::tests
