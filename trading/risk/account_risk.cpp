#include "trading/risk/account_risk.hpp"

#include "trading/check.hpp"
#include "trading/risk/order_sizing.hpp"
#include "trading/risk/protection.hpp"
#include "trading/risk/reversal.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace supreme::trading {

namespace {

bool approved(const made_decision& d) noexcept { return d.verdict.outcome == refusal::none; }

/// A refused verdict carries no order, so that nobody can send one by mistake.
void refuse(made_decision& d, refusal why) {
  verdict v;
  v.outcome = why;
  v.checks = std::move(d.verdict.checks);
  d.verdict = std::move(v);
}

/// Appends checks and refuses at the one that failed.
void take_checks(made_decision& d, const std::vector<check_result>& checks) {
  for (const auto& c : checks) {
    d.verdict.checks.push_back(c);
    if (!c.passed) {
      refuse(d, c.code);
      return;
    }
  }
}

bool was_checked(const verdict& v, refusal code) noexcept {
  return std::any_of(v.checks.begin(), v.checks.end(),
                     [&](const check_result& c) { return c.code == code && c.passed; });
}

bool only_reduces(const exposure& held, const verdict& v) noexcept {
  const auto rest = closable(held, v.direction);
  return rest && v.size <= *rest;
}

} // namespace

account_risk::account_risk(const account_id& account, const asset_id& quote, risk_policy policy,
                           bool counts_trades)
  : policy_(std::move(policy)) {
  if (policy_.is_empty() && !counts_trades)
    return;
  lasting_.restricted = policy_.exposure.restricted;
  memory_ = std::make_unique<account_memory>(account, quote, policy_);
}

account_risk::account_risk(const account_risk& other)
  : policy_(other.policy_),
    lasting_(other.lasting_),
    equity_(other.equity_),
    memory_(other.memory_ ? std::make_unique<account_memory>(*other.memory_) : nullptr) {}

account_risk& account_risk::operator=(const account_risk& other) {
  return *this = account_risk{other};
}

void account_risk::decided(const stored_decision& d) {
  if (!memory_)
    return;
  const auto at = d.made.wish.event_time;
  if (!goes_with_entry(d.made.wish.key))
    memory_->asked(policy_, d.made.wish, at);
  breaker_probes probes;
  // It passed the breakers then, so it does now, and takes the same probes.
  if (approved(d.made) && was_checked(d.made.verdict, refusal::breaker_open))
    probes = memory_->admit(d.made.wish).probes;
  memory_->decided(d.made, std::move(probes), at);
  if (approved(d.made))
    memory_->accepted(d.made.wish.key, d.order);
}

// -- the order of decisions ---------------------------------------------------------------

std::vector<made_decision>
account_risk::decide(std::vector<signal> signals, exposure_book& book,
                     const decision_sources& sources,
                     const std::map<decision_key, stored_decision>& stored) {
  for (const auto& [key, d] : stored) {
    if (is_own(d.made.wish))
      signals.push_back(d.made.wish);
  }
  std::sort(signals.begin(), signals.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  std::vector<made_decision> out;
  out.reserve(signals.size());
  // Slots that may be cut: each after the signals of its own, before those of the next.
  std::vector<slot_id> slots;
  if (memory_ && acts()) {
    for (const auto& [slot, known] : memory_->slots())
      slots.push_back(slot);
  }
  auto next_slot = slots.begin();
  const auto cut_before = [&](const slot_id* end) {
    for (; next_slot != slots.end() && (end == nullptr || *next_slot < *end); ++next_slot)
      cut(*next_slot, book, sources, out);
  };
  for (auto& wish : signals) {
    cut_before(&wish.key.slot);
    if (const auto known = stored.find(wish.key); known != stored.end()) {
      close_turned(wish, book, sources, stored, out);
      decided(known->second);
      out.push_back(known->second.made);
      protect_entry(known->second.made, book, sources, stored, out);
      continue;
    }
    const auto terms = sources.terms_of(wish);
    if (memory_)
      memory_->asked(policy_, wish, sources.now);
    close_turned(wish, book, sources, stored, out);
    auto d = decide_one(std::move(wish), std::nullopt, terms, book, sources);
    take(std::move(d), book, sources.now, out);
    protect_entry(out.back(), book, sources, stored, out);
  }
  cut_before(nullptr);
  return out;
}

/// A decision counts from here on: in the book and in the memory.
void account_risk::take(made_decision d, exposure_book& book, timestamp now,
                        std::vector<made_decision>& out) {
  if (approved(d))
    book.reserve(d.wish, d.verdict);
  if (memory_)
    memory_->decided(d, std::move(probes_), now);
  out.push_back(std::move(d));
}

/// Closes what an entry turns around, where that takes an order of its own. Where there can be
/// none, the entry's order closes it as well.
void account_risk::close_turned(const signal& entry, exposure_book& book,
                                const decision_sources& sources,
                                const std::map<decision_key, stored_decision>& stored,
                                std::vector<made_decision>& out) {
  auto key = entry.key;
  key.leg = closing_leg;
  if (const auto known = stored.find(key); known != stored.end()) {
    decided(known->second);
    out.push_back(known->second.made);
    return;
  }
  const auto held = book.slot(entry.key.slot);
  if (!closes_first(entry.wanted, held))
    return;
  // Not what is held alone, as a wish for flat would, but also what still fills.
  auto d =
    decide_one(closing_signal(entry, held), quantity{}, sources.terms_of(entry), book, sources);
  if (approved(d))
    take(std::move(d), book, sources.now, out);
}

void account_risk::protect_entry(const made_decision& entry, exposure_book& book,
                                 const decision_sources& sources,
                                 const std::map<decision_key, stored_decision>& stored,
                                 std::vector<made_decision>& out) {
  const auto& hints = entry.wish.hints;
  if (!approved(entry) || (!hints.stop_distance && !hints.take_profit_distance))
    return;
  const auto terms = sources.terms_of(entry.wish);
  if (!terms.traded)
    return;
  // The entry may stand in `out`, so that nothing is added there before it has been read.
  std::vector<made_decision> protection;
  for (auto& o : protect(hints, entry.wish.reference_price, entry.verdict, *terms.traded,
                         terms.limits, true)) {
    auto wish = protective_signal(entry.wish, o);
    if (const auto known = stored.find(wish.key); known != stored.end()) {
      decided(known->second);
      protection.push_back(known->second.made);
      continue;
    }
    probes_.clear();
    take({std::move(wish), std::move(o.verdict), o.at, terms.limits}, book, sources.now,
         protection);
  }
  std::move(protection.begin(), protection.end(), std::back_inserter(out));
}

made_decision account_risk::decide_one(signal wish, std::optional<quantity> cut_to,
                                       const decision_terms& terms, const exposure_book& book,
                                       const decision_sources& sources) {
  const auto held = book.account(wish.instrument);
  decision_facts in{wish.wanted,     terms.traded ? &*terms.traded : nullptr,
                    terms.limits,    terms.size,
                    basis_of(wish),  held,
                    held.free_cash,  book.slot(wish.key.slot),
                    cut_to,          terms.mode,
                    terms.mark_time, terms.mark,
                    sources.now};
  made_decision d{std::move(wish), {}, terms.mark, terms.limits};
  trading::decide(in, d.verdict);
  probes_.clear();
  if (memory_ && approved(d))
    check_account(d, terms, book, sources);
  return d;
}

void account_risk::decide_alone(const size_hints& hints, decision_facts& in, verdict& out) const {
  SUPREME_CHECK(!memory_, "a policy's checks are not left out");
  in.basis = basis_of(hints);
  trading::decide(in, out);
}

sizing_basis account_risk::basis_of(const size_hints& hints) const noexcept {
  sizing_basis basis;
  basis.equity = equity_;
  basis.stop_distance = hints.stop_distance;
  basis.volatility_ppb = hints.volatility_ppb;
  basis.weight_ppb = hints.weight_ppb;
  return basis;
}

sizing_basis account_risk::basis_of(const signal& wish) const {
  auto basis = basis_of(wish.hints);
  if (!memory_)
    return basis;
  basis.trades = memory_->trades_of(wish.strategy);
  // From no_entries on the check says why, and not a size of nothing.
  if (const auto& reading = memory_->drawdown();
      reading && reading->stage == drawdown_stage::normal)
    basis.scale_ppb = reading->scale_ppb;
  return basis;
}

// -- checks beyond those of one order -----------------------------------------------------

account_exposure account_risk::exposure_of(const exposure_book& book,
                                           const decision_sources& sources) const {
  account_exposure all;
  for (const auto& [id, held] : book.accounts()) {
    const bool empty =
      held.position.is_zero() && held.reserved_buy.is_zero() && held.reserved_sell.is_zero();
    if (!empty) // One that has never had a price is 0, which the check refuses.
      all.instruments.push_back({id, held.position, held.reserved_buy, held.reserved_sell,
                                 sources.mark_of(id).value_or(price{})});
  }
  all.equity = equity_.value_or(money{});
  all.day_loss = memory_->day_loss();
  all.open_orders = book.open_orders();
  return all;
}

void account_risk::check_account(made_decision& d, const decision_terms& terms,
                                 const exposure_book& book, const decision_sources& sources) {
  const auto& id = d.wish.instrument;
  const auto held = book.account(id);
  const bool reduces = only_reduces(held, d.verdict);
  auto all = exposure_of(book, sources);
  const auto own = std::find_if(all.instruments.begin(), all.instruments.end(),
                                [&](const auto& e) { return e.instrument == id; });
  if (own == all.instruments.end())
    all.instruments.push_back({id, {}, {}, {}, terms.mark});
  else
    own->mark = terms.mark;
  const auto session = policy_.sessions.find(id);
  const proposed_order proposed{id,
                                d.verdict.direction,
                                d.verdict.size,
                                std::nullopt,
                                session == policy_.sessions.end() ? nullptr : &session->second,
                                sources.now};
  auto& limits = reduces ? lasting_ : policy_.exposure;
  // decide() has looked at that already, by the limits of the instrument.
  limits.may_short = {id};
  auto made = check_exposure(limits, all, proposed).checks;
  if (made.front().passed) // decide() has said that the instrument is known.
    made.erase(made.begin());
  take_checks(d, made);
  if (approved(d) && !reduces)
    check_policies(d, sources.now);
}

void account_risk::check_policies(made_decision& d, timestamp now) {
  std::vector<check_result> checks;
  if (const auto& reading = memory_->drawdown(); policy_.drawdown && reading)
    checks.push_back(check_drawdown(*policy_.drawdown, *reading));
  memory_->check_rates(d, now, checks);
  take_checks(d, checks);
  if (!approved(d) || policy_.breakers.empty())
    return;
  auto admission = memory_->admit(d.wish);
  take_checks(d, {admission.check});
  probes_ = std::move(admission.probes);
}

// -- what it does by itself -----------------------------------------------------------------

void account_risk::cut(const slot_id& slot, exposure_book& book, const decision_sources& sources,
                       std::vector<made_decision>& out) {
  const auto& reading = memory_->drawdown();
  if (!reading || reading->stage < drawdown_stage::reduce)
    return;
  const auto& known = memory_->slots().at(slot);
  const bool closes = reading->stage == drawdown_stage::flatten;
  quantity rest;
  if (!closes && known.entry_scale_ppb > 0)
    rest = multiply_divide(known.trip.open().entered,
                           std::min(reading->scale_ppb, known.entry_scale_ppb),
                           known.entry_scale_ppb, rounding::toward_zero);
  const auto after = held_after(book.slot(slot), rest);
  if (!after)
    throw std::overflow_error("what a slot will hold");
  const auto held = *after;
  if (held.is_zero() || held.abs() <= rest)
    return;
  const auto mark = sources.mark_of(known.instrument);
  if (!mark)
    return; // It has never had a price, so nothing can be held of it.
  signal wish;
  wish.key = {slot, "risk/" + std::to_string(sources.now.ms()), 0, 0};
  wish.strategy = known.strategy;
  wish.instrument = known.instrument;
  wish.wanted = closes               ? target::flat
                : held.is_negative() ? target::short_position
                                     : target::long_position;
  wish.reference_price = *mark;
  wish.reason = closes ? "drawdown: every position is closed"
                       : "drawdown: positions are cut to their scaled size";
  wish.inputs = {{"drawdown_percent", percent(reading->held_ppb)},
                 {"scale_percent", percent(reading->scale_ppb)}};
  wish.event_time = sources.now;
  wish.account = memory_->account();
  const auto terms = sources.terms_of(wish);
  if (terms.mode == trading_mode::halted)
    return;
  auto d = decide_one(std::move(wish), rest, terms, book, sources);
  // A cut that cannot be made, because the rest is below what the venue takes, is said once.
  if (!approved(d) && d.verdict.outcome == known.cut_refused)
    return;
  memory_->asked(policy_, d.wish, sources.now);
  take(std::move(d), book, sources.now, out);
}

// -- what nobody orders -----------------------------------------------------------------------

void account_risk::watch(const exposure_book& book, const decision_sources& sources) {
  if (!memory_)
    return;
  const bool watches_orders = policy_.max_order_age.count() > 0 || policy_.max_working_slippage_ppb;
  for (const auto& [id, o] : memory_->open_orders()) {
    if (!watches_orders)
      break;
    // It may wait for as long as its position is held, and away from the mark.
    if (is_protective(o.made))
      continue;
    const working_order w{sources.now, policy_.max_order_age, sources.mark_of(o.made.instrument),
                          policy_.max_working_slippage_ppb};
    for (const auto& c : check_working_order(o.made, w))
      memory_->watch(c.passed, {sources.now, to_string(c.code), id.str(),
                                "an open order is not where it was decided", c.limit, c.seen});
  }
  for (const auto& [id, sum] : memory_->filled_sums()) {
    const auto held = book.account(id).position;
    memory_->watch(held == sum, {sources.now, to_string(trade_check::holding), id.str(),
                                 "the position is not the sum of its fills", sum, held});
  }
  const auto& l = policy_.exposure;
  if (!l.max_gross && !l.max_net && !l.max_concentration_ppb && !l.maintenance_margin_ppb
      && !l.max_daily_loss)
    return;
  const auto all = exposure_of(book, sources);
  size_t instrument = 0;
  for (const auto& c : recheck_exposure(l, all)) {
    const bool by_instrument = c.code == refusal::concentration;
    const auto subject =
      by_instrument ? all.instruments.at(instrument++).instrument.str() : std::string{"account"};
    memory_->watch(c.passed, {sources.now, to_string(c.code), subject,
                              "the marks moved the account beyond a limit", c.limit, c.seen});
  }
}

} // namespace supreme::trading
