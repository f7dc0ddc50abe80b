// Goal: no sequence of decisions, fills, cancels, rejects and crashes takes an account beyond its
// policy, leaks a reservation, or makes a rebuilt risk engine differ from one that lived.
// Method: RapidCheck chooses a policy and a seed; from the seed come short random lives of an
// account with two instruments and two strategies, all decided by the real account_risk and booked
// as the rows do it. A crash forgets the engine and tells a new one everything that was recorded.
// After every decision an independent sum says whether the worst case is within the policy, and
// orders that add risk are counted against the rate, the breaker and the drawdown's stage. At the
// end all orders end, and nothing is left. The program's 1,000 properties of 120 lives each.

#include "tests/trading/generators.hpp"

#include "trading/matching/opened_size.hpp"
#include "trading/risk/account_risk.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <variant>

namespace supreme::trading {
namespace {

constexpr int lives = 120;
const account_id account{"main"};
const asset_id usdt{"USDT"};
const std::array<instrument_id, 2> names{instrument_id{"BTC"}, instrument_id{"ETH"}};
const std::array<strategy_id, 2> strategies{strategy_id{"a"}, strategy_id{"b"}};

instrument traded(const instrument_id& id) {
  return {id, asset_id{"BASE"}, usdt, decimal::literal("0.01"), decimal::literal("0.001"), {}};
}

struct valued_event {
  timestamp at;
  money equity;
};
struct fill_event {
  fill what;
  slot_id slot;
};
using event = std::variant<valued_event, fill_event, order_end, stored_decision>;

struct life {
  life(const risk_policy& p, uint64_t seed)
    : policy(p), risk(account, usdt, p, true), random(seed) {
    book.set_free_cash(decimal::literal("20000"));
  }

  // -- chance ------------------------------------------------------------------------------

  size_t below(size_t n) { return static_cast<size_t>(random() % n); }

  // -- events ------------------------------------------------------------------------------

  void tell(account_risk& to, const event& e) const {
    if (const auto* v = std::get_if<valued_event>(&e))
      to.valued(v->at, v->equity);
    else if (const auto* f = std::get_if<fill_event>(&e))
      to.filled(f->what, f->slot, traded(f->what.instrument));
    else if (const auto* o = std::get_if<order_end>(&e))
      to.ended(*o);
    else
      to.decided(std::get<stored_decision>(e));
  }
  void happened(event e) {
    tell(risk, e);
    past.push_back(std::move(e));
  }

  void move_on() {
    now = now + std::chrono::seconds{1 + static_cast<int64_t>(below(40))};
    for (auto& m : marks)
      m = std::max(m + decimal::from_raw((static_cast<int64_t>(below(41)) - 20) * 10'000'000),
                   decimal::literal("50"));
    const auto change = (static_cast<int64_t>(below(61)) - 32) * 10 * decimal::scale;
    equity = std::max(equity + decimal::from_raw(change), decimal::literal("1000"));
    happened(valued_event{now, equity});
  }

  /// What an order takes from the book when it is over or filled.
  void release(const stored_decision& o, quantity size) {
    if (reserved_size(o.made.verdict).is_zero())
      return;
    auto held = book.account(o.made.wish.instrument);
    (o.made.verdict.direction == side::buy ? held.reserved_buy : held.reserved_sell) -= size;
    book.set_account(o.made.wish.instrument, held);
  }

  /// What is left of a slot's orders, in their order.
  void count_orders(const slot_id& slot, quantity position) {
    slot_orders under_way;
    for (const auto& o : open) {
      const auto& v = o.made.verdict;
      if (o.made.wish.key.slot == slot)
        under_way.add(v.direction, v.type, v.reduce_only, v.size - filled[o.order]);
    }
    book.set_slot(slot, position, under_way);
  }

  /// As the venue sees it.
  [[nodiscard]] slot_order at_venue(const stored_decision& o) {
    const auto& v = o.made.verdict;
    return {v.direction, v.type, v.reduce_only, v.size - filled[o.order]};
  }
  [[nodiscard]] opened_size& opened_by(const stored_decision& o) {
    return opened[o.made.wish.key.slot];
  }

  void fill_one(size_t index) {
    auto& o = open[index];
    const auto& v = o.made.verdict;
    const auto before = at_venue(o);
    auto rest = before.open_size;
    if (v.reduce_only)
      rest = std::min(rest, opened_by(o).closable(v.direction));
    if (rest.is_zero())
      return;
    const auto half = checked_round_to_multiple(decimal::from_raw(rest.raw() / 2),
                                                decimal::literal("0.001"), rounding::toward_zero);
    const auto size = below(2) == 0 && half->is_positive() ? *half : rest;
    fill f;
    f.account = account;
    f.id = trade_id{std::to_string(past.size())};
    f.order = o.order;
    f.instrument = o.made.wish.instrument;
    f.direction = v.direction;
    f.at = mark_of(f.instrument);
    f.size = size;
    f.fee_asset = usdt;
    f.event_time = now;
    release(o, size);
    auto held = book.account(f.instrument);
    held.position += signed_quantity(f.direction, size);
    book.set_account(f.instrument, held);
    const auto slot = o.made.wish.key.slot;
    filled[o.order] += size;
    count_orders(slot, book.slot(slot).position + signed_quantity(f.direction, size));
    opened_by(o).fills(before, size);
    happened(fill_event{f, o.made.wish.key.slot});
    if (filled[o.order] != v.size)
      return;
    opened_by(o).ends(at_venue(o));
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void end_one(size_t index, order_state state) {
    const auto o = open[index];
    release(o, o.made.verdict.size - filled[o.order]);
    opened_by(o).ends(at_venue(o));
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
    const auto& slot = o.made.wish.key.slot;
    count_orders(slot, book.slot(slot).position);
    happened(order_end{o.order, state, now});
  }

  void crash() {
    account_risk again{account, usdt, policy, true};
    for (const auto& e : past)
      tell(again, e);
    const auto &before = *risk.memory(), &after = *again.memory();
    RC_ASSERT(before.drawdown() == after.drawdown());
    RC_ASSERT(before.day_loss() == after.day_loss());
    RC_ASSERT(before.open_orders().size() == after.open_orders().size());
    for (const auto& s : strategies)
      RC_ASSERT(before.trades_of(s) == after.trades_of(s));
    auto other = after.breakers().all().begin();
    for (const auto& [key, breaker] : before.breakers().all())
      RC_ASSERT(breaker.memory() == (other++)->second.memory());
    risk = std::move(again);
  }

  // -- decisions ---------------------------------------------------------------------------

  [[nodiscard]] price mark_of(const instrument_id& id) const {
    return marks[id == names[0] ? 0 : 1];
  }

  [[nodiscard]] decision_sources sources() const {
    return {now,
            [this](const signal& s) {
              decision_terms t;
              t.traded = traded(s.instrument);
              t.limits.allow_short = true;
              t.size = {.mode = sizing_mode::percent_of_equity, .share_ppb = whole_ppb / 8};
              t.mark = mark_of(s.instrument);
              t.mark_time = now;
              return t;
            },
            [this](const instrument_id& id) -> std::optional<price> { return mark_of(id); }};
  }

  void decide() {
    std::vector<signal> signals;
    for (size_t n = below(3); n > 0; --n) {
      signal s;
      s.strategy = strategies[below(2)];
      s.instrument = names[below(2)];
      s.account = account;
      s.key = {make_slot(s.strategy, s.instrument),
               "BTC/1s/" + std::to_string(now.ms()) + "#" + std::to_string(n), 0, 0};
      s.wanted = std::array{target::flat, target::long_position, target::short_position}[below(3)];
      s.reference_price = mark_of(s.instrument);
      if (below(2) == 0)
        s.hints.stop_distance = multiply_divide(s.reference_price, 1, 50, rounding::half_even);
      s.event_time = now;
      signals.push_back(std::move(s));
    }
    const auto stage =
      risk.memory()->drawdown() ? risk.memory()->drawdown()->stage : drawdown_stage::normal;
    const bool was_open = breaker_state_now() == breaker_state::open;
    auto shadow = book; // What the book becomes decision by decision, reckoned again.
    book.set_open_orders(static_cast<uint32_t>(open.size()));
    shadow.set_open_orders(static_cast<uint32_t>(open.size()));
    for (const auto& d : risk.decide(std::move(signals), book, sources())) {
      client_order_id id;
      if (d.verdict.outcome == refusal::none) {
        id = client_order_id{"o" + std::to_string(++orders)};
        const auto room = closable(shadow.account(d.wish.instrument), d.verdict.direction);
        const bool adds = reserved_size(d.verdict) > std::max(*room, quantity{});
        shadow.reserve(d.wish, d.verdict);
        if (adds) {
          RC_ASSERT(stage == drawdown_stage::normal);
          RC_ASSERT(!was_open);
          expect_within(shadow);
          adding.push_back(now);
        }
        risk.accepted(d.wish.key, id);
        open.push_back({d, id});
        opened_by(open.back()).rests(at_venue(open.back()));
      }
      past.emplace_back(stored_decision{d, id});
    }
  }

  [[nodiscard]] breaker_state breaker_state_now() const {
    const auto& all = risk.memory()->breakers().all();
    return all.empty() ? breaker_state::closed : all.begin()->second.state();
  }

  // -- what must hold ------------------------------------------------------------------------

  void expect_within(const exposure_book& b) const {
    money gross;
    for (const auto& [id, held] : b.accounts()) {
      const auto most = held.position + held.reserved_buy;
      const auto least = held.position - held.reserved_sell;
      const auto worst = std::max(most, -least);
      const auto worth = multiply(worst, mark_of(id), rounding::away_from_zero);
      gross += worth;
    }
    if (policy.exposure.max_gross)
      RC_ASSERT(gross <= *policy.exposure.max_gross);
    if (policy.exposure.max_open_orders)
      RC_ASSERT(b.open_orders() <= *policy.exposure.max_open_orders);
  }

  void expect_pace() const {
    if (!policy.order_rate)
      return;
    const auto count = policy.order_rate->count;
    for (size_t i = count; i < adding.size(); ++i)
      RC_ASSERT(adding[i] - adding[i - count] >= policy.order_rate->window);
  }

  void run(int steps) {
    for (int n = 0; n < steps; ++n) {
      const auto what = below(10);
      if (what < 3)
        move_on();
      else if (what < 6)
        decide_once();
      else if (what < 8 && !open.empty())
        fill_one(below(open.size()));
      else if (what == 8 && !open.empty())
        end_one(below(open.size()), below(2) == 0 ? order_state::cancelled : order_state::rejected);
      else if (what == 9 && below(4) == 0)
        crash();
    }
    expect_pace();
    while (!open.empty())
      end_one(0, order_state::expired);
    for (const auto& [id, held] : book.accounts())
      RC_ASSERT((held.reserved_buy.is_zero() && held.reserved_sell.is_zero()));
    RC_ASSERT(risk.memory()->open_orders().empty());
  }

  /// A step is valued and decided once.
  void decide_once() {
    move_on();
    decide();
  }

  risk_policy policy;
  account_risk risk;
  std::mt19937_64 random;
  exposure_book book;
  std::array<price, 2> marks{decimal::literal("100"), decimal::literal("80")};
  money equity = decimal::literal("10000");
  timestamp now = timestamp::from_ms(1'776'000'000'000);
  std::vector<event> past;
  std::vector<stored_decision> open;
  std::map<client_order_id, quantity> filled;
  std::map<slot_id, opened_size> opened;
  std::vector<timestamp> adding; ///< approvals that added risk
  uint64_t orders = 0;
};

risk_policy any_policy() {
  risk_policy p;
  if (*rc::gen::arbitrary<bool>())
    p.exposure.max_gross = decimal::from_integer(*rc::gen::inRange<int64_t>(1'000, 6'000));
  if (*rc::gen::arbitrary<bool>())
    p.exposure.max_open_orders = *rc::gen::inRange<uint32_t>(1, 4);
  if (*rc::gen::arbitrary<bool>())
    p.order_rate = rate_limit{*rc::gen::inRange<uint32_t>(1, 4), std::chrono::seconds{60}};
  if (*rc::gen::arbitrary<bool>())
    p.duplicates = duplicate_limit{std::chrono::seconds{30}, 5};
  if (*rc::gen::arbitrary<bool>()) {
    constexpr int64_t per_cent = whole_ppb / 100;
    p.drawdown = drawdown_policy{};
    p.drawdown->points = {{2 * per_cent, whole_ppb / 2}};
    p.drawdown->no_entries_ppb = 4 * per_cent;
    p.drawdown->reduce_ppb = 6 * per_cent;
    p.drawdown->flatten_ppb = 12 * per_cent;
    p.drawdown->recovery_ppb = per_cent;
  }
  if (*rc::gen::arbitrary<bool>()) {
    breaker_settings s;
    s.levels.consecutive_losses = decimal::from_integer(2);
    s.levels.daily_loss = decimal::literal("300");
    s.levels.reject_rate = decimal::literal("60");
    s.cool_down = std::chrono::seconds{60};
    s.probes = *rc::gen::inRange<uint32_t>(1, 3);
    s.probe_deadline = std::chrono::seconds{120};
    p.breakers = {{{breaker_scope::account, account.str()}, s}};
    p.reject_window = p.reject_least = 3;
  }
  return p;
}

RC_GTEST_PROP(account_risk_property, stays_within_its_policy_and_survives_every_crash, ()) {
  const auto policy = any_policy();
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  for (int n = 0; n < lives; ++n)
    life{policy, seed + static_cast<uint64_t>(n)}.run(24);
}

} // namespace
} // namespace supreme::trading
