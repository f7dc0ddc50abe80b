// Goal: the venue's promises hold for any commands in any order.
// Method: random batches from a small world, so that ids, sessions and steps collide often.
// Properties: one order per client id · sums of trades are the holdings and the cash · nothing is
// filled beyond its size · trade numbers have no gaps · a restart changes no answer · repeating
// every command makes no new order and no new trade · each trade lies within its bar.

#include "tests/venues/venue_fixture.hpp"

#include <gtest/gtest.h>
// After GoogleTest, whose names it uses without including it.
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace supreme::venues {
namespace {

using namespace std::chrono_literals;
using namespace tests;
using trading::client_order_id;

const std::vector<trading::account_id> accounts{main_account, trading::account_id{"other"}};

trading::account_id any_account() { return *rc::gen::elementOf(accounts); }

client_order_id any_client_id() {
  return client_order_id{"o" + std::to_string(*rc::gen::inRange(0, 20))};
}

decimal any_price() {
  return decimal::from_raw(*rc::gen::inRange<int64_t>(9'000, 11'000) * 1'000'000);
}

submit any_submit() {
  submit c;
  c.account = any_account();
  c.session = *rc::gen::inRange<uint64_t>(1, 4);
  c.id = any_client_id();
  c.instrument = *rc::gen::element(btc, eth);
  c.direction = *rc::gen::element(trading::side::buy, trading::side::sell);
  c.type = trading::order_type{*rc::gen::inRange<uint8_t>(1, 5)};
  c.size = decimal::from_raw(*rc::gen::inRange<int64_t>(1, 5'000) * 100'000);
  if (c.type == trading::order_type::limit || c.type == trading::order_type::stop_limit)
    c.limit_price = any_price();
  if (c.type == trading::order_type::stop || c.type == trading::order_type::stop_limit)
    c.stop_price = any_price();
  return c;
}

trading::bar any_bar(const trading::instrument_id& id, uint64_t step) {
  std::array<decimal, 4> p{any_price(), any_price(), any_price(), any_price()};
  std::ranges::sort(p);
  const bool up = *rc::gen::arbitrary<bool>();
  return {id,
          trading::timestamp::from_ns((static_cast<int64_t>(step) - 1) * minute_ns),
          60s,
          up ? p[1] : p[2],
          p[3],
          p[0],
          up ? p[2] : p[1],
          decimal::from_raw(*rc::gen::inRange<int64_t>(0, 1'000) * decimal::scale)};
}

step any_step(uint64_t number) {
  std::vector<trading::bar> bars;
  for (const auto& id : {btc, eth})
    if (*rc::gen::inRange(0, 4) > 0)
      bars.push_back(any_bar(id, number));
  return make_step(number, std::move(bars));
}

/// Random batches; about every third command is the next step.
std::vector<std::vector<command>> make_batches() {
  std::vector<std::vector<command>> out{{logon{accounts[0], 1}, logon{accounts[1], 1}}};
  uint64_t steps = 0;
  const int batches = *rc::gen::inRange(1, 15);
  for (int b = 0; b < batches; ++b) {
    std::vector<command> batch;
    for (int i = *rc::gen::inRange(1, 6); i > 0; --i)
      switch (*rc::gen::inRange(0, 8)) {
        case 0:
          batch.push_back(logon{any_account(), *rc::gen::inRange<uint64_t>(1, 4)});
          break;
        case 1:
          batch.push_back(
            cancel{any_account(), *rc::gen::inRange<uint64_t>(1, 4), any_client_id()});
          break;
        case 2:
        case 3:
          batch.push_back(any_step(++steps));
          break;
        default:
          batch.push_back(any_submit());
      }
    out.push_back(std::move(batch));
  }
  return out;
}

/// Always of full size: RapidCheck's first, small worlds hardly ever trade.
std::vector<std::vector<command>> any_batches() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::exec(make_batches));
}

/// A venue on a temporary ledger, outside of GoogleTest's fixtures.
struct world {
  world() {
    settings.id = trading::venue_id{"sim"};
    settings.ledger_file = folder.file("ledger");
    settings.instruments = {make_instrument(btc), make_instrument(eth)};
    settings.costs.taker_fee_ppb = 1'000'000;
    settings.costs.maker_fee_ppb = -200'000;
    settings.costs.max_volume_share_ppb = 5'000'000;
    reopen();
  }

  void reopen() {
    venue.reset();
    auto opened = bar_venue::open(settings);
    RC_ASSERT(opened.has_value());
    venue = std::move(opened).value();
  }

  [[nodiscard]] ledger_contents contents() const {
    auto read = read_ledger(settings.ledger_file);
    RC_ASSERT(read.has_value());
    return std::move(read).value();
  }

  temporary_folder folder{fast_parent()};
  bar_venue_settings settings;
  std::unique_ptr<bar_venue> venue;
};

/// Every question that can be asked about the world.
std::vector<command> all_questions() {
  std::vector<command> out;
  for (const auto& a : accounts) {
    out.push_back(open_orders{a});
    out.push_back(trades_after{a, 0, 0});
    out.push_back(balances{a});
    for (int i = 0; i < 20; ++i)
      out.push_back(query{a, client_order_id{"o" + std::to_string(i)}});
  }
  return out;
}

void check_orders(const ledger_contents& c) {
  std::set<std::pair<trading::account_id, client_order_id>> seen;
  std::map<std::pair<trading::account_id, client_order_id>, decimal> filled;
  for (const auto& t : c.trades)
    filled[{t.account, t.order}] += t.size;
  for (const auto& o : c.orders) {
    RC_ASSERT((seen.emplace(o.account, o.id).second));
    RC_ASSERT(o.filled <= o.size || o.state == trading::order_state::rejected);
    RC_ASSERT((o.filled == filled[{o.account, o.id}]));
    RC_ASSERT((o.state == trading::order_state::filled)
              == (o.filled == o.size && o.filled.is_positive()));
    RC_ASSERT((o.state == trading::order_state::rejected) == (o.refusal != venue_refusal::none));
  }
}

void check_sums(const ledger_contents& c) {
  for (const auto& b : c.balances) {
    std::map<trading::instrument_id, decimal> held;
    decimal cash;
    uint64_t seq = 0;
    for (const auto& t : c.trades) {
      if (t.account != b.account)
        continue;
      RC_ASSERT(t.seq == ++seq);
      RC_ASSERT(t.id.str() == std::to_string(seq));
      held[t.instrument] += trading::signed_quantity(t.direction, t.size);
      const auto notional = trading::multiply(t.at, t.size, trading::rounding::half_even);
      cash -= trading::signed_quantity(t.direction, notional) + t.fee;
    }
    RC_ASSERT(b.last_seq == seq);
    RC_ASSERT(b.holdings.size() == held.size());
    for (const auto& h : b.holdings)
      RC_ASSERT(h.size == held.at(h.instrument));
    RC_ASSERT(b.cash.size() == (seq > 0 ? 1U : 0U));
    if (seq > 0)
      RC_ASSERT(b.cash[0].amount == cash);
  }
}

void check_trades_lie_in_their_bars(const ledger_contents& c,
                                    const std::vector<std::vector<command>>& batches) {
  std::map<std::pair<uint64_t, trading::instrument_id>, trading::bar> bars;
  for (const auto& batch : batches)
    for (const auto& any : batch)
      if (const auto* s = std::get_if<step>(&any))
        for (const auto& b : s->bars)
          bars.emplace(std::pair{s->number, b.instrument}, b);
  for (const auto& t : c.trades) {
    const auto& b = bars.at({t.step, t.instrument});
    RC_ASSERT(t.at >= b.low && t.at <= b.high);
    RC_ASSERT(t.event_time == b.close_time());
  }
}

RC_GTEST_PROP(bar_venue_property, sums_ids_and_sizes_always_agree, ()) {
  world w;
  const auto batches = any_batches();
  for (const auto& batch : batches)
    RC_ASSERT(w.venue->handle(batch, 0).size() == batch.size());
  const auto c = w.contents();
  check_orders(c);
  check_sums(c);
  check_trades_lie_in_their_bars(c, batches);
  RC_CLASSIFY(!c.trades.empty(), "with trades");
}

RC_GTEST_PROP(bar_venue_property, restarts_change_nothing_that_can_be_seen, ()) {
  const auto batches = any_batches();
  world steady;
  world restarted;
  for (const auto& batch : batches) {
    const auto answers = steady.venue->handle(batch, 0);
    if (*rc::gen::arbitrary<bool>())
      restarted.reopen();
    RC_ASSERT((restarted.venue->handle(batch, 0) == answers));
  }
  const auto known = steady.venue->handle(all_questions(), 0);
  restarted.reopen();
  RC_ASSERT((restarted.venue->handle(all_questions(), 0) == known));
  RC_ASSERT(read_file(steady.settings.ledger_file) == read_file(restarted.settings.ledger_file));
}

RC_GTEST_PROP(bar_venue_property, repeating_every_command_makes_no_second_order_and_no_second_trade,
              ()) {
  world w;
  const auto batches = any_batches();
  for (const auto& batch : batches)
    (void)w.venue->handle(batch, 0);
  const auto before = w.contents();
  std::set<std::pair<trading::account_id, client_order_id>> known;
  for (const auto& o : before.orders)
    known.emplace(o.account, o.id);
  for (const auto& batch : batches)
    for (size_t i = 0; i < batch.size(); ++i) {
      const auto answer = w.venue->handle({batch[i]}, 0).at(0);
      const auto* c = std::get_if<submit>(&batch[i]);
      if (c == nullptr)
        continue;
      const auto& report = std::get<order_report>(answer);
      RC_ASSERT(report.duplicate == known.contains({c->account, c->id}));
      if (!report.venue_id.empty())
        known.emplace(c->account, c->id);
    }
  // Orders that a session refused at the door may come in now that a later one stands open; those
  // that were known stay one, and no step is taken twice.
  const auto after = w.contents();
  check_orders(after);
  RC_ASSERT(after.trades == before.trades);
  RC_ASSERT(after.last_step == before.last_step);
}

RC_GTEST_PROP(bar_venue_property, the_last_step_repeats_identically, ()) {
  world w;
  std::optional<step> last;
  std::optional<answer> report;
  for (const auto& batch : any_batches())
    for (const auto& c : batch) {
      const auto a = w.venue->handle({c}, 0).at(0);
      if (const auto* s = std::get_if<step>(&c)) {
        RC_ASSERT(std::get<step_report>(a).refusal == step_refusal::none);
        last = *s;
        report = a;
      }
      if (*rc::gen::inRange(0, 5) == 0)
        w.reopen();
      if (last)
        RC_ASSERT((w.venue->handle({*last}, 0).at(0) == *report));
    }
}

} // namespace
} // namespace supreme::venues
