#include "trading/strategies/common_parameters.hpp"
#include "trading/strategies/sma_cross.hpp"

namespace supreme::trading {

namespace {

std::unique_ptr<strategy> make_sma_cross(const parameters& p) {
  sma_cross_settings s;
  s.fast = whole_parameter(p, "fast");
  s.slow = whole_parameter(p, "slow");
  s.common = read_common(p);
  return std::make_unique<sma_cross>(s);
}

std::vector<std::string> check_sma_cross(const parameters& p) {
  if (p.at("fast") < p.at("slow"))
    return {};
  return {"fast must be below slow."};
}

} // namespace

const strategy_kind& sma_cross_kind() {
  const sma_cross_settings initial;
  static const strategy_kind kind{
    "sma_cross",
    "Long from the fast average crossing above the slow one until it crosses below; short "
    "mirrored.",
    with_common({
      length_parameter("fast", "Bars of the fast average.", 1, initial.fast),
      length_parameter("slow", "Bars of the slow average.", 2, initial.slow),
    }),
    make_sma_cross,
    nullptr,
    check_sma_cross,
  };
  return kind;
}

} // namespace supreme::trading
