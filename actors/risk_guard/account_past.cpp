#include "actors/risk_guard/account_past.hpp"

#include <algorithm>
#include <set>

namespace supreme::actors {

namespace {

trading::timestamp time_of(const storage::account_event& e) {
  if (const auto* d = std::get_if<trading::stored_decision>(&e.what))
    return d->made.wish.event_time;
  if (const auto* f = std::get_if<storage::slot_fill>(&e.what))
    return f->fill.event_time;
  if (const auto* v = std::get_if<trading::venue_answer>(&e.what))
    return v->at;
  // It holds from the first step after that one, whichever that is.
  if (const auto* c = std::get_if<storage::given_command>(&e.what))
    return c->after + trading::nanoseconds{1};
  return std::get<trading::order_end>(e.what).at;
}

bool counts_trades(const config::cluster_settings& settings,
                   const config::account_settings& account) {
  return std::any_of(settings.strategies.begin(), settings.strategies.end(), [&](const auto& s) {
    return s.account == account.id && s.size.mode == trading::sizing_mode::kelly;
  });
}

} // namespace

account_past::account_past(const config::cluster_settings& settings,
                           const config::account_settings& account)
  : start_(account.id, account.quote, account.policy, counts_trades(settings, account)),
    risk_(start_) {
  for (const auto& i : settings.instruments)
    instruments_.emplace(i.id, i);
}

void account_past::add(storage::account_events page) {
  events_read_ = page.through;
  for (auto& e : page.events) {
    // A report says when its order was decided; it has happened since.
    latest_ = std::max(latest_, time_of(e));
    stale_ = stale_ || latest_ <= taken_;
    events_.push_back({latest_, std::move(e)});
  }
  // Of the steps before this time nothing more is to come, so that no more than a page is kept.
  take_steps_before(latest_);
}

void account_past::add(const std::vector<storage::equity_point>& page) {
  equity_.insert(equity_.end(), page.begin(), page.end());
  if (!page.empty())
    steps_read_ = page.back().step;
}

void account_past::begin_anew() {
  risk_ = start_;
  events_.clear();
  equity_.clear();
  events_read_ = steps_read_ = 0;
  latest_ = taken_ = {};
  stale_ = false;
}

std::vector<account_past::timed_event>::const_iterator
account_past::events_until(trading::timestamp at) const {
  return std::find_if(events_.begin(), events_.end(), [&](const auto& e) { return at < e.at; });
}

void account_past::tell(trading::account_risk& risk, std::vector<timed_event>::const_iterator end,
                        trading::timestamp at, trading::money equity, bool with_decisions) const {
  std::vector<const trading::stored_decision*> decisions;
  std::set<trading::client_order_id> decided_now;
  for (auto e = events_.begin(); e != end; ++e) {
    if (const auto* c = std::get_if<storage::given_command>(&e->event.what)) {
      risk.commanded(c->command, at);
    } else if (const auto* f = std::get_if<storage::slot_fill>(&e->event.what)) {
      if (const auto traded = instruments_.find(f->fill.instrument); traded != instruments_.end())
        risk.filled(f->fill, f->slot, traded->second);
    } else if (const auto* d = std::get_if<trading::stored_decision>(&e->event.what)) {
      decisions.push_back(d);
      decided_now.insert(d->order);
    }
  }
  const auto tell_ends = [&](bool of_now) {
    const auto is_told = [&](const auto* x) {
      return x != nullptr && (decided_now.count(x->order) > 0) == of_now;
    };
    for (auto e = events_.begin(); e != end; ++e) {
      if (const auto* v = std::get_if<trading::venue_answer>(&e->event.what); is_told(v))
        risk.answered({v->order, v->failed, v->took, at});
      if (const auto* o = std::get_if<trading::order_end>(&e->event.what); is_told(o))
        risk.ended({o->order, o->state, at});
    }
  };
  tell_ends(false);
  risk.valued(at, equity);
  if (!with_decisions)
    return;
  for (const auto* d : decisions)
    risk.decided(*d);
  tell_ends(true);
}

void account_past::take_steps_before(trading::timestamp time) {
  auto step = equity_.begin();
  for (; step != equity_.end() && step->at < time; ++step) {
    const auto end = events_until(step->at);
    tell(risk_, end, step->at, step->equity, true);
    events_.erase(events_.begin(), end);
    taken_ = step->at;
  }
  equity_.erase(equity_.begin(), step);
}

account_past::present account_past::at(trading::timestamp now, trading::money equity) {
  take_steps_before(now);
  present out{risk_, {}};
  (void)risk_.take_findings(); // The copy tells them.
  const auto end = events_until(now);
  tell(out.risk, end, now, equity, false);
  for (auto e = events_.cbegin(); e != end; ++e)
    if (const auto* d = std::get_if<trading::stored_decision>(&e->event.what))
      out.stored.emplace(d->made.wish.key, *d);
  return out;
}

} // namespace supreme::actors
