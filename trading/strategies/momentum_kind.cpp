#include "trading/strategies/common_parameters.hpp"
#include "trading/strategies/momentum.hpp"

namespace supreme::trading {

namespace {

std::unique_ptr<strategy> make_momentum(const parameters& p) {
  momentum_settings s;
  s.fast = whole_parameter(p, "fast");
  s.slow = whole_parameter(p, "slow");
  s.signal = whole_parameter(p, "signal");
  s.rsi_length = whole_parameter(p, "rsi_length");
  s.rsi_max = p.at("rsi_max");
  s.rsi_min = p.at("rsi_min");
  s.common = read_common(p);
  return std::make_unique<momentum>(s);
}

std::vector<std::string> check_momentum(const parameters& p) {
  if (p.at("fast") < p.at("slow"))
    return {};
  return {"fast must be below slow."};
}

} // namespace

const strategy_kind& momentum_kind() {
  const momentum_settings initial;
  static const strategy_kind kind{
    "momentum",
    "Long from the MACD crossing above its signal line, unless the RSI is too high, until it "
    "crosses below; short mirrored.",
    with_common({
      length_parameter("fast", "Bars of the fast MACD average.", 1, initial.fast),
      length_parameter("slow", "Bars of the slow MACD average.", 2, initial.slow),
      length_parameter("signal", "Bars of the MACD signal line.", 1, initial.signal),
      length_parameter("rsi_length", "Changes in the RSI.", 1, initial.rsi_length),
      {"rsi_max", "No long entry at or above this RSI.", 0, 100, initial.rsi_max, false},
      {"rsi_min", "No short entry at or below this RSI.", 0, 100, initial.rsi_min, false},
    }),
    make_momentum,
    nullptr,
    check_momentum,
  };
  return kind;
}

} // namespace supreme::trading
