// Goal: a strategy that takes many bars at once says what it would have said bar by bar.
// Method: property over all built-in kinds on one instrument: two instances get the same bars and
// fills, one bar by bar, the other in blocks of random length. Closes move by few ticks, so that
// averages meet exactly, and wishes fill late or never, so that exits are said again.

#include "tests/trading/bars.hpp"
#include "tests/trading/strategy_runs.hpp"
#include "trading/strategies/strategy.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace supreme::trading {
namespace {

std::vector<bar_record> any_bars() {
  const auto count = *rc::gen::inRange<size_t>(1, 400);
  const auto reach = *rc::gen::element<int64_t>(1, 3, 500);
  std::mt19937_64 random{*rc::gen::arbitrary<uint64_t>()};
  std::vector<bar_record> bars;
  int64_t ticks = 10'000;
  const auto price_of = [](int64_t t) { return decimal::from_raw(t * decimal::scale / 100); };
  for (size_t i = 0; i < count; ++i) {
    const int64_t open = ticks;
    ticks += static_cast<int64_t>(random() % static_cast<uint64_t>(2 * reach + 1)) - reach;
    ticks = std::max<int64_t>(ticks, 1'000);
    bars.push_back({timestamp::from_ms(static_cast<int64_t>(i) * 60'000), price_of(open),
                    price_of(std::max(open, ticks) + 1), price_of(std::min(open, ticks) - 1),
                    price_of(ticks), decimal::from_integer(5)});
  }
  return bars;
}

parameters any_parameters(const strategy_kind& kind) {
  parameters given;
  if (kind.name == "momentum" && *rc::gen::arbitrary<bool>())
    given = {{"fast", 2}, {"slow", 4}, {"signal", 2}, {"rsi_length", *rc::gen::element(2, 60)}};
  given["direction"] = *rc::gen::element(0, 1, 2);
  given["stop_atr"] = *rc::gen::element(0, 0, 2);
  given["trail_atr"] = *rc::gen::element(0, 0, 3);
  given["max_bars"] = *rc::gen::element(0, 0, 7);
  given["warmup_bars"] = *rc::gen::element(0, 50);
  auto checked = check_parameters(kind, given);
  RC_ASSERT(checked.problems.empty());
  return checked.values;
}

struct told_bar {
  std::optional<slot_holding> fill; ///< known before the bar
  std::optional<decision> said;
};

slot_holding holding_of(desire wanted, price at) {
  const int64_t size = wanted == desire::flat ? 0 : wanted == desire::long_position ? 1 : -1;
  return {decimal::from_integer(size), size == 0 ? price{} : at};
}

std::vector<told_bar> bar_by_bar(strategy& s, const std::vector<bar_record>& bars) {
  std::vector<told_bar> out;
  auto b = tests::make_bar(1);
  std::optional<desire> pending;
  std::mt19937_64 random{*rc::gen::arbitrary<uint64_t>()};
  for (const auto& values : bars) {
    told_bar now;
    if (pending && random() % 4 != 0) {
      now.fill = holding_of(*std::exchange(pending, std::nullopt), values.open);
      s.on_fill(*now.fill);
    }
    set_values(b, values);
    now.said = s.on_bar(b);
    if (now.said)
      pending = now.said->wanted;
    out.push_back(std::move(now));
  }
  return out;
}

RC_GTEST_PROP(strategy_blocks, say_what_is_said_bar_by_bar, ()) {
  std::vector<const strategy_kind*> kinds;
  for (const char* name : {"momentum", "mean_reversion", "breakout", "sma_cross"})
    kinds.push_back(find_strategy_kind(name));
  const auto& kind = **rc::gen::elementOf(kinds);
  const auto values = any_parameters(kind);
  const auto bars = any_bars();
  const auto expected = bar_by_bar(*kind.make(values), bars);
  const auto block_max = *rc::gen::inRange<size_t>(1, 300);

  const auto blocks = kind.make(values);
  auto b = tests::make_bar(1);
  decision wish;
  for (size_t i = 0; i < bars.size();) {
    if (expected[i].fill)
      blocks->on_fill(*expected[i].fill);
    size_t end = i + 1; // A fill is known before its bar, so it begins a block.
    while (end < bars.size() && end - i < block_max && !expected[end].fill)
      ++end;
    while (i < end) {
      size_t taken = 0;
      // What is left in it from the wish before must not show in this one.
      std::optional<decision> said;
      if (blocks->on_bars(std::span{bars}.subspan(i, end - i), b, taken, wish))
        said = wish;
      RC_ASSERT(taken > 0 && taken <= end - i);
      for (size_t k = i; k + 1 < i + taken; ++k)
        RC_ASSERT(!expected[k].said);
      i += taken;
      RC_ASSERT(tests::same(said, expected[i - 1].said));
    }
  }
}

} // namespace
} // namespace supreme::trading
