// Goal: every strategy on one instrument takes exactly the decisions of its definition, with every
// direction and exit.
// Method: random walks and recorded bars. The reference computes each average, band and channel
// anew from the bars of its window, with none of the product's code. Entries, exits and reversals
// fill at the next open.

#include "tests/support/shared_data.hpp"
#include "tests/trading/bars.hpp"
#include "tests/trading/strategy_runs.hpp"

#include <numeric>
#include <set>

namespace supreme::trading {
namespace {

using tests::strategy_step;
using numbers = std::vector<double>;

/// What the definitions need of a series. Windows end with bar i, included.
struct series {
  numbers open, high, low, close;

  explicit series(const std::vector<bar>& bars) {
    for (const auto& b : bars) {
      open.push_back(b.open.to_double());
      high.push_back(b.high.to_double());
      low.push_back(b.low.to_double());
      close.push_back(b.close.to_double());
    }
  }
  [[nodiscard]] static numbers window(const numbers& all, size_t i, size_t n) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(i + 1);
    return {end - static_cast<std::ptrdiff_t>(n), end};
  }
  [[nodiscard]] double mean(size_t i, size_t n) const {
    long double sum = 0;
    for (const double x : window(close, i, n))
      sum += x;
    return static_cast<double>(sum / static_cast<long double>(n));
  }
  [[nodiscard]] double deviation(size_t i, size_t n) const {
    const long double middle = mean(i, n);
    long double squares = 0;
    for (const double x : window(close, i, n))
      squares += (x - middle) * (x - middle);
    return static_cast<double>(std::sqrt(squares / static_cast<long double>(n)));
  }
  [[nodiscard]] double highest(size_t i, size_t n) const {
    const auto w = window(high, i, n);
    return *std::max_element(w.begin(), w.end());
  }
  [[nodiscard]] double lowest(size_t i, size_t n) const {
    const auto w = window(low, i, n);
    return *std::min_element(w.begin(), w.end());
  }
};

/// Exponential averages with a plain average of n values as seed; the first stands for value n − 1.
numbers averages(const numbers& values, size_t n, double alpha) {
  numbers out;
  const auto seed_end = values.begin() + static_cast<std::ptrdiff_t>(n);
  out.push_back(std::accumulate(values.begin(), seed_end, 0.0) / static_cast<double>(n));
  for (size_t i = n; i < values.size(); ++i)
    out.push_back(alpha * values[i] + (1 - alpha) * out.back());
  return out;
}

numbers ema_of(const numbers& values, size_t n) {
  return averages(values, n, 2.0 / (static_cast<double>(n) + 1));
}

/// Wilder's ATR(14); the value of bar i stands at i − 13.
numbers atr_of(const series& s) {
  numbers ranges{s.high[0] - s.low[0]};
  for (size_t i = 1; i < s.close.size(); ++i)
    ranges.push_back(std::max(s.high[i], s.close[i - 1]) - std::min(s.low[i], s.close[i - 1]));
  return averages(ranges, 14, 1.0 / 14);
}

/// A strategy's own rules by definition: +1 is long, −1 is short.
struct rules {
  virtual ~rules() = default;
  /// The side that bar i opens; 0 for none. Asked only where all windows are full.
  [[nodiscard]] virtual int entry(size_t i) const = 0;
  /// Whether bar i ends a holding of this side.
  [[nodiscard]] virtual bool leaves(size_t i, int side) const = 0;
  /// Bars before the first that can decide.
  size_t needed = 0;
};

/// +1 when a − b went from ≤ 0 to > 0, −1 when it went from ≥ 0 to < 0.
int crossed(double before, double now) {
  return before <= 0 && now > 0 ? 1 : before >= 0 && now < 0 ? -1 : 0;
}

struct momentum_rules : rules {
  explicit momentum_rules(const series& s) {
    needed = 34;
    const auto fast = ema_of(s.close, 12);
    const auto slow = ema_of(s.close, 26);
    numbers line;
    for (size_t i = 0; i < slow.size(); ++i)
      line.push_back(fast[i + 14] - slow[i]);
    const auto signal = ema_of(line, 9);
    above = numbers(33, 0);
    for (size_t i = 0; i < signal.size(); ++i)
      above.push_back(line[i + 8] - signal[i]);
    numbers gains, losses;
    for (size_t i = 1; i < s.close.size(); ++i) {
      gains.push_back(std::max(s.close[i] - s.close[i - 1], 0.0));
      losses.push_back(std::max(s.close[i - 1] - s.close[i], 0.0));
    }
    const auto gain = averages(gains, 14, 1.0 / 14);
    const auto loss = averages(losses, 14, 1.0 / 14);
    strength = numbers(14, 50);
    for (size_t i = 0; i < gain.size(); ++i)
      strength.push_back(loss[i] == 0 ? 100 : 100 - 100 / (1 + gain[i] / loss[i]));
  }
  [[nodiscard]] int entry(size_t i) const override {
    const int side = crossed(above[i - 1], above[i]);
    return (side > 0 && strength[i] < 70) || (side < 0 && strength[i] > 30) ? side : 0;
  }
  [[nodiscard]] bool leaves(size_t i, int side) const override { return above[i] * side < 0; }

  numbers above; ///< line − signal
  numbers strength;
};

struct mean_reversion_rules : rules {
  explicit mean_reversion_rules(const series& s) : all(s) { needed = 20; }
  [[nodiscard]] int entry(size_t i) const override {
    const auto reach = [&](size_t k) { return 2 * all.deviation(k, 20); };
    const auto over = [&](size_t k, double side) {
      return all.close[k] - (all.mean(k, 20) + side * reach(k));
    };
    if (crossed(over(i - 1, -1), over(i, -1)) < 0)
      return 1;
    return crossed(over(i - 1, 1), over(i, 1)) > 0 ? -1 : 0;
  }
  [[nodiscard]] bool leaves(size_t i, int side) const override {
    return (all.close[i] - all.mean(i, 20)) * side > 0;
  }
  const series& all;
};

struct breakout_rules : rules {
  explicit breakout_rules(const series& s) : all(s), range(atr_of(s)) { needed = 20; }
  [[nodiscard]] int entry(size_t i) const override {
    if (!(range[i - 13] / all.close[i] > 0.004))
      return 0;
    if (all.close[i] > all.highest(i - 1, 20))
      return 1;
    return all.close[i] < all.lowest(i - 1, 20) ? -1 : 0;
  }
  [[nodiscard]] bool leaves(size_t i, int side) const override {
    return side > 0 ? all.close[i] < all.lowest(i - 1, 10) : all.close[i] > all.highest(i - 1, 10);
  }
  const series& all;
  numbers range;
};

struct sma_cross_rules : rules {
  explicit sma_cross_rules(const series& s) : all(s) { needed = 30; }
  [[nodiscard]] double above(size_t i) const { return all.mean(i, 10) - all.mean(i, 30); }
  [[nodiscard]] int entry(size_t i) const override { return crossed(above(i - 1), above(i)); }
  [[nodiscard]] bool leaves(size_t i, int side) const override { return above(i) * side < 0; }
  const series& all;
};

std::unique_ptr<rules> define(const std::string& kind, const series& s) {
  if (kind == "momentum")
    return std::make_unique<momentum_rules>(s);
  if (kind == "mean_reversion")
    return std::make_unique<mean_reversion_rules>(s);
  if (kind == "breakout")
    return std::make_unique<breakout_rules>(s);
  return std::make_unique<sma_cross_rules>(s);
}

double value_or(const parameters& given, const char* name, double standard) {
  const auto found = given.find(name);
  return found == given.end() ? standard : found->second;
}

/// The holding of the reference.
struct position {
  int side = 0;
  size_t since = 0; ///< first bar
  double price = 0; ///< the close it was decided on
};

/// Whether an exit rule ends the position at bar i.
bool exit_met(const parameters& given, const series& s, const numbers& range, const position& held,
              size_t i) {
  const auto gain = [&](double from) { return (s.close[i] - from) * held.side; };
  double best = s.close[held.since];
  for (size_t k = held.since; k <= i; ++k)
    best = held.side > 0 ? std::max(best, s.close[k]) : std::min(best, s.close[k]);
  const auto distance = [&](const char* name) {
    return value_or(given, name, 0) * (held.since >= 14 ? range[held.since - 14] : 0);
  };
  const double bars = value_or(given, "max_bars", 0);
  return (distance("stop_atr") > 0 && gain(held.price) <= -distance("stop_atr"))
         || (distance("trail_atr") > 0 && gain(best) <= -distance("trail_atr"))
         || (distance("take_profit_atr") > 0 && gain(held.price) >= distance("take_profit_atr"))
         || (bars > 0 && static_cast<double>(i - held.since + 1) >= bars);
}

/// The side wanted at each bar, 0 for flat; nothing where nothing is said.
std::vector<std::optional<int>> reference_wishes(const series& s, const rules& own,
                                                 const parameters& given) {
  const auto range = atr_of(s);
  const double allowed = value_or(given, "direction", 0);
  const auto first =
    std::max(own.needed, static_cast<size_t>(value_or(given, "warmup_bars", 1)) - 1);
  std::vector<std::optional<int>> wishes;
  position held;
  for (size_t i = 0; i < s.close.size(); ++i) {
    if (i > 0 && wishes.back())
      held = {*wishes.back(), i, s.close[i - 1]};
    wishes.emplace_back();
    if (i < first)
      continue;
    const int entry = own.entry(i);
    const bool may = entry != 0 && (allowed == 2 || (entry > 0) == (allowed == 0));
    if (may && entry != held.side)
      wishes.back() = entry;
    else if (held.side != 0 && (exit_met(given, s, range, held, i) || own.leaves(i, held.side)))
      wishes.back() = 0;
  }
  return wishes;
}

std::optional<int> side_of(const std::optional<decision>& d) {
  if (!d)
    return std::nullopt;
  return d->wanted == desire::long_position ? 1 : d->wanted == desire::short_position ? -1 : 0;
}

const std::vector<std::string>& single_kinds() {
  static const std::vector<std::string> names{"breakout", "mean_reversion", "momentum",
                                              "sma_cross"};
  return names;
}

std::vector<parameters> variants() {
  std::vector<parameters> out;
  for (const double allowed : {0, 1, 2}) {
    out.push_back({{"direction", allowed}});
    out.push_back({{"direction", allowed}, {"stop_atr", 1.5}, {"take_profit_atr", 2.5}});
    out.push_back(
      {{"direction", allowed}, {"trail_atr", 2}, {"max_bars", 15}, {"warmup_bars", 100}});
    out.push_back({{"direction", allowed}, {"trail_atr", 1}, {"take_profit_atr", 1}});
  }
  return out;
}

/// Compares all kinds and variants; answers how many decisions there were, by kind and reason.
std::map<std::string, std::map<std::string, size_t>> compare(const std::vector<bar>& bars) {
  std::map<std::string, std::map<std::string, size_t>> reasons;
  const series s{bars};
  for (const auto& name : single_kinds()) {
    const auto own = define(name, s);
    const auto& kind = *find_strategy_kind(name);
    for (auto given : variants()) {
      if (name == "breakout")
        given["min_volatility"] = 0.004;
      const auto checked = check_parameters(kind, given);
      EXPECT_TRUE(checked.problems.empty());
      const auto steps = tests::trade(*kind.make(checked.values), bars);
      const auto wishes = reference_wishes(s, *own, given);
      for (size_t i = 0; i < bars.size(); ++i) {
        if (side_of(steps[i].said) != wishes[i]) {
          ADD_FAILURE() << name << " at bar " << i << " said "
                        << (steps[i].said ? steps[i].said->reason.str() : "nothing");
          break;
        }
        if (!steps[i].said)
          continue;
        tests::expect_explained(*steps[i].said);
        ++reasons[name][steps[i].said->reason.str()];
      }
    }
  }
  return reasons;
}

TEST(strategy_reference, decides_on_random_walks_as_defined) {
  std::set<std::string> reasons;
  for (const uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const auto& [kind, found] : compare(tests::random_bars(seed, 3'000)))
      for (const auto& [reason, count] : found)
        reasons.insert(reason);
  }
  // What was met, so that nothing was compared in vain.
  for (const char* reason : {"Close at or below the ATR stop",
                             "Close at or above the ATR stop",
                             "Close at or below the trailing stop",
                             "Close at or above the trailing stop",
                             "Close at or below the profit target",
                             "Close at or above the profit target",
                             "Held for as many bars as allowed",
                             "MACD crossed below its signal line",
                             "MACD crossed above its signal line",
                             "MACD crossed above its signal line, RSI below its maximum",
                             "MACD crossed below its signal line, RSI above its minimum",
                             "Close crossed above the middle Bollinger band",
                             "Close crossed below the middle Bollinger band",
                             "Close crossed below the lower Bollinger band",
                             "Close crossed above the upper Bollinger band",
                             "Close below the exit channel",
                             "Close above the exit channel",
                             "Close above the entry channel, volatility above its minimum",
                             "Close below the entry channel, volatility above its minimum",
                             "Fast average crossed above the slow one",
                             "Fast average crossed below the slow one"})
    EXPECT_TRUE(reasons.contains(reason)) << reason;
}

TEST(strategy_reference, decides_on_recorded_stock_days_as_defined) {
  SUPREME_SHARED_PATH(path, "data/bars/us_equity_daily/SPY_1d.csv");
  const auto found = compare(tests::read_bars(path, "SPY", std::chrono::hours{24}));
  EXPECT_EQ(found.size(), single_kinds().size());
}

TEST(strategy_reference, decides_on_recorded_coin_days_as_defined) {
  SUPREME_SHARED_PATH(path, "data/bars/binance_spot/BTCUSDT_1d_2017-08-17_2025-09-30.csv");
  const auto found = compare(tests::read_bars(path, "BTCUSDT", std::chrono::hours{24}));
  EXPECT_EQ(found.size(), single_kinds().size());
}

TEST(strategy_reference, decides_on_recorded_coin_minutes_as_defined) {
  SUPREME_SHARED_PATH(path, "data/bars/binance_spot/BTCUSDT_1m_2026-04-19_2026-04-21.csv");
  (void)compare(tests::read_bars(path, "BTCUSDT", std::chrono::minutes{1}));
}

} // namespace
} // namespace supreme::trading
