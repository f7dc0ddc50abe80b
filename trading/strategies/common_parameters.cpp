#include "trading/strategies/common_parameters.hpp"

namespace supreme::trading {

namespace {

/// Longest average a strategy may ask for: it bounds what an indicator remembers.
constexpr double max_length = 500;
constexpr double max_warmup = 100'000;
constexpr double max_holding = 1'000'000;
/// Of a stop or a target; further away it would be none.
constexpr double max_atrs = 100;

parameter_spec atrs(const char* name, const char* text) {
  return {name, text, 0, max_atrs, 0, false};
}

} // namespace

parameter_spec length_parameter(const char* name, const char* text, uint32_t minimum,
                                uint32_t initial) {
  return {name, text, static_cast<double>(minimum), max_length, static_cast<double>(initial), true};
}

uint32_t whole_parameter(const parameters& values, const char* name) {
  return static_cast<uint32_t>(values.at(name));
}

parameter_spec warmup_parameter() {
  return {"warmup_bars",
          "Decisions from this bar on, and not before the indicators are ready; 0 is as soon as "
          "they are.",
          0,
          max_warmup,
          0,
          true};
}

parameter_spec direction_parameter(direction initial) {
  return {"direction", "Which holdings may be opened.", 0, 2, static_cast<double>(initial),
          true,        {"long", "short", "both"}};
}

parameter_spec max_bars_parameter() {
  return {"max_bars", "Closes after which a holding is given up; 0 is never.", 0, max_holding, 0,
          true};
}

std::vector<parameter_spec> with_common(std::vector<parameter_spec> own) {
  const common_settings initial;
  own.push_back(warmup_parameter());
  own.push_back(direction_parameter(initial.allowed));
  own.push_back(
    length_parameter("atr_length", "Bars of the average true range.", 1, initial.atr_length));
  own.push_back(atrs("stop_atr", "Distance of the protective stop from the close of the entry's "
                                 "decision in ATRs; 0 is no stop."));
  own.push_back(
    atrs("take_profit_atr",
         "Distance of the profit target from the close of the entry's decision in ATRs; "
         "0 is no target."));
  own.push_back(atrs("trail_atr", "Distance of the trailing stop from the best close in ATRs; 0 is "
                                  "no trailing stop."));
  own.push_back(max_bars_parameter());
  return own;
}

common_settings read_common(const parameters& values) {
  common_settings s;
  s.warmup_bars = whole_parameter(values, "warmup_bars");
  s.allowed = read_direction(values);
  s.atr_length = whole_parameter(values, "atr_length");
  s.exits.stop_atr = values.at("stop_atr");
  s.exits.take_profit_atr = values.at("take_profit_atr");
  s.exits.trail_atr = values.at("trail_atr");
  s.exits.max_bars = whole_parameter(values, "max_bars");
  return s;
}

direction read_direction(const parameters& values) {
  return static_cast<direction>(whole_parameter(values, "direction"));
}

} // namespace supreme::trading
