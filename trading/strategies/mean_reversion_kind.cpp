#include "trading/strategies/common_parameters.hpp"
#include "trading/strategies/mean_reversion.hpp"

namespace supreme::trading {

namespace {

std::unique_ptr<strategy> make_mean_reversion(const parameters& p) {
  mean_reversion_settings s;
  s.length = whole_parameter(p, "length");
  s.width = p.at("width");
  s.common = read_common(p);
  return std::make_unique<mean_reversion>(s);
}

} // namespace

const strategy_kind& mean_reversion_kind() {
  const mean_reversion_settings initial;
  static const strategy_kind kind{
    "mean_reversion",
    "Long from the close crossing below the lower Bollinger band until it crosses above the middle "
    "one; short mirrored.",
    with_common({
      length_parameter("length", "Bars of the Bollinger bands.", 2, initial.length),
      {"width", "Standard deviations from the middle band to the outer ones.", 0.1, 10,
       initial.width, false},
    }),
    make_mean_reversion,
    nullptr,
    nullptr,
  };
  return kind;
}

} // namespace supreme::trading
