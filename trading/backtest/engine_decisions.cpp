// What becomes of wishes: decisions, and orders that rest from then on.

#include "trading/backtest/engine.hpp"

#include "trading/risk/protection.hpp"
#include "trading/risk/reversal.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace supreme::trading {

void backtest_engine::decide(timestamp now) {
  exposure_.set_open_orders(static_cast<uint32_t>(resting_.size()));
  if (risk_.remembers()) {
    decide_signals(now);
    return;
  }
  if (wishes_.size() > 1)
    std::sort(wishes_.begin(), wishes_.end(), [&](const auto& a, const auto& b) {
      return std::tie(legs_[a.leg].rank, a.wish.key_leg)
             < std::tie(legs_[b.leg].rank, b.wish.key_leg);
    });
  for (const auto& w : wishes_)
    decide_alone(w, now);
}

/// Without a policy.
decision_facts backtest_engine::facts_of(const leg_state& leg, const slot_exposure& held,
                                         target wanted, timestamp now) {
  const auto& market = markets_[leg.market];
  return {wanted,
          market.traded,
          *market.limits,
          plan_.strategies[leg.strategy].size,
          {},
          exposure_.account_at(market.place),
          exposure_.free_cash(),
          held,
          {},
          trading_mode::active,
          market.close_time(*market.now),
          market.now->close,
          now,
          listener_.reads_names()};
}

/// Makes an approved decision an order and tells of it; `make` gives it its names where they are
/// read.
template <class Make>
void backtest_engine::conclude(size_t leg, const verdict& decided, const decision_origin& from,
                               timestamp now, Make make) {
  const auto& l = legs_[leg];
  decision_event e;
  e.instrument = l.market;
  e.slot = leg;
  e.at = now;
  e.reason = from.reason;
  e.with_entry = from.with_entry;
  e.verdict = &decided;
  if (decided.outcome == refusal::none) {
    exposure_.reserve(markets_[l.market].place, l.place, decided);
    e.order = place_order(leg, decided, now);
  }
  if (!listener_.reads_names()) {
    listener_.on_decision(e);
    return;
  }
  const made_decision made = make();
  const auto id = e.order != 0 ? resting_.back().id : client_order_id{};
  e.made = &made;
  e.order_id = &id;
  listener_.on_decision(e);
}

/// Without a policy a decision needs no names.
void backtest_engine::decide_alone(const step_wish& w, timestamp now) {
  const auto& hints = w.wish.hints;
  auto held = exposure_.slot_at(legs_[w.leg].place);
  if (closes_first(w.wish.wanted, held)) [[unlikely]] {
    close_turned(w, held, now);
    held = exposure_.slot_at(legs_[w.leg].place);
  }
  const auto& instance = slots_[legs_[w.leg].slot].instance;
  auto facts = facts_of(legs_[w.leg], held, w.wish.wanted, now);
  risk_.decide_alone(hints, facts, verdict_);
  conclude(w.leg, verdict_, {instance.reason(), false}, now, [&] {
    return made_decision{instance.make_signal(w.wish), verdict_, facts.mark, facts.limits};
  });
  if (hints.stop_distance || hints.take_profit_distance) [[unlikely]]
    place_protection(w, now);
}

/// As account_risk does it.
void backtest_engine::close_turned(const step_wish& w, const slot_exposure& held, timestamp now) {
  const auto& leg = legs_[w.leg];
  auto facts = facts_of(leg, held, target::flat, now);
  facts.cut_to = quantity{};
  risk_.decide_alone({}, facts, verdict_);
  if (verdict_.outcome != refusal::none)
    return;
  conclude(w.leg, verdict_, {closing_reason, true}, now, [&] {
    return made_decision{closing_signal(slots_[leg.slot].instance.make_signal(w.wish), held),
                         verdict_, facts.mark, facts.limits};
  });
}

/// Of the entry that was decided last, where it is one.
void backtest_engine::place_protection(const step_wish& w, timestamp now) {
  const auto& leg = legs_[w.leg];
  const auto& market = markets_[leg.market];
  for (const auto& o : protect(w.wish.hints, market.now->close, verdict_, *market.traded,
                               *market.limits, listener_.reads_names())) {
    conclude(w.leg, o.verdict, {o.reason, true}, now, [&] {
      const auto entry = slots_[leg.slot].instance.make_signal(w.wish);
      return made_decision{protective_signal(entry, o), o.verdict, o.at, *market.limits};
    });
  }
}

void backtest_engine::decide_signals(timestamp now) {
  std::vector<signal> signals;
  for (const auto& w : wishes_)
    signals.push_back(slots_[legs_[w.leg].slot].instance.make_signal(w.wish));
  for (const auto& d : risk_.decide(std::move(signals), exposure_, sources(now))) {
    decision_event e;
    e.slot = leg_index_.at(d.wish.key.slot);
    e.instrument = legs_[e.slot].market;
    e.at = now;
    e.reason = d.wish.reason;
    e.with_entry = goes_with_entry(d.wish.key);
    e.verdict = &d.verdict;
    client_order_id id;
    if (d.verdict.outcome == refusal::none) {
      e.order = place_order(e.slot, d.verdict, now);
      id = resting_.back().id;
      risk_.accepted(d.wish.key, id);
    }
    e.made = &d;
    e.order_id = &id;
    listener_.on_decision(e);
  }
}

/// The number of an order that rests from now on.
uint64_t backtest_engine::place_order(size_t leg, const verdict& v, timestamp now) {
  auto& o = resting_.emplace_back();
  o.number = ++orders_;
  if (names_)
    o.id = client_order_id{"bt-" + std::to_string(o.number)};
  o.market = legs_[leg].market;
  o.leg = leg;
  o.arrives = now + plan_.latency;
  o.rest.direction = v.direction;
  o.rest.type = v.type;
  o.rest.limit_price = v.limit_price;
  o.rest.stop_price = v.stop_price;
  o.rest.reduce_only = v.reduce_only;
  o.rest.open_size = o.size = v.size;
  o.reserve_cash = o.reserved_cash = v.reserve_cash;
  reserved_cash_ += v.reserve_cash;
  if (is_exit(v.type, v.reduce_only) && legs_[leg].opened.has_entries(opposite(v.direction)))
    take_back_entries(o);
  o.waits = !v.reduce_only && legs_[leg].opened.has_exits();
  legs_[leg].opened.rests(as_slot_order(o.rest));
  protective_ += is_protective(v) ? 1 : 0;
  if (venue_ != nullptr)
    venue_->submit(o.id, leg, o.market, o.rest, now);
  return o.number;
}

/// As slot_orders::add() does it: nobody counts on these entries any more.
void backtest_engine::take_back_entries(const open_order& exit) {
  may_withdraw_ = true;
  for (auto& o : resting_)
    o.taken_back |= o.leg == exit.leg && withdraws(exit.rest, o.rest);
}

decision_terms backtest_engine::terms_of(const signal& wish) const {
  const auto& market = markets_[index_of(wish.instrument)];
  decision_terms terms;
  terms.traded = *market.traded;
  terms.limits = *market.limits;
  terms.size = plan_.strategies[legs_[leg_index_.at(wish.key.slot)].strategy].size;
  terms.mark = market.now->close;
  terms.mark_time = market.close_time(*market.now);
  return terms;
}

decision_sources backtest_engine::sources(timestamp now) const {
  return {now, [this](const signal& wish) { return terms_of(wish); },
          [this](const instrument_id& id) { return mark_at(index_of(id)); }};
}

} // namespace supreme::trading
