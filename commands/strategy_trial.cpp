#include "commands/strategy_trial.hpp"

#include "config/defaults.hpp"
#include "trading/orders/strategy_slot.hpp"
#include "venues/simulated/market_generator.hpp"

#include <algorithm>
#include <exception>

namespace supreme::commands {

namespace {

using signals = std::vector<trading::signal>;
using market = std::vector<std::vector<trading::bar>>; ///< one row of bars per instrument

constexpr uint64_t markets = 3;
/// Bars of one market beyond the warm-up.
constexpr uint32_t bars_after_warmup = 3'000;
/// No feed keeps a longer history at hand.
constexpr uint32_t warmup_max = 100'000;

std::vector<trading::instrument_id> instruments_of(const trading::strategy_kind& kind) {
  std::vector<trading::instrument_id> out{trading::instrument_id{"FIRST"},
                                          trading::instrument_id{"SECOND"}};
  out.resize(kind.width());
  return out;
}

market make_market(const trading::strategy_kind& kind, uint64_t seed, size_t count) {
  market out;
  for (const auto& id : instruments_of(kind)) {
    venues::generated_market_settings s;
    s.instrument = id;
    s.seed = seed;
    s.start_price = trading::decimal::literal("100");
    s.interval = std::chrono::minutes{1};
    s.volatility_ppb = 2'000'000;
    s.tick_size = trading::decimal::literal("0.01");
    s.lot_size = trading::decimal::literal("0.001");
    out.push_back(venues::market_generator{s}.after({}, count));
  }
  return out;
}

/// One instance with fills as a simulated venue gives them.
class instance {
public:
  explicit instance(const trading::strategy_kind& kind)
    : slot_(trading::strategy_id{"trial"}, trading::account_id{"trial"}, instruments_of(kind), kind,
            trading::check_parameters(kind, {}).values),
      wanted_(kind.width()) {}

  void on_bars(const market& bars, size_t at) {
    for (size_t leg = 0; leg < bars.size(); ++leg)
      fill(leg, bars[leg][at].open);
    const auto said = said_.size();
    for (size_t leg = 0; leg < bars.size(); ++leg)
      slot_.on_bar(leg, bars[leg][at], said_);
    for (auto i = said; i < said_.size(); ++i)
      wanted_[slot_.find_leg(said_[i].key.slot)] = said_[i].wanted;
  }

  [[nodiscard]] const signals& said() const noexcept { return said_; }

private:
  void fill(size_t leg, trading::price price) {
    if (!wanted_[leg])
      return;
    const int64_t size = *wanted_[leg] == trading::target::flat            ? 0
                         : *wanted_[leg] == trading::target::long_position ? 1
                                                                           : -1;
    wanted_[leg].reset();
    slot_.on_fill(leg, {trading::decimal::from_integer(size), size == 0 ? trading::price{} : price},
                  ++account_seq_);
  }

  trading::strategy_slot slot_;
  std::vector<std::optional<trading::target>> wanted_;
  signals said_;
  uint64_t account_seq_ = 0;
};

void note(strategy_trial& trial, const std::string& problem) {
  if (std::find(trial.problems.begin(), trial.problems.end(), problem) == trial.problems.end())
    trial.problems.push_back(problem);
}

void judge(strategy_trial& trial, const signals& said, const market& bars, uint32_t warmup) {
  namespace limits = config::defaults;
  for (const auto& s : said) {
    const auto bar_number =
      static_cast<uint64_t>((s.event_time - bars[0].front().open_time) / bars[0].front().interval);
    trial.first_bar = std::min(trial.first_bar.value_or(bar_number), bar_number);
    if (bar_number <= warmup)
      note(trial, "it decides within its " + std::to_string(warmup) + " bars of warm-up");
    if (s.reason.empty())
      note(trial, "it gives no reason for a decision");
    if (s.reason.size() > limits::signal_reason_bytes_max)
      note(trial, "a reason has more than " + std::to_string(limits::signal_reason_bytes_max)
                    + " bytes: " + s.reason);
    if (s.inputs.size() > limits::signal_inputs_max)
      note(trial,
           "a decision has more than " + std::to_string(limits::signal_inputs_max) + " inputs");
  }
  trial.signals += said.size();
}

void run_market(strategy_trial& trial, const trading::strategy_kind& kind, uint64_t seed,
                uint32_t warmup) {
  const auto bars = make_market(kind, seed, size_t{warmup} + bars_after_warmup);
  const auto count = bars[0].size();
  trial.bars += count;
  instance alone{kind};
  for (size_t i = 0; i < count; ++i)
    alone.on_bars(bars, i);
  instance left{kind};
  instance right{kind};
  for (size_t i = 0; i < count; ++i) {
    left.on_bars(bars, i);
    right.on_bars(bars, i);
  }
  if (left.said() != alone.said() || right.said() != alone.said())
    note(trial, "the same bars gave other decisions the second time: it depends on something else "
                "than its bars and fills, or instances share something");
  judge(trial, alone.said(), bars, warmup);
}

uint32_t warmup_of(const trading::strategy_kind& kind) {
  const auto values = trading::check_parameters(kind, {}).values;
  return kind.make_pair != nullptr ? kind.make_pair(values)->warmup_bars()
                                   : kind.make(values)->warmup_bars();
}

} // namespace

strategy_trial try_strategy(const trading::strategy_kind& kind) {
  strategy_trial trial;
  try {
    const auto warmup = warmup_of(kind);
    if (warmup > warmup_max) {
      note(trial, "it needs " + std::to_string(warmup)
                    + " bars before its first decision, more than " + std::to_string(warmup_max));
      return trial;
    }
    for (uint64_t seed = 1; seed <= markets; ++seed)
      run_market(trial, kind, seed, warmup);
  } catch (const std::exception& why) {
    note(trial, std::string{"it failed: "} + why.what());
  }
  return trial;
}

} // namespace supreme::commands
