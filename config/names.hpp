#pragma once

#include "config/settings.hpp"
#include "trading/names.hpp"

#include <array>

namespace supreme::config {

/// How enum settings are written in files and shown. One table serves reading and writing.
inline constexpr std::array<trading::named<feed_kind>, 2> feed_kind_names{{
  {feed_kind::csv, "csv"},
  {feed_kind::generated, "generated"},
}};

inline constexpr std::array<trading::named<trading::sizing_mode>, 7> sizing_mode_names{{
  {trading::sizing_mode::fixed_quantity, "fixed_quantity"},
  {trading::sizing_mode::fixed_notional, "fixed_notional"},
  {trading::sizing_mode::percent_of_equity, "percent_of_equity"},
  {trading::sizing_mode::all_in, "all_in"},
  {trading::sizing_mode::risk_based, "risk_based"},
  {trading::sizing_mode::volatility_target, "volatility_target"},
  {trading::sizing_mode::kelly, "kelly"},
}};

inline constexpr std::array<trading::named<trading::restriction>, 2> restriction_names{{
  {trading::restriction::reduce_only, "reduce_only"},
  {trading::restriction::no_trading, "no_trading"},
}};

inline constexpr std::array<trading::named<trading::drawdown_shape>, 2> drawdown_shape_names{{
  {trading::drawdown_shape::steps, "steps"},
  {trading::drawdown_shape::linear, "linear"},
}};

inline constexpr std::array<trading::named<api_role>, 4> api_role_names{{
  {api_role::viewer, "viewer"},
  {api_role::trader, "trader"},
  {api_role::risk, "risk"},
  {api_role::admin, "admin"},
}};

inline constexpr std::array<const char*, 5> log_level_names{"trace", "debug", "info", "warn",
                                                            "error"};

} // namespace supreme::config
