// Goal: the one risk engine asks every rule of an account's policy, in the documented order, lets
// what only takes exposure away pass, acts by itself where drawdown says so, and remembers nothing
// but what its events say. Method: one account, two strategies and two instruments, told events by
// hand; each test switches one rule on and shows the order before and after its limit. The last
// tests rebuild the memory from the decisions it made and compare what comes next.
#include "trading/risk/account_risk.hpp"

#include "trading/check.hpp"
#include "trading/risk/reversal.hpp"

#include <gtest/gtest.h>

namespace supreme::trading {
namespace {

decimal dec(const char* text) { return decimal::literal(text); }
timestamp minute(int64_t n) { return timestamp::from_ms(n * 60'000); }

const account_id account{"main"};
const asset_id usdt{"USDT"};
const instrument_id btc{"BTCUSDT"};
const instrument_id eth{"ETHUSDT"};
const strategy_id trend{"trend"};

instrument traded(const instrument_id& id) {
  return {id, asset_id{"BASE"}, usdt, dec("0.01"), dec("0.001"), dec("5")};
}

/// One account that books its fills at once, as a venue without delay would.
struct account_risk_test : ::testing::Test {
  void use(risk_policy policy, bool counts_trades = false) {
    risk = account_risk{account, usdt, std::move(policy), counts_trades};
    step("10000");
  }

  /// A minute passes; the account is worth this.
  void step(const char* equity) {
    now = now + std::chrono::minutes{1};
    book.set_open_orders(static_cast<uint32_t>(open.size()));
    risk.valued(now, dec(equity));
  }

  signal wish(target wanted, const instrument_id& id = btc, const strategy_id& s = trend) {
    signal out;
    out.key = {make_slot(s, id), id.str() + "/60s/" + std::to_string(now.ms()), 0, 0};
    out.strategy = s;
    out.account = account;
    out.instrument = id;
    out.wanted = wanted;
    out.reference_price = marks.at(id);
    out.event_time = now;
    return out;
  }

  decision_sources sources() {
    return {now,
            [this](const signal& s) {
              decision_terms t;
              t.traded = traded(s.instrument);
              t.limits.allow_short = true;
              t.size = size;
              t.mode = mode;
              t.mark = marks.at(s.instrument);
              t.mark_time = now;
              return t;
            },
            [this](const instrument_id& id) -> std::optional<price> { return marks.at(id); }};
  }

  std::vector<made_decision> decide(std::vector<signal> signals) {
    auto made = risk.decide(std::move(signals), book, sources());
    for (const auto& d : made) {
      client_order_id id;
      if (d.verdict.outcome == refusal::none) {
        id = client_order_id{"o" + std::to_string(++orders)};
        risk.accepted(d.wish.key, id);
        open[id] = d;
      }
      history.push_back({d, id});
    }
    return made;
  }

  /// Decides as a guard that starts again, where of what was made by decide() before the first
  /// `known` are rows already.
  std::vector<made_decision> decide_again(const signal& s, size_t known,
                                          const std::vector<made_decision>& made) {
    const auto past = history.size() - made.size();
    std::map<decision_key, stored_decision> stored;
    for (size_t i = 0; i < known; ++i) {
      book.reserve(made[i].wish, made[i].verdict);
      stored.emplace(made[i].wish.key, history[past + i]);
    }
    return risk.decide({s}, book, sources(), stored);
  }

  refusal ask(target wanted, const instrument_id& id = btc, const strategy_id& s = trend) {
    return decide({wish(wanted, id, s)}).front().verdict.outcome;
  }

  /// Fills every open order at the mark.
  void fill_all() {
    for (const auto& [id, d] : open) {
      fill f;
      f.venue = venue_id{"sim"};
      f.account = account;
      f.id = trade_id{id.str()};
      f.order = id;
      f.instrument = d.wish.instrument;
      f.direction = d.verdict.direction;
      f.at = marks.at(f.instrument);
      f.size = d.verdict.size;
      f.fee_asset = usdt;
      f.event_time = now;
      release(d);
      auto held = book.account(f.instrument);
      held.position += signed_quantity(f.direction, f.size);
      book.set_account(f.instrument, held);
      book.set_slot(d.wish.key.slot,
                    book.slot(d.wish.key.slot).position + signed_quantity(f.direction, f.size), {});
      risk.filled(f, d.wish.key.slot, traded(f.instrument));
    }
    open.clear();
  }

  /// All open orders end at once.
  void release(const made_decision& d) {
    book.set_slot(d.wish.key.slot, book.slot(d.wish.key.slot).position, {});
    if (reserved_size(d.verdict).is_zero())
      return;
    auto held = book.account(d.wish.instrument);
    (d.verdict.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= d.verdict.size;
    book.set_account(d.wish.instrument, held);
    book.set_free_cash(book.free_cash() + d.verdict.reserve_cash);
  }

  void end_all(order_state state) {
    for (const auto& [id, d] : open) {
      release(d);
      risk.ended({id, state, now});
    }
    open.clear();
  }

  /// Opens and closes a long position of btc; the close is at this mark.
  void round_trip_to(const char* mark) {
    EXPECT_EQ(ask(target::long_position), refusal::none);
    fill_all();
    marks[btc] = dec(mark);
    step("10000");
    EXPECT_EQ(ask(target::flat), refusal::none);
    fill_all();
    marks[btc] = dec("100");
    step("10000");
  }

  std::map<instrument_id, price> marks{{btc, dec("100")}, {eth, dec("10")}};
  sizing size{.mode = sizing_mode::fixed_notional, .amount = dec("1000")};
  trading_mode mode = trading_mode::active;
  timestamp now = minute(1'000'000);
  exposure_book book = [] {
    exposure_book b;
    b.set_free_cash(dec("100000"));
    return b;
  }();
  account_risk risk;
  std::map<client_order_id, made_decision> open;
  std::vector<stored_decision> history;
  uint64_t orders = 0;
};

drawdown_policy stages(int64_t no_entries, int64_t reduce, int64_t flatten) {
  constexpr int64_t per_cent = whole_ppb / 100;
  drawdown_policy d;
  d.points = {{5 * per_cent, whole_ppb / 2}, {20 * per_cent, whole_ppb / 4}};
  d.no_entries_ppb = no_entries * per_cent;
  d.reduce_ppb = reduce * per_cent;
  d.flatten_ppb = flatten * per_cent;
  d.recovery_ppb = 2 * per_cent;
  return d;
}

breaker_rule breaker(breaker_scope scope, const char* name, breaker_levels levels) {
  breaker_settings s;
  s.levels = levels;
  s.cool_down = std::chrono::minutes{3};
  s.probe_deadline = std::chrono::minutes{60};
  return {{scope, name}, s};
}

// -- without a policy ---------------------------------------------------------------------

TEST_F(account_risk_test, remembers_nothing_without_a_policy) {
  EXPECT_FALSE(risk.remembers());
  EXPECT_FALSE(risk.acts());
  EXPECT_EQ(ask(target::long_position), refusal::none);
}

TEST_F(account_risk_test, refuses_a_policy_with_problems) {
  risk_policy p;
  p.order_rate = rate_limit{0, nanoseconds{1}};
  EXPECT_THROW((account_risk{account, usdt, p, false}), contract_violation);
}

// -- sizing -----------------------------------------------------------------------------------

TEST_F(account_risk_test, sizes_by_the_equity_of_the_step) {
  use({});
  size = {.mode = sizing_mode::percent_of_equity, .share_ppb = whole_ppb / 10};
  step("5000");
  EXPECT_EQ(decide({wish(target::long_position)}).front().verdict.size, dec("5"));
}

TEST_F(account_risk_test, sizes_by_the_stop_the_strategy_says) {
  size = {.mode = sizing_mode::risk_based, .share_ppb = whole_ppb / 100};
  step("10000");
  auto s = wish(target::long_position);
  EXPECT_EQ(decide({s}).front().verdict.outcome, refusal::quantity_zero);
  s.hints.stop_distance = dec("4");
  EXPECT_EQ(decide({s}).front().verdict.size, dec("25"));
}

TEST_F(account_risk_test, weighs_the_configured_size) {
  step("10000");
  auto s = wish(target::long_position);
  s.hints.weight_ppb = whole_ppb / 4;
  EXPECT_EQ(decide({s}).front().verdict.size, dec("2.5"));
}

TEST_F(account_risk_test, sizes_by_the_strategys_own_closed_trades) {
  use({}, true);
  size = {.mode = sizing_mode::fixed_notional, .amount = dec("1000")};
  round_trip_to("110"); // Gains 100.
  round_trip_to("95");  // Loses 50.
  const auto trades = risk.memory()->trades_of(trend);
  EXPECT_EQ(trades, (trade_record{1, 1, dec("100"), dec("50")}));
  size = {.mode = sizing_mode::kelly};
  size.kelly = {whole_ppb, 0, 2, 0};
  // f* = 1/2 − (1/2)/2 = 1/4 of 10000.
  EXPECT_EQ(decide({wish(target::long_position)}).front().verdict.size, dec("25"));
}

TEST_F(account_risk_test, scales_new_positions_with_the_drawdown) {
  risk_policy p;
  p.drawdown = stages(30, 40, 50);
  use(p);
  step("9400");
  EXPECT_EQ(decide({wish(target::long_position)}).front().verdict.size, dec("5"));
}

// -- limits over the account ----------------------------------------------------------------------

TEST_F(account_risk_test, counts_what_the_step_has_approved_already) {
  risk_policy p;
  p.exposure.max_gross = dec("1500");
  use(p);
  const auto made = decide({wish(target::long_position, eth), wish(target::long_position)});
  EXPECT_EQ(made[0].wish.instrument, btc); // By slot.
  EXPECT_EQ(made[0].verdict.outcome, refusal::none);
  EXPECT_EQ(made[1].verdict.outcome, refusal::gross_exposure);
  EXPECT_FALSE(made[1].verdict.size.is_positive()) << "a refusal carries no order";
}

TEST_F(account_risk_test, limits_open_orders_but_lets_positions_be_closed) {
  risk_policy p;
  p.exposure.max_open_orders = 1;
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("10000");
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
  step("10000");
  EXPECT_EQ(ask(target::short_position, eth, strategy_id{"other"}), refusal::open_orders);
  EXPECT_EQ(ask(target::flat), refusal::none);
}

TEST_F(account_risk_test, stops_entries_after_a_days_loss_until_the_next_day) {
  risk_policy p;
  p.exposure.max_daily_loss = dec("100");
  use(p);
  step("9899");
  EXPECT_EQ(ask(target::long_position), refusal::daily_loss);
  now = now + std::chrono::hours{24};
  step("9899");
  EXPECT_EQ(ask(target::long_position), refusal::none);
}

TEST_F(account_risk_test, trades_neither_outside_hours_nor_what_is_restricted) {
  risk_policy p;
  p.sessions[eth].windows = {{0, 1}}; // One second of Monday.
  p.exposure.restricted[btc] = restriction::no_trading;
  use(p);
  EXPECT_EQ(ask(target::long_position, eth), refusal::session_closed);
  EXPECT_EQ(ask(target::long_position), refusal::restricted);
}

// -- rates -----------------------------------------------------------------------------------------

TEST_F(account_risk_test, limits_the_rate_of_orders_that_add_risk) {
  risk_policy p;
  p.order_rate = rate_limit{1, std::chrono::minutes{3}};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("10000");
  EXPECT_EQ(ask(target::long_position, eth), refusal::order_rate);
  EXPECT_EQ(ask(target::flat), refusal::none);
  fill_all();
  step("10000");
  step("10000");
  step("10000");
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
}

TEST_F(account_risk_test, refuses_the_same_order_again) {
  risk_policy p;
  p.duplicates = duplicate_limit{std::chrono::minutes{5}, 10};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  end_all(order_state::rejected);
  step("10000");
  EXPECT_EQ(ask(target::long_position), refusal::duplicate_order);
}

TEST_F(account_risk_test, takes_the_legs_of_a_reversal_for_two_orders) {
  risk_policy p;
  p.duplicates = duplicate_limit{std::chrono::minutes{5}, 10};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("10000");
  auto opening = wish(target::short_position);
  opening.key.leg = 1;
  const auto made = decide({wish(target::flat), opening});
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].verdict.size, made[1].verdict.size) << "both sell as much";
  EXPECT_EQ(made[1].verdict.outcome, refusal::none);
}

TEST_F(account_risk_test, stops_a_slot_that_executes_again_and_again_on_one_signal) {
  risk_policy p;
  p.max_repeated_executions = 1;
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  book.set_slot(make_slot(trend, btc), {}, {}); // The slot has lost sight of its fill.
  step("10000");
  EXPECT_EQ(ask(target::long_position), refusal::repeated_execution);
}

// -- breakers --------------------------------------------------------------------------------------

TEST_F(account_risk_test, opens_a_breaker_after_losses_in_a_row_and_closes_it_by_a_probe) {
  risk_policy p;
  breaker_levels l;
  l.consecutive_losses = dec("2");
  p.breakers = {breaker(breaker_scope::strategy, "trend", l)};
  use(p);
  round_trip_to("99");
  round_trip_to("99");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
  EXPECT_EQ(ask(target::long_position, btc, strategy_id{"other"}), refusal::none);
  step("10000");
  step("10000");
  step("10000"); // Half open: one order passes.
  EXPECT_EQ(ask(target::long_position), refusal::none);
  EXPECT_EQ(ask(target::long_position, eth), refusal::breaker_open);
  fill_all();
  step("10000");
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
}

TEST_F(account_risk_test, keeps_a_global_breaker_open_until_a_person_releases_it) {
  risk_policy p;
  breaker_levels l;
  l.daily_loss = dec("100");
  const breaker_key everybody{breaker_scope::global, {}};
  p.breakers = {breaker(breaker_scope::global, "", l)};
  p.breakers.front().settings.cool_down = until_a_person_releases;
  use(p);
  step("10000");
  step("9900");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
  now = now + std::chrono::hours{24 * 3'650};
  step("10000");
  EXPECT_EQ(ask(target::long_position, eth, strategy_id{"other"}), refusal::breaker_open);
  risk.commanded({risk_command_kind::release_breaker, everybody}, now);
  step("10000");
  EXPECT_EQ(ask(target::long_position), refusal::none) << "a probe";
  EXPECT_EQ(ask(target::long_position, eth), refusal::breaker_open);
  fill_all();
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
}

TEST_F(account_risk_test, moves_a_global_breaker_by_all_that_moves_an_accounts) {
  using enum breaker_trigger;
  for (const auto trigger : {daily_loss, drawdown, consecutive_losses, reject_rate,
                             venue_error_rate, stale_feed, latency}) {
    EXPECT_TRUE(is_measured(breaker_scope::account, trigger)) << to_string(trigger);
    EXPECT_TRUE(is_measured(breaker_scope::global, trigger)) << to_string(trigger);
  }
  EXPECT_FALSE(is_measured(breaker_scope::global, volatility));
  risk_policy p;
  breaker_levels l;
  l.consecutive_losses = dec("2");
  p.breakers = {breaker(breaker_scope::global, "", l)};
  use(p);
  round_trip_to("99");
  round_trip_to("99");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
}

TEST_F(account_risk_test, opens_a_breaker_again_when_its_probe_is_rejected) {
  risk_policy p;
  breaker_levels l;
  l.daily_loss = dec("100");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  use(p);
  step("9900");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
  step("9950");
  step("9950");
  step("9950");
  EXPECT_EQ(ask(target::long_position), refusal::none);
  end_all(order_state::rejected);
  step("9950");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
}

TEST_F(account_risk_test, a_stop_that_fills_is_no_repeated_execution) {
  risk_policy p;
  p.max_repeated_executions = 2;
  use(p);
  for (int n = 0; n < 4; ++n) {
    auto s = wish(target::long_position);
    s.hints.stop_distance = dec("4");
    const auto made = decide({s});
    ASSERT_EQ(made.size(), 2u) << "the strategy wants long again, and has never said flat: " << n;
    fill_all();
    step("10000");
  }
}

TEST_F(account_risk_test, cancelled_protection_does_not_make_rejected_entries_look_rare) {
  risk_policy p;
  breaker_levels l;
  l.reject_rate = dec("50");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  p.reject_window = p.reject_least = 2;
  use(p);
  for (int n = 0; n < 3; ++n) {
    auto s = wish(target::long_position);
    s.hints.stop_distance = dec("4");
    s.hints.take_profit_distance = dec("8");
    const auto made = decide({s});
    if (n == 2) {
      EXPECT_EQ(made.front().verdict.outcome, refusal::breaker_open);
      break;
    }
    ASSERT_EQ(made.size(), 3u);
    for (const auto& [id, d] : open) // The venue refuses the entry, so its protection is pointless.
      risk.ended({id, d.verdict.reduce_only ? order_state::cancelled : order_state::rejected, now});
    const auto entry = made.front();
    open.clear();
    release(entry);
    step("10000");
  }
}

TEST_F(account_risk_test, opens_a_breaker_when_too_many_orders_are_rejected) {
  risk_policy p;
  breaker_levels l;
  l.reject_rate = dec("50");
  p.breakers = {breaker(breaker_scope::instrument, "BTCUSDT", l)};
  p.reject_window = p.reject_least = 2;
  use(p);
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(ask(target::long_position), refusal::none);
    end_all(order_state::rejected);
    step("10000");
  }
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
}

TEST_F(account_risk_test, opens_an_instruments_breaker_when_it_is_too_volatile) {
  risk_policy p;
  breaker_levels l;
  l.volatility = dec("80");
  p.breakers = {breaker(breaker_scope::instrument, "BTCUSDT", l)};
  use(p);
  auto s = wish(target::long_position);
  s.hints.volatility_ppb = 8 * (whole_ppb / 10);
  EXPECT_EQ(decide({s}).front().verdict.outcome, refusal::breaker_open);
}

TEST_F(account_risk_test, opens_the_accounts_breaker_after_a_time_without_any_market_event) {
  risk_policy p;
  breaker_levels l;
  l.stale_feed = dec("180");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  use(p);
  now = now + std::chrono::minutes{1};
  step("10000"); // Two minutes after the one before.
  EXPECT_EQ(ask(target::long_position), refusal::none);
  end_all(order_state::cancelled);
  now = now + std::chrono::minutes{2};
  step("10000");
  EXPECT_EQ(ask(target::long_position), refusal::breaker_open);
  const auto report = risk.memory()->breakers().report().front();
  EXPECT_EQ(report.trigger, breaker_trigger::stale_feed);
  EXPECT_EQ(report.seen, dec("180"));
}

TEST_F(account_risk_test, opens_the_accounts_breaker_when_a_venue_is_slow_to_answer) {
  risk_policy p;
  breaker_levels l;
  l.latency = dec("0.25");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  risk.answered({history.back().order, false, std::chrono::milliseconds{249}, now});
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
  risk.answered({history.back().order, false, std::chrono::milliseconds{250}, now});
  EXPECT_EQ(ask(target::long_position, btc, strategy_id{"other"}), refusal::breaker_open);
}

TEST_F(account_risk_test, opens_the_accounts_breaker_when_too_many_orders_get_no_answer) {
  risk_policy p;
  breaker_levels l;
  l.venue_error_rate = dec("50");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  p.reject_window = 4;
  p.reject_least = 2;
  use(p);
  const auto answer = [&](bool failed) { risk.answered({client_order_id{"x"}, failed, {}, now}); };
  answer(true);
  EXPECT_EQ(ask(target::long_position), refusal::none) << "one says nothing";
  answer(false);
  EXPECT_EQ(ask(target::long_position, eth), refusal::breaker_open);
}

// -- a person's word ----------------------------------------------------------------------------

TEST_F(account_risk_test, stops_what_adds_risk_while_a_person_holds_a_breaker) {
  risk_policy p;
  breaker_levels l;
  l.consecutive_losses = dec("2");
  p.breakers = {breaker(breaker_scope::strategy, "trend", l)};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  const breaker_key trends{breaker_scope::strategy, "trend"};
  risk.commanded({risk_command_kind::latch_breaker, trends}, now);
  for (int n = 0; n < 100; ++n)
    step("10000"); // No time ends a latch.
  EXPECT_EQ(ask(target::long_position, eth), refusal::breaker_open);
  EXPECT_EQ(ask(target::long_position, btc, strategy_id{"other"}), refusal::none);
  EXPECT_EQ(ask(target::flat), refusal::none);
  risk.commanded({risk_command_kind::release_breaker, trends}, now);
  EXPECT_EQ(ask(target::long_position, eth), refusal::none);
}

TEST_F(account_risk_test, hears_no_command_over_a_breaker_that_it_does_not_have) {
  risk_policy p;
  breaker_levels l;
  l.consecutive_losses = dec("2");
  p.breakers = {breaker(breaker_scope::strategy, "trend", l)};
  use(p);
  risk.commanded({risk_command_kind::latch_breaker, {breaker_scope::account, "main"}}, now);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  EXPECT_TRUE(risk.take_findings().empty());
}

TEST_F(account_risk_test, measures_the_drawdown_from_the_equity_that_a_person_accepted) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  step("8900");
  EXPECT_EQ(ask(target::long_position), refusal::drawdown);
  risk.commanded({risk_command_kind::accept_drawdown, {}}, now);
  EXPECT_EQ(ask(target::long_position), refusal::drawdown) << "it counts from the next equity on";
  step("8800");
  EXPECT_EQ(ask(target::long_position), refusal::none);
  end_all(order_state::cancelled);
  step("7930"); // 9.9 per cent below the new peak.
  EXPECT_EQ(ask(target::long_position), refusal::none);
  end_all(order_state::cancelled);
  step("7900");
  EXPECT_EQ(ask(target::long_position), refusal::drawdown);
}

// -- drawdown --------------------------------------------------------------------------------------

TEST_F(account_risk_test, blocks_entries_from_its_drawdown_on_and_lets_exits_pass) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("8900");
  EXPECT_EQ(ask(target::long_position, eth), refusal::drawdown);
  EXPECT_EQ(ask(target::flat), refusal::none);
}

TEST_F(account_risk_test, cuts_positions_to_their_scaled_size_once) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_TRUE(risk.acts());
  EXPECT_EQ(ask(target::short_position), refusal::none);
  fill_all();
  step("7900");
  const auto made = decide({});
  ASSERT_EQ(made.size(), 1u);
  EXPECT_TRUE(is_own(made[0].wish));
  EXPECT_EQ(made[0].wish.key.cause, "risk/" + std::to_string(now.ms()));
  EXPECT_EQ(made[0].wish.wanted, target::short_position);
  EXPECT_EQ(made[0].verdict.direction, side::buy);
  EXPECT_EQ(made[0].verdict.size, dec("7.5")); // A quarter of 10 is left.
  step("7900");
  EXPECT_TRUE(decide({}).empty()) << "the order is under way";
  fill_all();
  step("7900");
  EXPECT_TRUE(decide({}).empty()) << "it is cut";
  EXPECT_EQ(book.slot(make_slot(trend, btc)).position, dec("-2.5"));
}

TEST_F(account_risk_test, closes_every_position_at_its_last_stage) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  EXPECT_EQ(ask(target::short_position, eth), refusal::none);
  fill_all();
  step("6900");
  EXPECT_EQ(decide({}).size(), 2u);
  fill_all();
  EXPECT_TRUE(book.slot(make_slot(trend, btc)).position.is_zero());
  EXPECT_TRUE(book.slot(make_slot(trend, eth)).position.is_zero());
  step("6900");
  EXPECT_TRUE(decide({}).empty());
}

TEST_F(account_risk_test, leaves_a_slot_alone_that_its_strategy_closes_at_the_same_step) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("6900");
  const auto made = decide({wish(target::flat)});
  ASSERT_EQ(made.size(), 1u);
  EXPECT_FALSE(is_own(made[0].wish));
}

TEST_F(account_risk_test, does_nothing_by_itself_while_halted) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  step("6900");
  mode = trading_mode::halted;
  EXPECT_TRUE(decide({}).empty());
}

TEST_F(account_risk_test, says_once_that_a_rest_is_too_small_for_the_venue) {
  risk_policy p;
  p.drawdown = stages(10, 20, 30);
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  marks[btc] = dec("0.4");
  step("6900");
  const auto made = decide({});
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].verdict.outcome, refusal::min_notional);
  step("6900");
  EXPECT_TRUE(decide({}).empty());
}

// -- findings --------------------------------------------------------------------------------------

TEST_F(account_risk_test, finds_an_order_that_stays_open_too_long_once) {
  risk_policy p;
  p.max_order_age = std::chrono::minutes{1};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  step("10000");
  risk.watch(book, sources());
  EXPECT_TRUE(risk.take_findings().empty());
  for (int n = 0; n < 3; ++n) {
    step("10000");
    risk.watch(book, sources());
  }
  const auto found = risk.take_findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "order_age");
  EXPECT_EQ(found[0].subject, "o1");
}

TEST_F(account_risk_test, finds_fills_far_from_the_decision_and_marks_beyond_a_limit) {
  risk_policy p;
  p.max_fill_slippage_ppb = whole_ppb / 100;
  p.exposure.max_gross = dec("1500");
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  marks[btc] = dec("160");
  fill_all();
  step("10000");
  risk.watch(book, sources());
  std::vector<std::string> codes;
  for (const auto& f : risk.take_findings())
    codes.push_back(f.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"price_bound", "slippage", "gross_exposure"}));
}

TEST_F(account_risk_test, finds_a_position_that_its_fills_do_not_explain) {
  risk_policy p;
  p.max_order_age = std::chrono::hours{1};
  use(p);
  EXPECT_EQ(ask(target::long_position), refusal::none);
  fill_all();
  auto held = book.account(btc);
  held.position += dec("1");
  book.set_account(btc, held);
  risk.watch(book, sources());
  const auto found = risk.take_findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "holding");
}

// -- rebuilt from what was stored --------------------------------------------------------------------

TEST_F(account_risk_test, takes_stored_decisions_as_they_are_and_decides_the_rest_alike) {
  risk_policy p;
  p.order_rate = rate_limit{2, std::chrono::minutes{3}};
  use(p);
  const auto before = risk;
  const auto book_before = book;
  const std::vector signals{wish(target::long_position), wish(target::long_position, eth),
                            wish(target::long_position, eth, strategy_id{"zeal"})};
  const auto whole = decide(signals);
  EXPECT_EQ(whole[2].verdict.outcome, refusal::order_rate);

  // It died after the first decision was committed.
  risk = before;
  book = book_before;
  book.reserve(whole[0].wish, whole[0].verdict);
  const std::map<decision_key, stored_decision> stored{{whole[0].wish.key, history[0]}};
  const auto rest = risk.decide(signals, book, sources(), stored);
  ASSERT_EQ(rest.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(rest[i].wish, whole[i].wish);
    EXPECT_EQ(rest[i].verdict.outcome, whole[i].verdict.outcome);
    EXPECT_EQ(rest[i].verdict.checks, whole[i].verdict.checks);
    EXPECT_EQ(rest[i].verdict.size, whole[i].verdict.size);
  }
}

TEST_F(account_risk_test, a_stored_entry_gets_the_protection_that_is_missing) {
  use({}, true);
  auto s = wish(target::long_position);
  s.hints.stop_distance = dec("4");
  s.hints.take_profit_distance = dec("8");
  const auto before = risk;
  const auto book_before = book;
  const auto whole = decide({s});
  ASSERT_EQ(whole.size(), 3u);
  EXPECT_EQ(whole[1].verdict.stop_price, dec("96"));
  EXPECT_EQ(whole[2].verdict.limit_price, dec("108"));
  for (size_t known = 0; known <= whole.size(); ++known) {
    risk = before;
    book = book_before;
    const auto again = decide_again(s, known, whole);
    ASSERT_EQ(again.size(), whole.size()) << known;
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(again[i].wish, whole[i].wish);
      EXPECT_EQ(again[i].mark, whole[i].mark);
      EXPECT_EQ(again[i].verdict.outcome, whole[i].verdict.outcome);
      EXPECT_EQ(again[i].verdict.type, whole[i].verdict.type);
    }
    EXPECT_EQ(book.open_orders(), 3u) << known;
    EXPECT_EQ(book.account(btc).reserved_sell, quantity{});
  }
}

TEST_F(account_risk_test, an_entry_against_one_under_way_closes_that_by_an_order_of_its_own) {
  // Found with latency: one order for both opened twice the size where a stop came first.
  risk_policy p;
  p.order_rate = rate_limit{3, std::chrono::hours{1}};
  p.duplicates = duplicate_limit{std::chrono::minutes{5}, 10};
  use(p);
  auto entry = wish(target::long_position);
  entry.hints.stop_distance = dec("4");
  ASSERT_EQ(decide({entry}).size(), 2u);
  step("10000");
  auto turn = wish(target::short_position);
  turn.hints.stop_distance = dec("4");
  const auto before = risk;
  const auto book_before = book;
  const auto whole = decide({turn});
  ASSERT_EQ(whole.size(), 3u);
  EXPECT_TRUE(is_closing(whole[0].wish.key));
  EXPECT_EQ(whole[0].wish.wanted, target::flat);
  EXPECT_EQ(whole[0].verdict.size, dec("10"));
  EXPECT_TRUE(whole[0].verdict.reduce_only);
  EXPECT_EQ(whole[1].wish.key, turn.key);
  EXPECT_EQ(whole[1].verdict.direction, side::sell);
  EXPECT_EQ(whole[1].verdict.size, dec("10"));
  EXPECT_FALSE(whole[1].verdict.reduce_only);
  EXPECT_EQ(whole[1].verdict.outcome, refusal::none) << "the third order, and no duplicate";
  EXPECT_TRUE(is_protective(whole[2].wish.key));
  // A guard that starts again takes what is stored of it and decides the rest.
  for (size_t known = 0; known <= whole.size(); ++known) {
    risk = before;
    book = book_before;
    const auto again = decide_again(turn, known, whole);
    ASSERT_EQ(again.size(), whole.size()) << known;
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(again[i].wish, whole[i].wish);
      EXPECT_EQ(again[i].verdict.size, whole[i].verdict.size);
    }
  }
}

TEST_F(account_risk_test, an_entry_without_stop_or_target_closes_what_is_under_way_first_as_well) {
  use({}, true);
  ASSERT_EQ(ask(target::long_position), refusal::none);
  const auto made = decide({wish(target::short_position)});
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].wish.key.leg, closing_leg);
  EXPECT_TRUE(made[0].verdict.reduce_only);
  EXPECT_EQ(made[0].verdict.size, dec("10"));
  EXPECT_EQ(made[1].verdict.size, dec("10"));
}

TEST_F(account_risk_test, an_entry_whose_closing_order_is_refused_closes_with_its_own) {
  use({}, true);
  ASSERT_EQ(ask(target::long_position), refusal::none);
  mode = trading_mode::halted;
  auto turn = wish(target::short_position);
  turn.hints.stop_distance = dec("4");
  const auto made = decide({turn});
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].wish.key, turn.key);
  EXPECT_EQ(made[0].verdict.outcome, refusal::halted);
}

TEST_F(account_risk_test, protective_orders_are_neither_counted_nor_too_old) {
  risk_policy p;
  p.order_rate = rate_limit{2, std::chrono::hours{1}};
  p.max_order_age = std::chrono::minutes{1};
  use(p);
  auto s = wish(target::long_position);
  s.hints.stop_distance = dec("4");
  s.hints.take_profit_distance = dec("8");
  ASSERT_EQ(decide({s}).size(), 3u);
  EXPECT_EQ(ask(target::long_position, eth), refusal::none) << "the second order of two";
  for (int n = 0; n < 3; ++n)
    step("10000");
  risk.watch(book, sources());
  const auto found = risk.take_findings();
  ASSERT_EQ(found.size(), 2u) << "the two entries";
  for (const auto& f : found)
    EXPECT_EQ(f.code, "order_age");
}

TEST_F(account_risk_test, takes_the_probes_of_stored_decisions_again) {
  risk_policy p;
  breaker_levels l;
  l.daily_loss = dec("100");
  p.breakers = {breaker(breaker_scope::account, "main", l)};
  use(p);
  step("9900");
  for (int n = 0; n < 3; ++n)
    step("9950");
  const auto before = risk;
  EXPECT_EQ(ask(target::long_position), refusal::none);
  auto rebuilt = before;
  rebuilt.decided(history.back());
  EXPECT_EQ(rebuilt.memory()->breakers().all().begin()->second.memory(),
            risk.memory()->breakers().all().begin()->second.memory());
}

} // namespace
} // namespace supreme::trading
