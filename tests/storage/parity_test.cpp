// Goal: the stores in PostgreSQL and in memory are one ledger. What is proven about actors on the
// one holds on the other. Method: random sequences of decisions, submissions, reports, fills, halts
// and takeovers, alone and in groups, many of them wrong on purpose, go into both; every outcome,
// the holdings, the fills and the audit trail must be equal, the books must add up after each
// group, and the database's trail must verify.
#include "storage/codec.hpp"
#include "storage/memory/memory_cluster_store.hpp"
#include "storage/memory/memory_ledger_store.hpp"
#include "storage/open.hpp"
#include "tests/storage/stores.hpp"
#include "tests/storage/transactions.hpp"

#include <gtest/gtest.h>
#include <pqxx/pqxx>
#include <rapidcheck.h>

#include <algorithm>

namespace supreme::tests {

using namespace storage;
using namespace trading;
using nlohmann::json;

namespace {

/// Numbers that choose what happens; a sequence of them is what RapidCheck shrinks.
struct choice {
  uint32_t action, which, size, detail;
};

std::ostream& operator<<(std::ostream& out, const choice& c) {
  return out << "{" << c.action << ", " << c.which << ", " << c.size << ", " << c.detail << "}";
}

rc::Gen<choice> any_choice() {
  // At full size: a small sequence must reach every action, too.
  const auto below = [](uint32_t n) {
    return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<uint32_t>(0, n));
  };
  return rc::gen::apply(
    [](uint32_t a, uint32_t w, uint32_t s, uint32_t d) {
      return choice{a, w, s, d};
    },
    below(12), below(64), below(6), below(24));
}

/// One of the two implementations, with its own ids of the same orders.
struct side_of_test {
  std::unique_ptr<ledger_store> ledger;
  std::unique_ptr<cluster_store> cluster;
  uint64_t incarnation = 0;
  std::vector<order_row> orders;
};

} // namespace

class parity : public migrated_test {
protected:
  void SetUp() override {
    migrated_test::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    memory_ = std::make_shared<memory_database>([this] { return now_; });
    sides_[0] = {open_postgres_ledger(conninfo()), open_postgres_cluster(conninfo()), 0, {}};
    sides_[1] = {std::make_unique<memory_ledger_store>(memory_),
                 std::make_unique<memory_cluster_store>(memory_),
                 0,
                 {}};
    node_registration n;
    n.node = "n1";
    n.runtime_id = "r1";
    n.cluster = "test";
    n.build = "b";
    n.messages = "m";
    n.host = "h";
    n.ttl_ms = 36'000'000;
    for (auto& s : sides_)
      s.incarnation = s.cluster->register_node(n).incarnation;
    for (const auto* unit : {"guard", "strategy", "executor", "portfolio"})
      claim(unit);
  }

  void claim(const std::string& unit) {
    const auto in_postgres = sides_[0].cluster->claim(unit, "n1", sides_[0].incarnation);
    const auto in_memory = sides_[1].cluster->claim(unit, "n1", sides_[1].incarnation);
    RC_ASSERT(in_postgres == in_memory);
    epochs_[unit] = in_postgres.value();
  }

  unit_claim held(const std::string& unit, uint32_t stale) {
    return {unit, epochs_[unit] - (stale == 0 ? 1 : 0)};
  }

  /// A fresh account for each sequence, so that all sequences may share one database.
  void begin() {
    ++sequence_;
    desk_.account = "a" + std::to_string(sequence_);
    for (auto& s : sides_) {
      s.orders.clear();
      s.ledger->open_account(account_id{desk_.account}, venue_id{"sim"},
                             {{asset_id{"USDT"}, "1000"_d}});
    }
    trades_ = decisions_ = 0;
    fills_.clear();
    // A halt of an earlier sequence would refuse everything in this one.
    for (const auto& [scope, name] :
         {std::pair{mode_scope::global, ""}, {mode_scope::strategy, "trend"}})
      for (auto& s : sides_)
        static_cast<void>(
          s.ledger->change_mode({scope, name, trading_mode::active, "carol", "begin"}));
  }

  /// The transaction that a choice stands for, in both sides' ids; nothing for choices that act at
  /// once.
  std::optional<std::pair<transaction, transaction>> make(const choice& c) {
    desk_.guard = held("guard", c.detail + 1);
    desk_.strategy = held("strategy", c.detail + 1);
    desk_.executor = held("executor", c.detail + 1);
    desk_.portfolio = held("portfolio", c.detail + 1);
    switch (c.action) {
      case 0:
      case 1:
      case 2:
      case 3:
        return both(decide(c));
      case 4:
        return each([&](const order_row& o) { return submit(c, o); }, c);
      case 5:
      case 6:
        return each([&](const order_row& o) { return report(c, o); }, c);
      case 7:
        // A fill that was reported before, now and then.
        if (c.detail % 4 == 0 && !fills_.empty())
          return fills_[c.which % fills_.size()];
        [[fallthrough]];
      case 8:
      case 9: {
        auto made =
          each_side([&](side_of_test& s, const order_row& o) { return fill(c, s, o); }, c);
        if (made)
          fills_.push_back(*made);
        return made;
      }
      case 10:
        return change_mode(c);
      default:
        return take_over(c);
    }
  }

  static std::pair<transaction, transaction> both(const transaction& t) { return {t, t}; }

  template <class Make>
  std::optional<std::pair<transaction, transaction>> each(Make make, const choice& c) {
    return each_side([&](side_of_test&, const order_row& o) { return make(o); }, c);
  }

  template <class Make>
  std::optional<std::pair<transaction, transaction>> each_side(Make make, const choice& c) {
    if (sides_[0].orders.empty())
      return std::nullopt;
    const auto i = c.which % sides_[0].orders.size();
    auto first = make(sides_[0], sides_[0].orders[i]);
    return std::pair<transaction, transaction>{std::move(first),
                                               make(sides_[1], sides_[1].orders[i])};
  }

  decide_transaction decide(const choice& c) {
    // Now and then the key of an earlier decision, which must be answered with what is stored.
    const auto number =
      (c.detail == 1 || c.detail > 20) && decisions_ > 0 ? c.which % decisions_ : decisions_++;
    const auto cause = desk_.account + "/" + std::to_string(number);
    if (c.detail == 2)
      return desk_.refuse(cause, refusal::min_notional);
    const auto direction = c.which % 3 == 0 ? side::sell : side::buy;
    const auto size = c.detail == 3 ? "0" : sizes_[c.size];
    auto t = desk_.decide(cause, direction, size,
                          direction == side::buy ? cash_[c.which % cash_.size()] : "0");
    t.wish.key.slot = slot_id{c.which % 2 == 0 ? "trend/BTCUSDT" : "range/BTCUSDT"};
    t.allow_short = c.which % 5 == 0;
    if (c.detail % 4 == 0)
      t.max_position = "4"_d;
    if (c.detail == 5)
      t.guard = held("guard", 0);
    if (c.detail == 6)
      t.shard = "NOT A SHARD";
    return c.detail % 3 == 0 ? t : desk_.fused(t, 1 + c.which % 3);
  }

  submit_transaction submit(const choice& c, const order_row& o) {
    auto t = desk_.submit(o.order.id, 1 + c.size);
    t.proven_not_accepted = c.detail % 2 == 0;
    if (c.detail == 5)
      t.executor = held("executor", 0);
    return t;
  }

  report_transaction report(const choice& c, const order_row& o) {
    auto t = desk_.report(o.order.id, static_cast<order_state>(1 + c.detail % 11));
    if (c.size > 2)
      t.venue_order = venue_order_id{"v" + std::to_string(c.size)};
    if (c.size > 3)
      t.reason = "because";
    return t;
  }

  fill_transaction fill(const choice& c, side_of_test& s, const order_row& o) {
    // The same trade again, a new one, or one that contradicts the rows.
    const auto number = c.detail < 3 ? c.which : 100 + trades_++ / 2;
    auto t =
      desk_.fill(*s.ledger, o, desk_.account + "/" + std::to_string(number), "1.1", sizes_[c.size],
                 c.size > 2 ? "0.001" : "0", c.which % 2 == 0 ? "USDT" : "BNB");
    if (c.detail == 4)
      t.fill.order = client_order_id{"m1-zzzz"};
    if (c.detail == 5)
      t.fill.direction = opposite(t.fill.direction);
    if (c.detail == 6)
      t.account_after.size += "1"_d;
    if (c.detail == 7)
      t.balances.push_back(t.balances.front());
    if (c.detail == 8)
      t.portfolio = held("portfolio", 0);
    if (c.detail == 9)
      t.slot = slot_id{"other/BTCUSDT"};
    return t;
  }

  std::optional<std::pair<transaction, transaction>> change_mode(const choice& c) {
    const std::array<mode_change, 4> scopes{{{mode_scope::global, "", {}, {}, "test"},
                                             {mode_scope::account, desk_.account, {}, {}, "test"},
                                             {mode_scope::strategy, "trend", {}, {}, "test"},
                                             {mode_scope::account, "nobody", {}, {}, "test"}}};
    auto change = scopes[c.which % scopes.size()];
    // Mostly loosened again, or little else would happen.
    change.mode = static_cast<trading_mode>(c.size < 4 ? 1 : c.size - 2);
    change.principal = c.detail % 2 == 0 ? "alice" : "bob";
    RC_ASSERT(sides_[0].ledger->change_mode(change) == sides_[1].ledger->change_mode(change));
    return std::nullopt;
  }

  std::optional<std::pair<transaction, transaction>> take_over(const choice& c) {
    const std::array<std::string, 4> units{"guard", "strategy", "executor", "portfolio"};
    const auto& unit = units[c.which % units.size()];
    for (auto& s : sides_)
      RC_ASSERT(s.cluster->release(unit, "n1", s.incarnation, epochs_[unit]));
    claim(unit);
    return std::nullopt;
  }

  void commit_both(const std::vector<std::pair<transaction, transaction>>& group) {
    std::vector<transaction> first, second;
    for (const auto& [a, b] : group) {
      first.push_back(a);
      second.push_back(b);
    }
    const auto in_postgres = sides_[0].ledger->commit(first);
    const auto in_memory = sides_[1].ledger->commit(second);
    RC_ASSERT(in_postgres.size() == in_memory.size());
    for (size_t i = 0; i < in_postgres.size(); ++i) {
      const auto& p = in_postgres[i];
      const auto& m = in_memory[i];
      RC_LOG() << codec::to_string(p.status) << " (" << p.text << ") / "
               << codec::to_string(m.status) << " (" << m.text << ")\n";
      ++outcomes_[std::string{codec::kind_of(first[i])} + " " + codec::to_string(p.status)];
      RC_ASSERT(p.status == m.status);
      RC_ASSERT(p.refusal == m.refusal);
      RC_ASSERT(p.account_seq == m.account_seq);
      if (p.status != commit_status::poisoned)
        RC_ASSERT(p.text == m.text);
      RC_ASSERT(p.order.has_value() == m.order.has_value());
      if (!p.order)
        continue;
      same_order(*p.order, *m.order);
      if (p.status == commit_status::applied
          && std::holds_alternative<decide_transaction>(first[i])) {
        sides_[0].orders.push_back(*p.order);
        sides_[1].orders.push_back(*m.order);
        ids_[m.order->order.id.str()] = p.order->order.id.str();
      }
    }
    same_holdings();
  }

  static void same_order(order_row p, order_row m) {
    // A group that is rolled back for a poisonous member has drawn numbers; that is all that may
    // differ.
    p.order.id = m.order.id = {};
    p.number = m.number = 0;
    RC_ASSERT(p.order == m.order);
    RC_ASSERT(p.state == m.state);
    RC_ASSERT(p.filled == m.filled);
    RC_ASSERT(p.reserved_quantity == m.reserved_quantity);
    RC_ASSERT(p.reserved_cash == m.reserved_cash);
    RC_ASSERT(p.incarnation == m.incarnation);
    RC_ASSERT(p.venue_order == m.venue_order);
    RC_ASSERT(p.reason == m.reason);
  }

  void same_holdings() {
    const account_id account{desk_.account};
    const auto p = sides_[0].ledger->load_account(account);
    const auto m = sides_[1].ledger->load_account(account);
    RC_ASSERT(p.account_seq == m.account_seq);
    RC_ASSERT(p.mode == m.mode);
    RC_ASSERT(p.strategy_modes == m.strategy_modes);
    RC_ASSERT(p.balances.size() == m.balances.size());
    for (const auto& [asset, b] : p.balances) {
      RC_ASSERT(b.amount == m.balances.at(asset).amount);
      RC_ASSERT(b.reserved == m.balances.at(asset).reserved);
    }
    RC_ASSERT(p.positions.size() == m.positions.size());
    for (const auto& [instrument, row] : p.positions) {
      RC_ASSERT(row.position == m.positions.at(instrument).position);
      RC_ASSERT(row.reserved_buy == m.positions.at(instrument).reserved_buy);
      RC_ASSERT(row.reserved_sell == m.positions.at(instrument).reserved_sell);
    }
    RC_ASSERT(p.slots.size() == m.slots.size());
    for (const auto& [slot, row] : p.slots)
      RC_ASSERT(row.position == m.slots.at(slot).position);
    RC_ASSERT(p.open_orders.size() == m.open_orders.size());
    for (size_t i = 0; i < p.open_orders.size(); ++i)
      same_order(p.open_orders[i], m.open_orders[i]);
    adds_up(p);
  }

  /// What must hold in any ledger, whatever was committed.
  void adds_up(const account_snapshot& s) {
    quantity buys, sells, slots, fills;
    money cash;
    for (const auto& o : s.open_orders) {
      RC_ASSERT(!is_terminal(o.state));
      (o.order.direction == side::buy ? buys : sells) += o.reserved_quantity;
      cash += o.reserved_cash;
    }
    for (const auto& [slot, row] : s.slots)
      slots += row.position.size;
    const auto rows = sides_[0].ledger->fills_after(account_id{desk_.account}, 0, 1000);
    for (size_t i = 0; i < rows.size(); ++i) {
      RC_ASSERT(rows[i].account_seq == i + 1);
      fills += signed_quantity(rows[i].fill.direction, rows[i].fill.size);
    }
    RC_ASSERT(rows.size() == s.account_seq);
    RC_ASSERT(s.balances.at(asset_id{"USDT"}).reserved == cash);
    if (const auto p = s.positions.find(instrument_id{"BTCUSDT"}); p != s.positions.end()) {
      RC_ASSERT(p->second.reserved_buy == buys);
      RC_ASSERT(p->second.reserved_sell == sells);
      RC_ASSERT(p->second.position.size == slots);
      RC_ASSERT(p->second.position.size == fills);
    }
  }

  /// The trails tell the same story, but for ids and times.
  void same_trail() {
    std::vector<std::string> in_postgres, in_memory;
    const auto line = [](const std::string& kind, const std::string& actor, const std::string& node,
                         uint64_t epoch, const json& payload) {
      return kind + " " + actor + " " + node + " " + std::to_string(epoch) + " " + payload.dump();
    };
    pqxx::connection connection{conninfo()};
    pqxx::nontransaction session{connection};
    const auto stream = "account/" + desk_.account;
    for (const auto& row :
         session.exec_params("SELECT kind, actor, node, epoch, convert_from(payload, 'UTF8') FROM "
                             "audit.log WHERE stream = $1 ORDER BY seq",
                             stream))
      in_postgres.push_back(line(row[0].c_str(), row[1].c_str(), row[2].c_str(),
                                 row[3].as<uint64_t>(), comparable(row[4].c_str(), {})));
    for (const auto& row : memory_->audit_rows())
      if (row.stream == stream)
        in_memory.push_back(
          line(row.kind, row.actor, row.node, row.epoch, comparable(row.payload, ids_)));
    RC_ASSERT(in_postgres == in_memory);
  }

  static json comparable(const std::string& payload,
                         const std::map<std::string, std::string>& ids) {
    auto j = json::parse(payload);
    if (!j.contains("out") || !j.at("out").is_object())
      return j;
    for (const auto* key : {"valid_until_us", "number", "id"})
      j["out"].erase(key);
    auto& in = j.at("in");
    for (json* place : {in.contains("id") ? &in["id"] : nullptr,
                        in.contains("fill") ? &in["fill"]["order"] : nullptr})
      if (place != nullptr)
        if (const auto found = ids.find(place->get<std::string>()); found != ids.end())
          *place = found->second;
    return j;
  }

  static constexpr std::array<const char*, 6> sizes_{"0.1", "0.33333333", "1", "1.5", "2", "3"};
  static constexpr std::array<const char*, 5> cash_{"0", "1.00000001", "77.77777777",
                                                    "333.33333333", "900"};

  timestamp now_ = timestamp::from_ms(1'776'000'000'000);
  std::shared_ptr<memory_database> memory_;
  std::array<side_of_test, 2> sides_;
  std::map<std::string, uint64_t> epochs_;
  std::map<std::string, std::string> ids_; ///< of memory → of PostgreSQL
  desk desk_;
  std::map<std::string, int> outcomes_; ///< "fill applied" → how often
  int sequence_ = 0;
  uint32_t trades_ = 0, decisions_ = 0;
  std::vector<std::pair<transaction, transaction>> fills_; ///< of this sequence
};

TEST_F(parity, any_sequence_has_the_same_outcomes_rows_and_trail_in_both_stores) {
  EXPECT_TRUE(rc::check([this] {
    begin();
    const auto groups =
      *rc::gen::resize(20, rc::gen::container<std::vector<std::vector<choice>>>(rc::gen::resize(
                             6, rc::gen::container<std::vector<choice>>(any_choice()))));
    for (const auto& choices : groups) {
      std::vector<std::pair<transaction, transaction>> group;
      for (const auto& c : choices)
        if (auto made = make(c))
          group.push_back(std::move(*made));
      commit_both(group);
    }
    same_trail();
  }));
  const auto r = open_postgres_auditor(conninfo())->verify({});
  for (const auto& d : r.defects)
    ADD_FAILURE() << d.where << ": " << d.what;
  // Sequences that do not reach everything prove little.
  for (const auto* reached :
       {"decide applied", "decide refused", "decide unchanged", "decide fenced", "decide poisoned",
        "submit applied", "submit unchanged", "submit refused", "submit fenced", "report applied",
        "report unchanged", "report refused", "fill applied", "fill unchanged", "fill stale",
        "fill refused", "fill quarantined", "fill fenced"})
    EXPECT_GT(outcomes_[reached], 0) << reached;
  for (const auto& [what, count] : outcomes_)
    RecordProperty(what, count);
}

} // namespace supreme::tests
