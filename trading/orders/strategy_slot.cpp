#include "trading/orders/strategy_slot.hpp"

#include "trading/check.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

namespace {

target to_target(desire d) {
  switch (d) {
    case desire::flat:
      return target::flat;
    case desire::long_position:
      return target::long_position;
    case desire::short_position:
      return target::short_position;
  }
  fail_check("desire", "a strategy's wish is one of the named ones");
}

constexpr decimal one = decimal::from_raw(decimal::scale);

/// Whether a number is surely one that from_double() takes; the few near the range's end are asked
/// for exactly.
bool is_decimal(double value) noexcept { return std::abs(value) < 9e10; }

bool is_reversal(desire wanted, quantity held) noexcept {
  return (wanted == desire::long_position && held.is_negative())
         || (wanted == desire::short_position && held.is_positive());
}

} // namespace

std::string bar_cause(const bar& b) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(b.interval).count();
  return b.instrument.str() + "/" + std::to_string(seconds) + "s/"
         + std::to_string(b.close_time().ms());
}

strategy_slot::strategy_slot(strategy_id strategy, account_id account,
                             std::vector<instrument_id> instruments)
  : strategy_(std::move(strategy)), account_(std::move(account)) {
  for (auto& id : instruments)
    legs_.push_back({make_slot(strategy_, id), std::move(id), {}});
}

strategy_slot::strategy_slot(strategy_id strategy, account_id account, instrument_id instrument,
                             std::unique_ptr<trading::strategy> logic)
  : strategy_slot(std::move(strategy), std::move(account),
                  std::vector<instrument_id>{std::move(instrument)}) {
  logic_ = std::move(logic);
  SUPREME_CHECK(logic_ != nullptr, "a slot has a strategy");
}

strategy_slot::strategy_slot(strategy_id strategy, account_id account, const instrument_id& first,
                             const instrument_id& second, std::unique_ptr<pair_strategy> logic)
  : strategy_slot(std::move(strategy), std::move(account),
                  std::vector<instrument_id>{first, second}) {
  SUPREME_CHECK(first != second, "a pair has two instruments");
  pair_ = std::move(logic);
  pair_bars_.resize(2);
  SUPREME_CHECK(pair_ != nullptr, "a slot has a strategy");
}

strategy_slot::strategy_slot(strategy_id strategy, account_id account,
                             std::span<const instrument_id> instruments, const strategy_kind& kind,
                             const parameters& values)
  : strategy_slot(std::move(strategy), std::move(account),
                  std::vector<instrument_id>{instruments.begin(), instruments.end()}) {
  SUPREME_CHECK(instruments.size() == kind.width(),
                "an instance has as many instruments as its kind is wide");
  if (kind.make_pair != nullptr) {
    SUPREME_CHECK(instruments[0] != instruments[1], "a pair has two instruments");
    pair_ = kind.make_pair(values);
    pair_bars_.resize(2);
  } else {
    logic_ = kind.make(values);
  }
  SUPREME_CHECK(logic_ != nullptr || pair_ != nullptr, "a kind makes its strategy");
}

size_t strategy_slot::find_leg(const slot_id& id) const noexcept {
  auto found = std::find_if(legs_.begin(), legs_.end(), [&](const auto& l) { return l.id == id; });
  return static_cast<size_t>(found - legs_.begin());
}

size_t strategy_slot::find_leg(const instrument_id& id) const noexcept {
  auto found =
    std::find_if(legs_.begin(), legs_.end(), [&](const auto& l) { return l.instrument == id; });
  return static_cast<size_t>(found - legs_.begin());
}

void strategy_slot::measure_volatility(uint32_t returns) {
  SUPREME_CHECK(returns >= 2, "a deviation needs two returns");
  volatility_.assign(legs_.size(), annual_volatility{returns});
}

void strategy_slot::on_fill(size_t leg, const slot_holding& after, uint64_t account_seq) {
  if (account_seq <= account_seq_)
    return;
  account_seq_ = account_seq;
  legs_.at(leg).held = after.size;
  if (logic_ != nullptr)
    logic_->on_fill(after);
  else
    pair_->on_fill(leg == 0 ? pair_leg::first : pair_leg::second, after);
}

void strategy_slot::on_bar(size_t leg, const bar& b, std::vector<signal>& out) {
  if (!volatility_.empty()) [[unlikely]]
    volatility_.at(leg).add(b);
  if (logic_ == nullptr) {
    on_pair_bar(leg, b, out);
    return;
  }
  if (auto wish = logic_->on_bar(b)) [[unlikely]]
    say(leg, b, std::move(*wish), 1, out);
}

void strategy_slot::on_pair_bar(size_t leg, const bar& b, std::vector<signal>& out) {
  pair_bars_.at(leg) = b;
  const auto& first = pair_bars_[0];
  const auto& second = pair_bars_[1];
  if (first.close_time() != second.close_time())
    return;
  const auto wish = pair_->on_bars(first, second);
  if (!wish)
    return;
  say(0, first, {wish->first, wish->reason, wish->inputs, {}}, 1, out);
  say(1, second, {wish->second, wish->reason, wish->inputs, {}}, wish->second_weight, out);
}

void strategy_slot::say(size_t leg, const bar& b, decision wish, double weight,
                        std::vector<signal>& out) const {
  if (is_reversal(wish.wanted, legs_.at(leg).held)) {
    auto closing = make_signal(leg, b, wish, weight);
    closing.wanted = target::flat;
    out.push_back(std::move(closing));
    out.push_back(make_signal(leg, b, std::move(wish), weight));
    out.back().key.leg = 1;
    return;
  }
  out.push_back(make_signal(leg, b, std::move(wish), weight));
}

void strategy_slot::add_inputs(signal& s, const decision& wish) const {
  if (!with_texts_) {
    for (const auto& [name, value] : wish.inputs) {
      if (!is_decimal(value)) [[unlikely]]
        (void)exact(s.key.slot, "input " + name, value);
    }
    return;
  }
  s.inputs.reserve(wish.inputs.size());
  for (const auto& [name, value] : wish.inputs)
    s.inputs.emplace_back(name, is_decimal(value) ? *decimal::from_double(value)
                                                  : exact(s.key.slot, "input " + name, value));
}

signal strategy_slot::make_signal(size_t leg, const bar& b, decision wish, double weight) const {
  const auto& l = legs_.at(leg);
  signal s;
  s.key = {l.id, with_texts_ ? bar_cause(b) : std::string{}, 0, 0};
  s.strategy = strategy_;
  s.account = account_;
  s.instrument = l.instrument;
  s.wanted = to_target(wish.wanted);
  s.reference_price = b.close;
  s.event_time = b.close_time();
  s.account_seq = account_seq_;
  add_inputs(s, wish);
  s.reason = std::move(wish.reason);
  if (wish.stop_distance) {
    s.hints.stop_distance = exact(l.id, "the stop's distance", *wish.stop_distance);
    if (!s.hints.stop_distance->is_positive())
      throw strategy_defect(l.id.str() + ": the stop's distance of a decision is not positive");
  }
  // In units of 1e-8, of which one is ten parts per billion.
  const auto share = weight == 1 ? one : exact(l.id, "the weight", weight);
  constexpr int64_t ppb_per_unit = 10;
  if (!share.is_positive() || share.raw() > INT64_MAX / ppb_per_unit)
    throw strategy_defect(l.id.str() + ": the weight of a decision is not positive, or absurd");
  s.hints.weight_ppb = share.raw() * ppb_per_unit;
  if (!volatility_.empty())
    s.hints.volatility_ppb = volatility_.at(leg).ppb();
  return s;
}

decimal strategy_slot::exact(const slot_id& slot, const std::string& what, double value) const {
  auto number = decimal::from_double(value);
  if (!number)
    throw strategy_defect(slot.str() + ": " + what + " of a decision is not a finite decimal");
  return *number;
}

std::vector<strategy_slot> make_strategy_slots(const strategy_id& strategy,
                                               const account_id& account,
                                               std::span<const instrument_id> instruments,
                                               const strategy_kind& kind,
                                               const parameters& values) {
  SUPREME_CHECK(instruments.size() % kind.width() == 0,
                "a strategy's instruments divide into its kind's width");
  std::vector<strategy_slot> slots;
  for (size_t i = 0; i < instruments.size(); i += kind.width())
    slots.emplace_back(strategy, account, instruments.subspan(i, kind.width()), kind, values);
  return slots;
}

} // namespace supreme::trading
