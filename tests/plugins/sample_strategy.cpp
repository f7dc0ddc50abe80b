// A strategy from outside: long while the close is above its average, with a stop some ATRs below.
// It uses headers of every folder that a strategy may use, functions of the program among them.

#include "trading/indicators/atr.hpp"
#include "trading/indicators/sma.hpp"
#include "trading/statistics/annual.hpp"
#include "trading/strategies/plugin.hpp"

#include <stdexcept>

#ifndef SAMPLE_NAME
#define SAMPLE_NAME "sample"
#endif
#ifndef SAMPLE_TEXT
#define SAMPLE_TEXT "Long while the close is above its average."
#endif

namespace {

using namespace supreme::trading;

class sample final : public strategy {
public:
  static strategy_kind kind() {
    return {SAMPLE_NAME,
            SAMPLE_TEXT,
            {{"length", "Bars of the average.", 1, 500, 5, true},
             {"stop_atr", "Distance of the stop in ATRs; 0 is none.", 0, 100, 3, false}}};
  }

  static std::vector<std::string> check(const parameters& values) {
    if (values.at("stop_atr") == 13)
      throw std::runtime_error("thirteen");
    return {};
  }

  explicit sample(const parameters& values)
    : average_(static_cast<uint32_t>(values.at("length"))),
      range_(static_cast<uint32_t>(values.at("length"))),
      length_(static_cast<uint32_t>(values.at("length"))),
      stop_atr_(values.at("stop_atr")) {}

  void on_fill(const slot_holding& after) override { holding_ = after; }

  std::optional<decision> on_bar(const bar& b) override {
    const auto close = b.close.to_double();
    const auto average = average_.update(close);
    const auto range = range_.update(b.high.to_double(), b.low.to_double(), close);
    if (!average || !range)
      return std::nullopt;
    // Exact arithmetic, whose code is in the program.
    const auto middle = divide(b.high + b.low, decimal::literal("2"), rounding::half_even);
    const bool above = close > *average;
    const bool held = holding_.size.is_positive();
    if (above == held)
      return std::nullopt;
    decision d;
    d.wanted = above ? desire::long_position : desire::flat;
    d.reason = above ? "Close above its average" : "Close not above its average";
    d.inputs = {{"close", close}, {"average", *average}, {"middle", middle.to_double()}};
    const double returns[] = {close / *average - 1};
    if (const auto downside = downside_deviation(returns))
      d.inputs.push_back({"downside", *downside});
    if (above && stop_atr_ > 0 && *range > 0)
      d.stop_distance = stop_atr_ * *range;
    return d;
  }

  uint32_t warmup_bars() const override { return length_ - 1; }

private:
  sma average_;
  atr range_;
  uint32_t length_;
  double stop_atr_;
  slot_holding holding_;
};

} // namespace

SUPREME_STRATEGY(sample)
