#include "trading/strategies/breakout.hpp"
#include "trading/strategies/common_parameters.hpp"

namespace supreme::trading {

namespace {

std::unique_ptr<strategy> make_breakout(const parameters& p) {
  breakout_settings s;
  s.entry_length = whole_parameter(p, "entry_length");
  s.exit_length = whole_parameter(p, "exit_length");
  s.min_volatility = p.at("min_volatility");
  s.common = read_common(p);
  return std::make_unique<breakout>(s);
}

} // namespace

const strategy_kind& breakout_kind() {
  const breakout_settings initial;
  static const strategy_kind kind{
    "breakout",
    "Long from a close above the highest high of the bars before it, when the market moves enough, "
    "until a close below the lowest low of fewer bars; short mirrored.",
    with_common({
      length_parameter("entry_length", "Bars of the channel whose break opens a holding.", 1,
                       initial.entry_length),
      length_parameter("exit_length", "Bars of the channel whose break ends it.", 1,
                       initial.exit_length),
      {"min_volatility", "An entry needs an average true range above this share of the close.", 0,
       1, initial.min_volatility, false},
    }),
    make_breakout,
    nullptr,
    nullptr,
  };
  return kind;
}

} // namespace supreme::trading
