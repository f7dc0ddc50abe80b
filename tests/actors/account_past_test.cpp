// Goal: what a guard knows of its account's past is a function of the rows alone: one that read
// them step by step and one that reads all of them now, in pages of any size, decide alike, also
// where an order's end is reported long after its decision. Method: random lives of an account with
// every rule of a policy on. At each step the living past and a fresh one are asked the same
// signals; the verdicts with all their checks must be equal, and the living one's become the rows
// that both read from then on.
#include "actors/risk_guard/account_past.hpp"
#include "tests/actors/cluster_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace supreme::tests {
namespace {

using namespace trading;

constexpr const char* every_rule = R"([accounts.exposure]
max_gross = "9000"
max_open_orders = 4
[accounts.rates]
max_orders = 4
window_ms = 300000
duplicate_window_ms = 120000
max_repeated_executions = 3
[accounts.drawdown]
points = [{ drawdown_bps = 100, scale_bps = 5000 }]
no_entries_bps = 300
reduce_bps = 400
flatten_bps = 600
recovery_bps = 50
[[accounts.breakers]]
scope = "account"
consecutive_losses = 2
reject_rate_bps = 5000
venue_error_rate_bps = 6000
stale_feed_ms = 150000
latency_ms = 900
cool_down_s = 180
probe_deadline_s = 600
[accounts.watch]
reject_window = 4
reject_least = 2
)";

const std::vector<instrument_id> instruments{instrument_id{"BTCUSDT"}, instrument_id{"ETHUSDT"}};

struct life {
  explicit life(uint64_t seed)
    : random(seed),
      settings(cluster_text{.main_policy = every_rule}.to_settings()),
      account(*settings.find_account(account_id{"main"})),
      living(settings, account) {}

  size_t below(size_t n) { return static_cast<size_t>(random() % n); }

  // -- the rows ------------------------------------------------------------------------------

  /// Everything that was committed and not read by this past, in pages of so many entries.
  void read(actors::account_past& past, size_t limit) const {
    const auto first_step = static_cast<std::ptrdiff_t>(past.steps_read());
    past.add(std::vector<storage::equity_point>{equity.begin() + first_step, equity.end()});
    while (past.events_read() < events.size()) {
      storage::account_events page;
      const auto first = static_cast<size_t>(past.events_read());
      const auto end = std::min(first + limit, events.size());
      page.events.assign(events.begin() + static_cast<std::ptrdiff_t>(first),
                         events.begin() + static_cast<std::ptrdiff_t>(end));
      page.through = end;
      past.add(std::move(page));
    }
    if (!past.is_stale())
      return;
    ++stale;
    past.begin_anew();
    read(past, limit);
  }

  void release(const stored_decision& o) {
    auto held = book.account(o.made.wish.instrument);
    const auto& v = o.made.verdict;
    (v.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= v.size;
    book.set_account(o.made.wish.instrument, held);
  }

  /// What is left of a slot's orders, in their order.
  void count_orders(const slot_id& slot, quantity position) {
    slot_orders under_way;
    for (const auto& o : open) {
      const auto& v = o.made.verdict;
      if (o.made.wish.key.slot == slot)
        under_way.add(v.direction, v.type, v.reduce_only, v.size);
    }
    book.set_slot(slot, position, under_way);
  }

  void fill_or_end(const stored_decision& o) {
    release(o);
    const auto& w = o.made.wish;
    count_orders(w.key.slot, book.slot(w.key.slot).position);
    if (below(4) == 0) { // Told with the time of its decision, as executors do.
      const auto state = below(2) == 0 ? order_state::rejected : order_state::cancelled;
      events.push_back({order_end{o.order, state, w.event_time}});
      return;
    }
    fill f;
    f.account = account.id;
    f.id = trade_id{std::to_string(events.size())};
    f.order = o.order;
    f.instrument = w.instrument;
    f.direction = o.made.verdict.direction;
    f.at = mark;
    f.size = o.made.verdict.size;
    f.fee_asset = account.quote;
    f.event_time = now;
    auto held = book.account(w.instrument);
    held.position += signed_quantity(f.direction, f.size);
    book.set_account(w.instrument, held);
    count_orders(w.key.slot, book.slot(w.key.slot).position + signed_quantity(f.direction, f.size));
    events.push_back({storage::slot_fill{f, w.key.slot}});
  }

  // -- a step --------------------------------------------------------------------------------

  std::vector<made_decision> decide(actors::account_past& past, const std::vector<signal>& signals,
                                    exposure_book& on) {
    auto present = past.at(now, worth);
    EXPECT_TRUE(present.stored.empty());
    on.set_open_orders(static_cast<uint32_t>(open.size()));
    return present.risk.decide(
      signals, on,
      {now,
       [&](const signal& s) {
         decision_terms t;
         t.traded = *settings.find_instrument(s.instrument);
         t.limits.allow_short = true;
         t.size = {.mode = sizing_mode::fixed_quantity, .amount = decimal::literal("50")};
         t.mark = mark;
         t.mark_time = now;
         return t;
       },
       [&](const instrument_id&) -> std::optional<price> { return mark; }});
  }

  std::vector<signal> any_signals() {
    std::vector<signal> out;
    for (const auto& id : instruments) {
      if (below(2) == 0)
        continue;
      signal s;
      s.strategy = strategy_id{"trend"};
      s.account = account.id;
      s.instrument = id;
      s.key = {make_slot(s.strategy, id), id.str() + "/60s/" + std::to_string(now.ms()), 0, 0};
      s.wanted = std::array{target::flat, target::long_position, target::short_position}[below(3)];
      s.reference_price = mark;
      s.event_time = now;
      out.push_back(std::move(s));
    }
    return out;
  }

  /// A person says something between two steps, which holds from the next one on.
  void command() {
    const std::array all{risk_command_kind::latch_breaker, risk_command_kind::release_breaker,
                         risk_command_kind::release_breaker, risk_command_kind::accept_drawdown};
    const risk_command c{all[below(all.size())], {breaker_scope::account, "main"}};
    events.push_back({storage::given_command{c, equity.empty() ? timestamp{} : equity.back().at}});
  }

  void step() {
    if (below(10) == 0)
      command();
    now = now + std::chrono::minutes{below(30) == 0 ? 3 : 1};
    mark = std::max(mark + decimal::from_integer(static_cast<int64_t>(below(9)) - 4),
                    decimal::literal("50"));
    worth += decimal::from_integer(static_cast<int64_t>(below(401)) - 210);
    for (size_t i = open.size(); i-- > 0;) {
      if (below(3) == 0)
        continue;
      const auto over = open[i];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
      fill_or_end(over);
    }
    // A guard is asked at every step, or not: both must come to the same.
    const bool asked = below(4) != 0;
    if (asked)
      decide_alike();
    // Given while the step was under way, by somebody who knows of the one before.
    if (below(20) == 0)
      command();
    equity.push_back({equity.size() + 1, now, worth});
  }

  void decide_alike() {
    const auto signals = any_signals();
    read(living, 7);
    actors::account_past fresh{settings, account};
    read(fresh, 1 + below(9));
    auto other = book;
    const auto made = decide(living, signals, book);
    const auto again = decide(fresh, signals, other);
    ASSERT_EQ(made.size(), again.size());
    for (size_t i = 0; i < made.size(); ++i) {
      ASSERT_EQ(made[i].wish, again[i].wish);
      ASSERT_EQ(made[i].verdict.outcome, again[i].verdict.outcome);
      ASSERT_EQ(made[i].verdict.checks, again[i].verdict.checks);
      ASSERT_EQ(made[i].verdict.size, again[i].verdict.size);
      ++seen[made[i].verdict.outcome];
      own += is_own(made[i].wish) ? 1 : 0;
      stored_decision d{made[i], {}};
      if (made[i].verdict.outcome == refusal::none) {
        d.order = client_order_id{"o" + std::to_string(++orders)};
        open.push_back(d);
      }
      events.push_back({d});
      // The venue answers at the same step, unless a guard hears of it long after.
      if (!d.order.empty() && below(8) != 0)
        events.push_back(
          {venue_answer{d.order, below(4) == 0, std::chrono::milliseconds{below(1000)}, now}});
    }
  }

  std::mt19937_64 random;
  config::cluster_settings settings;
  config::account_settings account;
  actors::account_past living;
  std::vector<storage::account_event> events;
  std::vector<storage::equity_point> equity;
  exposure_book book = [] {
    exposure_book b;
    b.set_free_cash(decimal::literal("1000000"));
    return b;
  }();
  std::vector<stored_decision> open;
  timestamp now = timestamp::from_ms(1'776'000'000'000);
  price mark = decimal::literal("100");
  money worth = decimal::literal("25000");
  uint64_t orders = 0;
  uint64_t own = 0;
  std::map<refusal, uint64_t> seen;
  mutable uint64_t stale = 0;
};

TEST(account_past, is_the_same_however_and_whenever_it_was_read) {
  std::map<refusal, uint64_t> seen;
  uint64_t own = 0, stale = 0;
  for (uint64_t seed = 1; seed <= 300 && !::testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    life l{seed};
    for (int n = 0; n < 90 && !::testing::Test::HasFatalFailure(); ++n)
      l.step();
    for (const auto& [code, count] : l.seen)
      seen[code] += count;
    own += l.own;
    stale += l.stale;
  }
  // Lives in which nothing happens would prove nothing.
  for (const auto code : {refusal::none, refusal::breaker_open, refusal::drawdown,
                          refusal::order_rate, refusal::duplicate_order, refusal::gross_exposure})
    EXPECT_GE(seen[code], 10u) << to_string(code);
  EXPECT_GE(own, 5u) << "cuts";
  EXPECT_GE(stale, 10u) << "ends that came late";
}

TEST(account_past, remembers_nothing_where_no_rule_asks_for_it) {
  const auto settings = cluster_text{}.to_settings();
  const actors::account_past past{settings, settings.accounts.front()};
  EXPECT_FALSE(past.remembers());
}

} // namespace
} // namespace supreme::tests
