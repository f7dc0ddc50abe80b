#include "trading/risk/account_memory.hpp"

#include "trading/check.hpp"
#include "trading/risk/event_time.hpp"
#include "trading/risk/reversal.hpp"

#include <array>

namespace supreme::trading {

namespace {

decimal count_of(uint32_t n) { return decimal::from_integer(n); }

/// A fee in quote units. One in a third asset has no price here and counts as nothing.
money fee_in_quote(const fill& f, const instrument& traded) {
  if (f.fee_asset == traded.base)
    return multiply(f.fee, f.at, rounding::half_even);
  return f.fee_asset == traded.quote ? f.fee : money{};
}

} // namespace

bool is_own(const signal& wish) noexcept { return wish.key.cause.starts_with("risk/"); }

account_memory::account_memory(account_id account, asset_id quote, const risk_policy& policy)
  : account_(std::move(account)),
    quote_(std::move(quote)),
    venue_errors_(policy.reject_window, policy.reject_least) {
  SUPREME_CHECK(policy.problems().empty(), "a policy is checked before it is used");
  // The breakers ask for the drawdown as well, without any policy of it.
  if (policy.drawdown || !policy.breakers.empty())
    drawdown_.emplace(policy.drawdown.value_or(drawdown_policy{}));
  for (const auto& [key, settings] : policy.breakers) {
    breakers_.put(key, circuit_breaker{settings});
    rejects_.emplace(key, failure_rate{policy.reject_window, policy.reject_least});
    loss_runs_[key] = 0;
  }
  if (policy.order_rate)
    order_rate_.emplace(*policy.order_rate);
  if (policy.duplicates)
    duplicates_.emplace(policy.duplicates->window, policy.duplicates->capacity);
  if (policy.max_repeated_executions)
    repeated_.emplace(*policy.max_repeated_executions, slots_max);
}

// -- events ---------------------------------------------------------------------------

void account_memory::commanded(const risk_command& command, timestamp at) {
  if (command.kind == risk_command_kind::accept_drawdown) {
    accepted_ = true;
    return;
  }
  auto* breaker = breakers_.find(command.breaker);
  if (breaker == nullptr)
    return;
  const auto moved =
    command.kind == risk_command_kind::latch_breaker ? breaker->latch(at) : breaker->release(at);
  if (moved)
    note_move(command.breaker, *moved);
}

void account_memory::valued(const risk_policy& policy, timestamp at, money equity) {
  for (const auto& [key, moved] : breakers_.advance(at))
    note_move(key, moved);
  day_loss_ = day_.update(at, equity).value_or(decimal::from_raw(INT64_MAX));
  observe_account(breaker_trigger::daily_loss, day_loss_, at);
  if (const auto before = std::exchange(valued_at_, at))
    observe_account(breaker_trigger::stale_feed, seconds_between(*before, at), at);
  const bool accepted = std::exchange(accepted_, false);
  if (!drawdown_)
    return;
  if (accepted)
    drawdown_->restart(equity);
  const auto before = reading_ ? reading_->stage : drawdown_stage::normal;
  reading_ = drawdown_->update(equity);
  if (!reading_)
    return;
  observe_account(breaker_trigger::drawdown, percent(reading_->drawdown_ppb), at);
  if (policy.drawdown && reading_->stage != before)
    find({at,
          "drawdown",
          "account",
          std::string{"the drawdown's stage is "} + to_string(reading_->stage),
          {},
          percent(reading_->held_ppb)});
}

void account_memory::filled(const risk_policy& policy, const fill& f, const slot_id& slot,
                            const instrument& traded) {
  sums_[f.instrument] += signed_quantity(f.direction, f.size);
  const auto found = open_.find(f.order);
  // A late fill is of an order that is over already.
  auto* const o = found == open_.end() ? nullptr : &found->second;
  if (o != nullptr)
    check_one(policy, *o, f);
  if (const auto s = slots_.find(slot); s != slots_.end()) {
    if (o != nullptr && s->second.trip.held().size.is_zero())
      s->second.entry_scale_ppb = o->scale_ppb;
    s->second.cut_refused = refusal::none;
    if (const auto closed = s->second.trip.add(f, fee_in_quote(f, traded)))
      close_trade(s->second, *closed, f.event_time);
  }
  if (o == nullptr)
    return;
  // What has closed the holding without the strategy's saying so: what it wants next is no
  // repetition.
  if (repeated_ && goes_with_entry(o->made.key))
    repeated_->begin_anew(slot);
  else if (repeated_ && o->done.filled.is_zero())
    repeated_->record(slot, f.direction);
  if (const auto total = with_fill(o->done, f))
    o->done = *total;
  if (o->done.filled < o->made.size)
    return;
  end_order(*o, false, f.event_time);
  open_.erase(found);
}

void account_memory::ended(const order_end& e) {
  const auto found = open_.find(e.order);
  if (found == open_.end())
    return;
  end_order(found->second, e.state == order_state::rejected || e.state == order_state::not_accepted,
            e.at);
  open_.erase(found);
}

void account_memory::answered(const venue_answer& a) {
  observe_account(breaker_trigger::latency, seconds_of(a.took), a.at);
  venue_errors_.record(a.failed);
  if (const auto ppb = venue_errors_.ppb())
    observe_account(breaker_trigger::venue_error_rate, percent(*ppb), a.at);
}

/// An order that was filled at least in part has shown that the way is free.
void account_memory::end_order(const open_order& o, bool rejected, timestamp at) {
  for (const auto& [key, probe] : o.probes)
    if (auto* breaker = breakers_.find(key))
      if (const auto moved = breaker->settle(probe, o.done.filled.is_positive(), at))
        note_move(key, *moved);
  // That such an order became pointless says nothing of the venue, and must not make the rejections
  // of entries look rare.
  const bool counts = rejected || !goes_with_entry(o.made.key);
  for (const auto& key : breaker_keys({account_, o.made.strategy, o.made.instrument})) {
    const auto rate = counts ? rejects_.find(key) : rejects_.end();
    if (rate == rejects_.end())
      continue;
    rate->second.record(rejected);
    if (const auto ppb = rate->second.ppb())
      observe(key, breaker_trigger::reject_rate, percent(*ppb), at);
  }
  for (const char* code : {"order_age", "slippage"})
    failing_.erase({o.made.id.str(), code});
}

void account_memory::close_trade(const slot_memory& slot, const closed_trade& t, timestamp at) {
  const money net = t.net();
  auto& record = trades_[slot.strategy];
  // A record that is full stays as it is.
  record = with_trade(record, net).value_or(record);
  for (const auto& key : breaker_keys({account_, slot.strategy, slot.instrument})) {
    const auto run = loss_runs_.find(key);
    if (run == loss_runs_.end())
      continue;
    run->second = next_loss_run(run->second, net);
    observe(key, breaker_trigger::consecutive_losses, count_of(run->second), at);
  }
}

void account_memory::asked(const risk_policy& policy, const signal& wish, timestamp at) {
  slots_.try_emplace(wish.key.slot, slot_memory{wish.strategy, wish.instrument, round_trip{quote_},
                                                whole_ppb, refusal::none});
  if (repeated_)
    repeated_->note_signal(wish.key.slot, wish.wanted);
  if (!policy.breakers.empty() && wish.hints.volatility_ppb)
    observe({breaker_scope::instrument, wish.instrument.str()}, breaker_trigger::volatility,
            percent(*wish.hints.volatility_ppb), at);
}

void account_memory::decided(const made_decision& d, breaker_probes probes, timestamp at) {
  const auto& key = d.wish.key;
  if (d.verdict.outcome != refusal::none) {
    if (is_own(d.wish))
      slots_.at(key.slot).cut_refused = d.verdict.outcome;
    return;
  }
  open_order o;
  o.made = {.id = {},
            .key = key,
            .strategy = d.wish.strategy,
            .account = d.wish.account,
            .venue = {},
            .instrument = d.wish.instrument,
            .direction = d.verdict.direction,
            .type = d.verdict.type,
            .size = d.verdict.size,
            .limit_price = d.verdict.limit_price,
            .stop_price = d.verdict.stop_price,
            .reduce_only = d.verdict.reduce_only,
            .decision_price = d.mark,
            .event_time = at};
  o.worst_price = d.verdict.worst_price;
  if (reading_)
    o.scale_ppb = reading_->scale_ppb;
  o.probes = std::move(probes);
  // A protective order belongs to its entry, which is counted.
  if (order_rate_ && !is_protective(o.made))
    order_rate_->record(at);
  // What only closes is repeated to no harm, and a reversal's two legs are often alike.
  if (duplicates_ && !o.made.reduce_only)
    duplicates_->record(print_of(o.made), at);
  unnamed_.insert_or_assign(key, std::move(o));
}

void account_memory::accepted(const decision_key& key, const client_order_id& id) {
  auto node = unnamed_.extract(key);
  SUPREME_CHECK(!node.empty(), "an order was decided before it is accepted");
  node.mapped().made.id = id;
  open_.insert_or_assign(id, std::move(node.mapped()));
}

// -- what decisions ask -----------------------------------------------------------------

trade_record account_memory::trades_of(const strategy_id& strategy) const {
  const auto found = trades_.find(strategy);
  return found == trades_.end() ? trade_record{} : found->second;
}

breaker_admission account_memory::admit(const signal& wish) {
  return breakers_.admit({account_, wish.strategy, wish.instrument});
}

void account_memory::check_rates(const made_decision& d, timestamp at,
                                 std::vector<check_result>& out) const {
  const auto& v = d.verdict;
  const auto passes = [&](const check_result& c) {
    out.push_back(c);
    return c.passed;
  };
  if (order_rate_ && !passes(order_rate_->check(refusal::order_rate, at)))
    return;
  if (duplicates_ && !v.reduce_only
      && !passes(duplicates_->check({d.wish.key.slot, v.direction, v.size, std::nullopt}, at)))
    return;
  if (repeated_)
    passes(repeated_->check(d.wish.key.slot, v.direction));
}

// -- breakers and findings ----------------------------------------------------------------

void account_memory::observe(const breaker_key& key, breaker_trigger trigger, decimal seen,
                             timestamp at) {
  if (auto* breaker = breakers_.find(key))
    if (const auto moved = breaker->observe(trigger, seen, at))
      note_move(key, *moved);
}

void account_memory::observe_account(breaker_trigger trigger, decimal seen, timestamp at) {
  observe({breaker_scope::global, {}}, trigger, seen, at);
  observe({breaker_scope::account, account_.str()}, trigger, seen, at);
}

void account_memory::note_move(const breaker_key& key, const breaker_transition& moved) {
  find({moved.at, "breaker", to_string(key),
        std::string{"from "} + to_string(moved.from) + " to " + to_string(moved.to) + ": "
          + to_string(moved.trigger),
        moved.limit, moved.seen});
}

void account_memory::check_one(const risk_policy& policy, const open_order& o, const fill& f) {
  auto made = o.made;
  made.venue = f.venue; // Not known at the decision; the rows hold the fill to it.
  for (const auto& c : check_fill(made, o.done, f, {o.worst_price, policy.max_fill_slippage_ppb})) {
    const bool by_default = c.code == trade_check::price_bound;
    // A market order may fill beyond its collar: that is a matter of the reservation, and told
    // only where somebody asked for slippage.
    if (!c.passed && (!by_default || policy.max_fill_slippage_ppb))
      find({f.event_time, to_string(c.code), f.order.str(),
            std::string{"fill "} + f.id.str() + " is not what was ordered", c.limit, c.seen});
  }
}

void account_memory::watch(bool passed, risk_finding f) {
  std::pair key{f.subject, f.code};
  if (passed)
    failing_.erase(key);
  else if (failing_.insert(std::move(key)).second)
    find(std::move(f));
}

void account_memory::find(risk_finding f) {
  ++found_[f.code];
  if (new_findings_.size() < findings_max)
    new_findings_.push_back(std::move(f));
}

std::vector<risk_finding> account_memory::take_findings() {
  return std::exchange(new_findings_, {});
}

} // namespace supreme::trading
