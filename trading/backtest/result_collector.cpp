#include "trading/backtest/result_collector.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace supreme::trading {

namespace {

/// A sum of what an account holds in raw units, for charts; nothing outside the decimal range.
std::optional<decimal> decimal_of_raw(double units) {
  constexpr double limit = static_cast<double>(std::numeric_limits<int64_t>::max() / 2);
  if (!(std::abs(units) < limit))
    return std::nullopt;
  return decimal::from_raw(static_cast<int64_t>(units + (units < 0 ? -0.5 : 0.5)));
}

} // namespace

result_collector::result_collector(const backtest_plan& plan, size_t series_buckets)
  : account_(plan.account),
    quote_(plan.quote),
    equity_(series_buckets),
    benchmark_(series_buckets),
    exposure_(series_buckets) {
  for (const auto& i : plan.instruments)
    instruments_.push_back({i, {}, 0, series_sampler{series_buckets}, 0, 0});
  for (const auto& s : plan.strategies) {
    strategy_result about;
    about.id = s.id;
    about.kind = s.kind->name;
    about.parameters = s.values;
    strategies_.push_back(std::move(about));
    for (const auto& id : s.instruments) {
      slot_order_.push_back(make_slot(s.id, id));
      slots_.try_emplace(slot_order_.back(), slot_note{s.id, id, round_trip{quote_}, {}, 0});
    }
  }
}

void result_collector::watch(const backtest_engine& engine) {
  SUPREME_CHECK(engine.instrument_count() == instruments_.size(), "the engine runs this very plan");
  engine_ = &engine;
}

void result_collector::decided(const made_decision& d, const client_order_id& order) {
  ++signals_;
  if (!order.empty()) {
    ++orders_;
    orders_open_.push_back({order, *reasons_->insert(d.wish.reason).first, d.verdict.size});
    return;
  }
  auto& note = refusals_[static_cast<uint8_t>(d.verdict.outcome)];
  if (note.count++ == 0)
    note.first = d.wish.event_time;
  note.last = d.wish.event_time;
}

void result_collector::filled(const fill& f, const slot_id& slot, const booked_fill& after,
                              uint64_t) {
  ++fills_;
  performance_.add(fill_cost{multiply(f.at, f.size, rounding::half_even), f.fee});
  for (auto& i : instruments_) {
    if (i.traded.id == f.instrument)
      i.held = after.account_after;
  }
  auto order = find_order(f.order);
  SUPREME_CHECK(order != orders_open_.end(), "what is filled was decided");
  auto& s = slots_.at(slot);
  const bool was_flat = s.trip.held().size.is_zero();
  auto closed = s.trip.add(f, f.fee);
  if (closed) {
    performance_.add(*closed);
    trades_.push_back({s.strategy, std::move(*closed), s.entry_reason, order->reason});
    ++s.trades;
  }
  // A fill through zero ends one trade and begins the next.
  if (was_flat || closed)
    s.entry_reason = order->reason;
  order->open -= f.size;
  if (!order->open.is_positive())
    orders_open_.erase(order);
}

std::vector<result_collector::order_note>::iterator
result_collector::find_order(const client_order_id& id) {
  return std::find_if(orders_open_.begin(), orders_open_.end(),
                      [&](const auto& each) { return each.id == id; });
}

void result_collector::expired(const client_order_id& order, timestamp) {
  ++expired_;
  if (auto found = find_order(order); found != orders_open_.end())
    orders_open_.erase(found);
}

void result_collector::valued(const account_value& v) {
  if (steps_++ == 0)
    start_equity_ = static_cast<double>(v.equity.raw());
  last_ = v;
  note_bars(v.at);
  const auto benchmark = benchmark_value();
  // One instrument is its own market: the benchmark is the same but for a factor and its rounding.
  const auto market = instruments_.size() == 1 ? engine_->mark_at(0).value_or(price{}) : benchmark;
  auto& sample = samples_[in_block_];
  sample.time = v.at;
  sample.equity = v.equity;
  sample.market = market.is_positive() ? std::optional{market} : std::nullopt;
  sample.exposed = v.exposed;
  benchmarks_[in_block_] = benchmark;
  exposures_[in_block_] = exposure_share(v);
  if (++in_block_ == block_steps)
    finish_block();
}

void result_collector::finish_block() {
  const std::span<const equity_sample> samples{samples_.data(), in_block_};
  performance_.add(samples);
  for (const auto& s : samples)
    equity_.add(s.time, s.equity);
  for (size_t i = 0; i < in_block_; ++i) {
    if (benchmarks_[i].is_positive())
      benchmark_.add(samples_[i].time, benchmarks_[i]);
  }
  for (size_t i = 0; i < in_block_; ++i) {
    if (!exposures_[i].is_negative())
      exposure_.add(samples_[i].time, exposures_[i]);
  }
  in_block_ = 0;
}

void result_collector::note_bars(timestamp at) {
  for (size_t i = 0; i < instruments_.size(); ++i) {
    const auto* b = engine_->last_bar_at(i);
    if (b == nullptr || b->close_time() != at)
      continue;
    auto& note = instruments_[i];
    if (note.bars++ == 0)
      note.share_units = start_equity_ / static_cast<double>(instruments_.size())
                         / static_cast<double>(b->close.raw());
    note.close = static_cast<double>(b->close.raw());
    note.prices.add(at, b->close, b->low, b->high);
  }
}

/// 0 when there is none.
money result_collector::benchmark_value() const noexcept {
  if (!(start_equity_ > 0))
    return {};
  const double share = start_equity_ / static_cast<double>(instruments_.size());
  double sum = 0;
  for (const auto& i : instruments_)
    sum += i.bars == 0 ? share : i.share_units * i.close;
  return decimal_of_raw(sum).value_or(money{});
}

/// Negative when there is none: a share of nothing is undefined.
decimal result_collector::exposure_share(const account_value& v) const noexcept {
  constexpr auto none = decimal::from_raw(-1);
  if (!v.exposed)
    return {};
  if (!v.equity.is_positive())
    return none;
  double worth = 0;
  for (const auto& i : instruments_)
    worth += std::abs(static_cast<double>(i.held.size.raw())) * i.close;
  return decimal_of_raw(worth / static_cast<double>(v.equity.raw())).value_or(none);
}

std::vector<refusal_count> result_collector::refusals() const {
  std::vector<refusal_count> out;
  for (size_t i = 0; i < refusals_.size(); ++i) {
    const auto& r = refusals_[i];
    if (r.count > 0)
      out.push_back({to_string(static_cast<refusal>(i)), r.count, r.first, r.last});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return out;
}

std::map<slot_id, money> result_collector::unrealised() const {
  std::map<slot_id, money> out;
  for (size_t i = 0; i < instruments_.size(); ++i) {
    const auto& id = instruments_[i].traded.id;
    const auto mark = engine_->mark_at(i);
    auto missing = value_of(instruments_[i].held, mark);
    money* last_holder = nullptr;
    for (const auto& name : slot_order_) {
      const auto& slot = slots_.at(name);
      if (slot.traded != id || slot.trip.held().size.is_zero())
        continue;
      const auto worth = value_of(slot.trip.held(), mark);
      missing -= worth;
      last_holder = &(out[name] = worth - slot.trip.held().cost);
    }
    if (last_holder != nullptr)
      *last_holder += missing;
  }
  return out;
}

std::vector<strategy_result> result_collector::strategies() const {
  auto out = strategies_;
  const auto open = unrealised();
  for (const auto& name : slot_order_) {
    const auto& slot = slots_.at(name);
    auto s = std::find_if(out.begin(), out.end(),
                          [&](const auto& each) { return each.id == slot.strategy; });
    const auto& held = slot.trip.held();
    s->realised_gross += held.realised_gross;
    s->fees += held.fees_quote;
    s->fills += held.fill_count;
    s->trades += slot.trades;
    if (auto found = open.find(name); found != open.end())
      s->unrealised += found->second;
  }
  return out;
}

backtest_result result_collector::result(bool complete, const performance_options& options) & {
  auto out = result_without_trades(complete, options);
  out.trades = trades_;
  return out;
}

backtest_result result_collector::result(bool complete, const performance_options& options) && {
  auto out = result_without_trades(complete, options);
  out.trades = std::move(trades_);
  return out;
}

backtest_result result_collector::result_without_trades(bool complete,
                                                        const performance_options& options) {
  finish_block();
  backtest_result out;
  out.account = account_;
  out.quote = quote_;
  out.complete = complete;
  out.steps = steps_;
  out.signals = signals_;
  out.orders = orders_;
  out.fills = fills_;
  out.expired = expired_;
  out.refusals = refusals();
  out.equity = last_.equity;
  out.cash = last_.cash;
  out.statistics = performance_.value(options);
  out.days.assign(performance_.days().begin(), performance_.days().end());
  out.equity_curve = equity_.buckets();
  out.benchmark = benchmark_.buckets();
  out.exposure = exposure_.buckets();
  out.texts = reasons_;
  if (engine_ == nullptr)
    return out;
  out.open_orders = engine_->open_orders();
  if (const auto* risk = engine_->risk().memory())
    out.findings = risk->findings();
  for (size_t i = 0; i < instruments_.size(); ++i) {
    const auto& note = instruments_[i];
    out.bars += note.bars;
    out.instruments.push_back({note.traded, note.held, engine_->mark_at(i).value_or(price{}),
                               note.bars, note.prices.buckets()});
  }
  out.strategies = strategies();
  return out;
}

} // namespace supreme::trading
