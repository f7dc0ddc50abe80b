#include "trading/backtest/objective.hpp"

#include <array>

namespace supreme::trading {

namespace {

constexpr std::array all_objectives{
  objective::sharpe,        objective::sortino, objective::calmar, objective::total_return,
  objective::profit_factor, objective::sqn,     objective::cagr};

} // namespace

const char* to_string(objective o) noexcept {
  switch (o) {
    case objective::sharpe:
      return "sharpe";
    case objective::sortino:
      return "sortino";
    case objective::calmar:
      return "calmar";
    case objective::total_return:
      return "total_return";
    case objective::profit_factor:
      return "profit_factor";
    case objective::sqn:
      return "sqn";
    case objective::cagr:
      return "cagr";
  }
  return "unknown";
}

std::optional<objective> parse_objective(std::string_view name) noexcept {
  for (const auto o : all_objectives) {
    if (name == to_string(o))
      return o;
  }
  return std::nullopt;
}

std::string objective_names() {
  std::string names;
  for (const auto o : all_objectives)
    names += (names.empty() ? "" : ", ") + std::string{to_string(o)};
  return names;
}

std::optional<double> value_of(objective o, const performance& p) noexcept {
  switch (o) {
    case objective::sharpe:
      return p.sharpe;
    case objective::sortino:
      return p.sortino;
    case objective::calmar:
      return p.calmar;
    case objective::total_return:
      return p.total_return;
    case objective::profit_factor:
      return p.trades.profit_factor;
    case objective::sqn:
      return p.trades.system_quality;
    case objective::cagr:
      return p.cagr;
  }
  return std::nullopt;
}

} // namespace supreme::trading
