#include "trading/backtest/result_collector.hpp"

#include "trading/check.hpp"
#include "trading/market/decimal_span.hpp"
#include "trading/market/lanes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

namespace supreme::trading {

namespace {

/// In raw units: part/whole, 0 of a part of nothing, and no number where the whole is not positive.
SUPREME_FOR_EACH_PROCESSOR
void shares_of(std::span<const money> parts, std::span<const money> wholes,
               std::span<double> out) noexcept {
  constexpr auto one = static_cast<double>(decimal::scale);
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  size_t i = 0;
  for (; i + lane_count <= parts.size(); i += lane_count) {
    integer_lanes part;
    integer_lanes whole;
    load(part, parts.data() + i);
    load(whole, wholes.data() + i);
    const double_lanes share = __builtin_convertvector(part, double_lanes)
                               / __builtin_convertvector(whole, double_lanes) * one;
    const double_lanes known = whole > 0 ? share : double_lanes{} + none;
    store(out.data() + i, part == 0 ? double_lanes{} : known);
  }
  for (; i < parts.size(); ++i) {
    const double share =
      static_cast<double>(parts[i].raw()) / static_cast<double>(wholes[i].raw()) * one;
    out[i] = parts[i].is_zero() ? 0 : wholes[i].is_positive() ? share : none;
  }
}

} // namespace

result_collector::result_collector(const backtest_plan& plan, size_t series_buckets)
  : account_(plan.account),
    quote_(plan.quote),
    equity_(series_buckets),
    benchmark_(series_buckets),
    exposure_(series_buckets) {
  std::map<instrument_id, size_t> places;
  for (const auto& i : plan.instruments) {
    places.emplace(i.id, instruments_.size());
    instruments_.push_back({i, {}, 0, series_sampler{series_buckets}, 0, {}});
  }
  for (const auto& s : plan.strategies) {
    for (const auto& id : s.instruments)
      slots_.push_back({strategies_.size(), places.at(id), round_trip{quote_}, 0, 0});
    strategy_result about;
    about.id = s.id;
    about.kind = s.kind->name;
    about.parameters = s.values;
    strategies_.push_back(std::move(about));
  }
}

void result_collector::watch(const backtest_engine& engine) {
  SUPREME_CHECK(engine.instrument_count() == instruments_.size()
                  && engine.slot_count() == slots_.size(),
                "the engine runs this very plan");
  engine_ = &engine;
}

// -- what happens ------------------------------------------------------------------------------

void result_collector::on_decision(const decision_event& e) {
  signals_ += e.with_entry ? 0 : 1;
  if (e.order != 0) {
    ++orders_;
    orders_open_.push_back({e.order, keep_reason(e.reason), e.verdict->size});
    return;
  }
  auto& note = refusals_[static_cast<uint8_t>(e.verdict->outcome)];
  if (note.count++ == 0)
    note.first = e.at;
  note.last = e.at;
  if (e.verdict->outcome == refusal::quantity_zero)
    ++zero_sizes_[e.verdict->checks.back().why];
}

uint32_t result_collector::keep_reason(std::string_view reason) {
  // The first few are found sooner than by their hash.
  constexpr size_t looked_at_max = 16;
  for (uint32_t i = 0; i < std::min(reasons_.size(), looked_at_max); ++i) {
    if (reasons_[i] == reason)
      return i;
  }
  const auto [place, is_new] =
    reason_places_.emplace(reason, static_cast<uint32_t>(reasons_.size()));
  if (is_new)
    reasons_.emplace_back(reason);
  return place->second;
}

void result_collector::on_fill(const fill_event& e) {
  ++fills_;
  performance_.add(fill_cost{e.notional, e.done.fee_quote});
  instruments_[e.instrument].held = *e.account_after;
  auto order = find_order(e.order);
  SUPREME_CHECK(order != orders_open_.end(), "what is filled was decided");
  auto& s = slots_[e.slot];
  const bool was_flat = s.trip.held().size.is_zero();
  const auto closed = s.trip.add(e.done, e.at, *e.slot_after, e.done.fee_quote);
  const bool has_closed = closed.has_value();
  if (has_closed) {
    performance_.add(*closed);
    trades_.push_back({static_cast<uint32_t>(s.strategy), static_cast<uint32_t>(e.instrument),
                       s.entry_reason, order->reason, *closed});
    ++s.trades;
  }
  // A fill through zero ends one trade and begins the next.
  if (was_flat || has_closed)
    s.entry_reason = order->reason;
  order->open -= e.done.size;
  if (!order->open.is_positive())
    orders_open_.erase(order);
}

std::vector<result_collector::order_note>::iterator result_collector::find_order(uint64_t number) {
  return std::find_if(orders_open_.begin(), orders_open_.end(),
                      [&](const auto& each) { return each.number == number; });
}

void result_collector::on_order_end(const order_end_event& e) {
  ++(state_of(e.ending) == order_state::cancelled ? cancelled_ : expired_);
  unpaid_ += e.ending == order_ending::unpaid ? 1 : 0;
  withdrawn_ += e.ending == order_ending::withdrawn ? 1 : 0;
  if (auto found = find_order(e.order); found != orders_open_.end())
    orders_open_.erase(found);
}

void result_collector::on_values(const valued_steps& v) {
  if (steps_ == 0)
    start_equity_ = static_cast<double>(v.equity.front().raw());
  steps_ += v.times.size();
  exposed_ += v.exposed ? v.times.size() : 0;
  last_equity_ = v.equity.back();
  last_cash_ = v.cash;
}

// -- blocks of steps ---------------------------------------------------------------------------

void result_collector::on_block(const valued_block& b) {
  if (b.steps.times.empty())
    return;
  note_bars(b.steps);
  note_benchmark(b);
  equity_.add(b.steps.times, b.equity);
  note_exposure(b);
}

/// Prices, and what was bought at the first closes: worths_.
void result_collector::note_bars(const step_block& steps) {
  const auto count = steps.times.size();
  const std::span<double> worths{worths_.data(), count};
  std::fill(worths.begin(), worths.end(), 0.0);
  const double share = start_equity_ / static_cast<double>(instruments_.size());
  for (size_t i = 0; i < instruments_.size(); ++i) {
    auto& note = instruments_[i];
    const auto found = std::find_if(steps.bars.begin(), steps.bars.end(),
                                    [i](const auto& each) { return each.instrument == i; });
    double worth = note.bars == 0 ? share : worth_of_share(note);
    if (found == steps.bars.end()) {
      for (auto& each : worths)
        each += worth;
      continue;
    }
    const auto bars = found->bars;
    note.prices.add(bars, found->interval);
    if (note.bars == 0)
      note.share_units = share / static_cast<double>(bars.front().close.raw());
    if (bars.size() == count) {
      for (size_t s = 0; s < count; ++s)
        closes_[s] = bars[s].close;
      add_scaled(worths, {closes_.data(), count}, note.share_units);
    } else {
      for (size_t s = 0, next = 0; s < count; ++s) {
        if (next < bars.size() && bars[next].open_time + found->interval == steps.times[s])
          worth = note.share_units * static_cast<double>(bars[next++].close.raw());
        worths[s] += worth;
      }
    }
    note.bars += bars.size();
    note.close = bars.back().close;
  }
}

void result_collector::note_benchmark(const valued_block& b) {
  const auto count = b.steps.times.size();
  const bool one_instrument = instruments_.size() == 1;
  if (one_instrument && b.steps.bars.empty()) // A step without a bar is one by itself.
    std::fill_n(closes_.begin(), count, instruments_.front().close);
  if (to_decimals({worths_.data(), count}, {values_.data(), count})) [[likely]] {
    add_samples(b, 0, count, true);
    return;
  }
  // Those that no decimal holds are left out, and no others, however the steps are cut.
  for (size_t i = 0; i < count; ++i)
    add_samples(b, i, 1, to_decimals({&worths_[i], 1}, {&values_[i], 1}));
}

/// Some steps of a block; the first of them bring the block's exposed ones with them.
void result_collector::add_samples(const valued_block& b, size_t first, size_t count,
                                   bool has_benchmark) {
  const auto times = b.steps.times.subspan(first, count);
  const std::span<const decimal> values{values_.data() + first, count};
  // Without any equity at the start there is none.
  has_benchmark = has_benchmark && start_equity_ > 0;
  if (has_benchmark)
    benchmark_.add(times, values);
  equity_block samples{times, b.equity.subspan(first, count), {}, std::exchange(exposed_, 0)};
  // One instrument is its own market: the benchmark is the same but for a factor and its rounding.
  if (instruments_.size() > 1)
    samples.market = has_benchmark ? values : std::span<const decimal>{};
  else if (instruments_.front().bars > 0)
    samples.market = {closes_.data() + first, count};
  performance_.add(samples);
}

/// What positions are worth as a share of equity; there is none of nothing.
void result_collector::note_exposure(const valued_block& b) {
  const auto times = b.steps.times;
  const std::span<double> shares{worths_.data(), times.size()};
  const std::span<decimal> values{values_.data(), times.size()};
  shares_of(b.gross, b.equity, shares);
  if (to_decimals(shares, values)) [[likely]] {
    exposure_.add(times, values);
    return;
  }
  for (size_t i = 0; i < times.size(); ++i) {
    if (to_decimals(shares.subspan(i, 1), values.subspan(i, 1)))
      exposure_.add(times[i], values[i]);
  }
}

// -- what came of it -----------------------------------------------------------------------------

std::vector<refusal_count> result_collector::refusals() const {
  std::vector<refusal_count> out;
  for (size_t i = 0; i < refusals_.size(); ++i) {
    const auto& r = refusals_[i];
    if (r.count > 0)
      out.push_back({to_string(static_cast<refusal>(i)), r.count, r.first, r.last, {}});
    if (r.count > 0 && static_cast<refusal>(i) == refusal::quantity_zero) {
      for (const auto& [why, count] : zero_sizes_)
        out.back().why.emplace(to_string(why), count);
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return out;
}

/// By slot.
std::vector<money> result_collector::unrealised() const {
  std::vector<money> out(slots_.size());
  for (size_t i = 0; i < instruments_.size(); ++i) {
    const auto mark = engine_->mark_at(i);
    auto missing = value_of(instruments_[i].held, mark);
    money* last_holder = nullptr;
    for (size_t n = 0; n < slots_.size(); ++n) {
      const auto& slot = slots_[n];
      if (slot.instrument != i || slot.trip.held().size.is_zero())
        continue;
      const auto worth = value_of(slot.trip.held(), mark);
      missing -= worth;
      out[n] = worth - slot.trip.held().cost;
      last_holder = &out[n];
    }
    if (last_holder != nullptr)
      *last_holder += missing;
  }
  return out;
}

std::vector<strategy_result> result_collector::strategies() const {
  auto out = strategies_;
  for (const auto& slot : slots_) {
    out[slot.strategy].fills += slot.trip.held().fill_count;
    out[slot.strategy].trades += slot.trades;
  }
  return out;
}

attribution result_collector::earned() const {
  attribution out;
  const auto open = unrealised();
  for (size_t n = 0; n < slots_.size(); ++n) {
    const auto& slot = slots_[n];
    const auto& held = slot.trip.held();
    const auto refused =
      out.add(strategies_[slot.strategy].id, instruments_[slot.instrument].traded.id,
              {held.realised_gross, open[n], held.fees_quote, {}});
    if (refused != booking_refusal::none)
      throw std::overflow_error("what the strategies earned");
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
  backtest_result out;
  out.account = account_;
  out.quote = quote_;
  out.complete = complete;
  out.steps = steps_;
  out.signals = signals_;
  out.orders = orders_;
  out.fills = fills_;
  out.expired = expired_;
  out.unpaid = unpaid_;
  out.cancelled = cancelled_;
  out.withdrawn = withdrawn_;
  out.refusals = refusals();
  out.equity = last_equity_;
  out.cash = last_cash_;
  out.statistics = performance_.value(options);
  out.days.assign(performance_.days().begin(), performance_.days().end());
  out.equity_curve = equity_.buckets();
  out.benchmark = benchmark_.buckets();
  out.exposure = exposure_.buckets();
  out.reasons = reasons_;
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
  out.earned = earned();
  return out;
}

} // namespace supreme::trading
