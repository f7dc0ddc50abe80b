#include "trading/strategies/momentum.hpp"

namespace supreme::trading {

namespace {

/// Longest average a strategy may ask for: it bounds the warm-up history a feed has to keep.
constexpr double max_length = 500;

parameter_spec bars(const char* name, const char* text, double minimum, uint32_t initial) {
  return {name, text, minimum, max_length, static_cast<double>(initial), true};
}

uint32_t whole(const parameters& p, const char* name) { return static_cast<uint32_t>(p.at(name)); }

std::unique_ptr<strategy> make_momentum(const parameters& p) {
  momentum_settings s;
  s.fast = whole(p, "fast");
  s.slow = whole(p, "slow");
  s.signal = whole(p, "signal");
  s.rsi_length = whole(p, "rsi_length");
  s.rsi_max = p.at("rsi_max");
  s.atr_length = whole(p, "atr_length");
  s.stop_atr = p.at("stop_atr");
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
    "crosses "
    "below.",
    {
      bars("fast", "Bars of the fast MACD average.", 1, initial.fast),
      bars("slow", "Bars of the slow MACD average.", 2, initial.slow),
      bars("signal", "Bars of the MACD signal line.", 1, initial.signal),
      bars("rsi_length", "Changes in the RSI.", 1, initial.rsi_length),
      {"rsi_max", "No entry at or above this RSI.", 0, 100, initial.rsi_max, false},
      bars("atr_length", "Bars of the average true range.", 1, initial.atr_length),
      {"stop_atr", "Distance of the stop below the average entry price in ATRs; 0 is no stop.", 0,
       100, initial.stop_atr, false},
    },
    make_momentum,
    nullptr,
    check_momentum,
  };
  return kind;
}

} // namespace supreme::trading
