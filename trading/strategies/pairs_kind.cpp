#include "trading/strategies/common_parameters.hpp"
#include "trading/strategies/pairs.hpp"

namespace supreme::trading {

namespace {

/// No window of the longest length holds a value further from its mean than its square root.
constexpr double max_z = 100;

std::unique_ptr<pair_strategy> make_pairs(const parameters& p) {
  pairs_settings s;
  s.window = whole_parameter(p, "window");
  s.entry_z = p.at("entry_z");
  s.exit_z = p.at("exit_z");
  s.stop_z = p.at("stop_z");
  s.warmup_bars = whole_parameter(p, "warmup_bars");
  s.allowed = read_direction(p);
  s.max_bars = whole_parameter(p, "max_bars");
  return std::make_unique<pairs>(s);
}

std::vector<std::string> check_pairs(const parameters& p) {
  std::vector<std::string> problems;
  if (p.at("exit_z") >= p.at("entry_z"))
    problems.emplace_back("exit_z must be below entry_z.");
  if (p.at("entry_z") >= p.at("stop_z"))
    problems.emplace_back("entry_z must be below stop_z.");
  return problems;
}

} // namespace

const strategy_kind& pairs_kind() {
  const pairs_settings initial;
  static const strategy_kind kind{
    "pairs",
    "Two instruments: short the first and long the second while their spread is high above its "
    "mean, the other way round while it is low, until it is back.",
    {
      length_parameter("window",
                       "Common bars of the regression and of the spread's mean and "
                       "deviation.",
                       3, initial.window),
      {"entry_z", "Deviations from the mean above which the spread is entered.", 0, max_z,
       initial.entry_z, false},
      {"exit_z", "Deviations from the mean below which it is left.", 0, max_z, initial.exit_z,
       false},
      {"stop_z", "Deviations from the mean above which it is given up.", 0, max_z, initial.stop_z,
       false},
      warmup_parameter(),
      direction_parameter(initial.allowed),
      max_bars_parameter(),
    },
    nullptr,
    make_pairs,
    check_pairs,
  };
  return kind;
}

} // namespace supreme::trading
