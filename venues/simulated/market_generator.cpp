#include "venues/simulated/market_generator.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

__extension__ using wide = __int128;

constexpr int64_t ppb = 1'000'000'000;
constexpr int64_t volatility_ppb_max = ppb / 10;
constexpr int64_t start_ticks_min = 100;
/// The price stays within this factor of the first one, above and below.
constexpr int64_t price_range_factor = 100;
/// A bar is this many moves; their number is a square so that its root is whole.
constexpr int moves_per_bar = 16;
constexpr int moves_per_bar_root = 4;
/// Sum of four 16-bit numbers: its mean, and its standard deviation 65536/√3 rounded.
constexpr int64_t draw_mean = 131'070;
constexpr int64_t draw_deviation = 37'837;
/// The pull back to the first price is at most volatility divided by this.
constexpr int64_t pull_divisor = 4;
/// A trend ends when it has led this far, so that wild markets do not run away.
constexpr int64_t trend_ppb_max = ppb / 2;
constexpr int64_t regime_bars_min = 40;
constexpr int64_t regime_bars_span = 240;
/// A trend's drift per bar, in percent of volatility.
constexpr int64_t trend_percent_min = 10;
constexpr int64_t trend_percent_span = 25;
/// Quote units that a typical bar turns over.
constexpr int64_t typical_turnover = 1'000'000;
/// No bar's volume exceeds this many base units, far inside the decimal range.
constexpr int64_t volume_max = 1'000'000'000;

uint64_t split_mix(uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

/// FNV-1a: std::hash may differ between libraries.
uint64_t hash_text(std::string_view text) noexcept {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3;
  }
  return hash;
}

int64_t scale(int64_t value, int64_t numerator, int64_t denominator) noexcept {
  return static_cast<int64_t>(wide{value} * numerator / denominator);
}

} // namespace

uint64_t market_generator::random_source::next() noexcept {
  const uint64_t result = std::rotl(state[1] * 5, 7) * 9;
  const uint64_t shifted = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = std::rotl(state[3], 45);
  return result;
}

int64_t market_generator::random_source::below(int64_t limit) noexcept {
  return static_cast<int64_t>(((next() >> 32) * static_cast<uint64_t>(limit)) >> 32);
}

market_generator::market_generator(const generated_market_settings& settings)
  : settings_(settings), checkpoint_distance_(defaults::generator_checkpoint_bars) {
  const int64_t tick = settings.tick_size.raw();
  const int64_t start = settings.start_price.raw();
  SUPREME_CHECK(settings.interval.count() > 0, "the interval of bars is positive");
  SUPREME_CHECK(tick > 0 && settings.lot_size.is_positive(),
                "the steps of an instrument are positive");
  SUPREME_CHECK(start / tick >= start_ticks_min, "the first price is at least 100 ticks");
  SUPREME_CHECK(settings.volatility_ppb > 0 && settings.volatility_ppb <= volatility_ppb_max,
                "volatility is 1 to 100,000,000 ppb");
  constexpr int64_t raw_max = std::numeric_limits<int64_t>::max();
  lowest_raw_ = std::max(start / price_range_factor, tick);
  highest_raw_ =
    static_cast<int64_t>(std::min<wide>(wide{start} * price_range_factor, raw_max - tick));
  const int64_t lot = settings.lot_size.raw();
  const wide typical_raw =
    wide{typical_turnover} * trading::decimal::scale * trading::decimal::scale / start;
  const wide typical_max = wide{volume_max} * trading::decimal::scale / 10;
  typical_lots_ =
    std::max<int64_t>(1, static_cast<int64_t>(std::min(typical_raw, typical_max) / lot));
  const wide time_left = wide{raw_max} - settings.start.ns();
  bars_in_time_ = static_cast<uint64_t>(time_left / settings.interval.count());
  made_.instrument = settings.instrument;
  made_.interval = settings.interval;
  state_ = first_state();
  checkpoints_.push_back(state_);
}

const trading::instrument_id& market_generator::instrument() const noexcept {
  return settings_.instrument;
}

trading::nanoseconds market_generator::interval() const noexcept { return settings_.interval; }

std::vector<trading::bar> market_generator::range(trading::timestamp after_close,
                                                  trading::timestamp up_to_close, size_t max) {
  // Bar k closes at start + (k + 1)·interval; the first one wanted is the number of bars closed by
  // then.
  const auto closed_by = [this](trading::timestamp t) {
    const wide elapsed = wide{t.ns()} - settings_.start.ns();
    return elapsed < 0 ? uint64_t{0} : static_cast<uint64_t>(elapsed / settings_.interval.count());
  };
  const uint64_t first = closed_by(after_close);
  const uint64_t end = std::min(closed_by(up_to_close), bars_in_time_);
  std::vector<trading::bar> out;
  if (first >= end || max == 0)
    return out;
  go_to(first);
  while (state_.index < end && out.size() < max) {
    advance();
    out.push_back(made_);
  }
  return out;
}

std::vector<trading::bar> market_generator::after(trading::timestamp close_time, size_t max) {
  return range(close_time, trading::timestamp::from_ns(std::numeric_limits<int64_t>::max()), max);
}

market_generator::market_state market_generator::first_state() const {
  market_state s;
  uint64_t seed = settings_.seed ^ hash_text(settings_.instrument.str());
  for (auto& word : s.random.state)
    word = split_mix(seed);
  s.price_raw = trading::round_to_multiple(settings_.start_price, settings_.tick_size,
                                           trading::rounding::half_even)
                  .raw();
  return s;
}

trading::bar market_generator::make_next(market_state& s) const {
  if (s.regime_bars_left == 0)
    change_regime(s);
  --s.regime_bars_left;
  trading::bar b = made_;
  b.open_time = trading::timestamp::from_ns(static_cast<int64_t>(
    wide{settings_.start.ns()} + wide{settings_.interval.count()} * static_cast<wide>(s.index)));
  b.open = b.high = b.low = b.close = shown_price(s.price_raw);
  const int64_t steady_ppb = steady_change_ppb(s);
  for (int i = 0; i < moves_per_bar; ++i) {
    move_price(s, steady_ppb);
    b.close = shown_price(s.price_raw);
    b.high = std::max(b.high, b.close);
    b.low = std::min(b.low, b.close);
  }
  b.volume = draw_volume(s, b);
  ++s.index;
  return b;
}

/// Half of the time the market goes somewhere, half of the time nowhere; and some times are wilder
/// than others.
void market_generator::change_regime(market_state& s) const {
  s.regime_bars_left = regime_bars_min + s.random.below(regime_bars_span);
  s.volatility_ppb =
    std::max<int64_t>(1, settings_.volatility_ppb * (60 + s.random.below(81)) / 100);
  const int64_t kind = s.random.below(4);
  const int64_t percent = trend_percent_min + s.random.below(trend_percent_span);
  s.drift_ppb = 0;
  if (kind > 1)
    return;
  const int64_t drift = std::max<int64_t>(1, s.volatility_ppb * percent / 100);
  s.drift_ppb = kind == 0 ? drift : -drift;
  s.regime_bars_left = std::clamp<int64_t>(trend_ppb_max / drift, 1, s.regime_bars_left);
}

/// What the regime and the way home add to the price per bar.
int64_t market_generator::steady_change_ppb(const market_state& s) const {
  // Relative distance from the first price, between −1 and 1: zero there, ±1 far away.
  const int64_t home = settings_.start_price.raw();
  const int64_t distance_ppb = scale(home - s.price_raw, ppb, std::max(home, s.price_raw));
  return s.drift_ppb + s.volatility_ppb / pull_divisor * distance_ppb / ppb;
}

/// Each product stays below 2^63: volatility is at most 1.4·10^8, the noise of one move below that.
void market_generator::move_price(market_state& s, int64_t steady_ppb) const {
  const uint64_t bits = s.random.next();
  const auto sum = static_cast<int64_t>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF)
                                        + (bits >> 32 & 0xFFFF) + (bits >> 48));
  const int64_t noise_ppb =
    s.volatility_ppb * (sum - draw_mean) / (draw_deviation * moves_per_bar_root);
  const int64_t change_ppb = noise_ppb + steady_ppb / moves_per_bar;
  const int64_t change = s.price_raw / ppb * change_ppb + s.price_raw % ppb * change_ppb / ppb;
  // The highest price may lie at the end of the range, where a sum would leave it.
  s.price_raw = change > highest_raw_ - s.price_raw ? highest_raw_
                                                    : std::max(s.price_raw + change, lowest_raw_);
}

trading::price market_generator::shown_price(int64_t raw) const {
  const int64_t tick = settings_.tick_size.raw();
  const int64_t ticks = std::max<int64_t>(1, (raw + tick / 2) / tick);
  return trading::decimal::from_raw(ticks * tick);
}

/// Half to one and a half of the typical volume, and up to three times that when the bar is wide.
trading::quantity market_generator::draw_volume(market_state& s, const trading::bar& b) const {
  const int64_t percent = 50 + s.random.below(101);
  const int64_t width_ppb = scale(b.high.raw() - b.low.raw(), ppb, b.open.raw());
  const int64_t wild_percent =
    std::min<int64_t>(200, scale(width_ppb, 50, settings_.volatility_ppb));
  const int64_t lots = scale(typical_lots_, percent * (100 + wild_percent), 100 * 100);
  return trading::decimal::from_raw(std::max<int64_t>(1, lots) * settings_.lot_size.raw());
}

/// Makes bar `index` the next one.
void market_generator::go_to(uint64_t index) {
  const auto behind = std::ranges::upper_bound(checkpoints_, index, {}, &market_state::index);
  const auto& nearest = *std::prev(behind);
  if (state_.index > index || nearest.index > state_.index)
    state_ = nearest;
  while (state_.index < index)
    advance();
}

void market_generator::advance() {
  made_ = make_next(state_);
  if (state_.index == checkpoints_.back().index + checkpoint_distance_)
    note_checkpoint();
}

/// Keeps a bounded number of checkpoints, evenly spread however far the market is driven.
void market_generator::note_checkpoint() {
  checkpoints_.push_back(state_);
  if (checkpoints_.size() < defaults::generator_checkpoints_max)
    return;
  checkpoint_distance_ *= 2;
  std::vector<market_state> kept;
  for (size_t i = 0; i < checkpoints_.size(); i += 2)
    kept.push_back(checkpoints_[i]);
  checkpoints_ = std::move(kept);
}

} // namespace supreme::venues
