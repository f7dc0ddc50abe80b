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
  bars_.resize(legs_.size());
  for (size_t i = 0; i < legs_.size(); ++i)
    bars_[i].instrument = legs_[i].instrument;
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
  const auto values = record_of(b);
  size_t taken = 0;
  take(leg, b.interval, {&values, 1}, taken);
  for (const auto& w : wishes_)
    out.push_back(make_signal(w));
}

void strategy_slot::take(size_t leg, nanoseconds interval, std::span<const bar_record> bars,
                         size_t& taken) {
  wishes_.clear();
  taken = 0;
  auto& b = bars_.at(leg);
  b.interval = interval;
  if (logic_ != nullptr && volatility_.empty()) [[likely]] {
    if (logic_->on_bars(bars, b, taken, said_)) {
      // A strategy of its own making may have left the bar as it was.
      set_values(b, bars[taken - 1]);
      wish(leg, said_.wanted, 1, said_.stop_distance, said_.take_profit_distance);
      check_inputs();
    }
    return;
  }
  while (taken < bars.size() && wishes_.empty()) {
    const auto& values = bars[taken++];
    set_values(b, values);
    if (!volatility_.empty())
      volatility_.at(leg).add(b);
    if (logic_ == nullptr) {
      take_pair_bar();
    } else if (auto said = logic_->on_bar(b)) {
      said_ = std::move(*said);
      wish(leg, said_.wanted, 1, said_.stop_distance, said_.take_profit_distance);
      check_inputs();
    }
  }
}

void strategy_slot::take_pair_bar() {
  const auto& first = bars_[0];
  const auto& second = bars_[1];
  if (first.close_time() != second.close_time())
    return;
  auto said = pair_->on_bars(first, second);
  if (!said)
    return;
  wish(0, said->first, 1, {}, {});
  wish(1, said->second, said->second_weight, {}, {});
  said_.reason = std::move(said->reason);
  said_.inputs = std::move(said->inputs);
  check_inputs();
}

void strategy_slot::wish(size_t leg, desire wanted, double weight,
                         const std::optional<double>& stop_distance,
                         const std::optional<double>& take_profit_distance) {
  const auto& l = legs_[leg];
  slot_wish w;
  w.leg = leg;
  w.wanted = to_target(wanted);
  if (stop_distance)
    w.hints.stop_distance = exact_distance(l.id, "the stop's distance", *stop_distance);
  if (take_profit_distance)
    w.hints.take_profit_distance =
      exact_distance(l.id, "the profit target's distance", *take_profit_distance);
  // In units of 1e-8, of which one is ten parts per billion.
  const auto share = weight == 1 ? one : exact(l.id, "the weight", weight);
  constexpr int64_t ppb_per_unit = 10;
  if (!share.is_positive() || share.raw() > INT64_MAX / ppb_per_unit)
    throw strategy_defect(l.id.str() + ": the weight of a decision is not positive, or absurd");
  w.hints.weight_ppb = share.raw() * ppb_per_unit;
  if (!volatility_.empty())
    w.hints.volatility_ppb = volatility_.at(leg).ppb();
  if (is_reversal(wanted, l.held)) {
    wishes_.push_back(w);
    wishes_.back().wanted = target::flat;
    w.key_leg = 1;
  }
  wishes_.push_back(w);
}

/// A decision's numbers are checked even where nobody makes a signal of it.
void strategy_slot::check_inputs() const {
  bool are_decimals = true;
  for (const auto& each : said_.inputs)
    are_decimals &= is_decimal(each.value); // Branches would cost more than they save.
  if (are_decimals) [[likely]]
    return;
  for (const auto& [name, value] : said_.inputs) {
    if (!is_decimal(value))
      (void)exact(legs_.front().id, (std::string{"input "} + name.c_str()).c_str(), value);
  }
}

signal strategy_slot::make_signal(const slot_wish& wish) const {
  const auto& l = legs_.at(wish.leg);
  const auto& b = bars_[wish.leg];
  signal s;
  s.key = {l.id, bar_cause(b), wish.key_leg, 0};
  s.strategy = strategy_;
  s.account = account_;
  s.instrument = l.instrument;
  s.wanted = wish.wanted;
  s.reference_price = b.close;
  s.event_time = b.close_time();
  s.account_seq = account_seq_;
  s.inputs.reserve(said_.inputs.size());
  for (const auto& [name, value] : said_.inputs)
    s.inputs.emplace_back(name.c_str(), exact(l.id, name.c_str(), value));
  s.reason = said_.reason.str();
  s.hints = wish.hints;
  return s;
}

decimal strategy_slot::exact(const slot_id& slot, const char* what, double value) const {
  auto number = decimal::from_double(value);
  if (!number)
    throw strategy_defect(slot.str() + ": " + what + " of a decision is not a finite decimal");
  return *number;
}

price strategy_slot::exact_distance(const slot_id& slot, const char* what, double value) const {
  const auto distance = exact(slot, what, value);
  if (!distance.is_positive())
    throw strategy_defect(slot.str() + ": " + what + " of a decision is not positive");
  return distance;
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
