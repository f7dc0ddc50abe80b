#include "trading/strategies/exit_rules.hpp"

#include <algorithm>
#include <utility>

namespace supreme::trading {

namespace {

constexpr double against = -1;
constexpr double in_favour = 1;

} // namespace

void exit_rules::on_fill(const slot_holding& after) noexcept {
  const bool same_holding = (holding_.size.is_positive() && after.size.is_positive())
                            || (holding_.size.is_negative() && after.size.is_negative());
  if (!same_holding) {
    entry_ = after.size.is_zero() ? entry_point{} : std::exchange(planned_, {});
    bars_held_ = 0;
  }
  holding_ = after;
  if (settings_.any())
    set_bounds();
}

void exit_rules::on_close(double close, std::optional<double> atr) noexcept {
  close_ = close;
  if (holding_.size.is_zero())
    return;
  const bool better = holding_.size.is_positive() ? close > best_close_ : close < best_close_;
  const bool moves = (better && settings_.trail_atr > 0) || (!entry_.atr && atr);
  if (bars_held_ == 0 || better)
    best_close_ = close;
  ++bars_held_;
  if (!moves) [[likely]]
    return;
  if (!entry_.atr)
    entry_.atr = atr;
  set_bounds();
}

const char* exit_rules::find_reason() const noexcept {
  if (bars_held_ == 0)
    return nullptr;
  const bool is_long = holding_.size.is_positive();
  const auto lost = [&](const std::optional<double>& limit) {
    return limit && (is_long ? close_ <= *limit : close_ >= *limit);
  };
  const auto won = [&](const std::optional<double>& limit) {
    return limit && (is_long ? close_ >= *limit : close_ <= *limit);
  };
  if (lost(stop()))
    return is_long ? "Close at or below the ATR stop" : "Close at or above the ATR stop";
  if (lost(trail()))
    return is_long ? "Close at or below the trailing stop" : "Close at or above the trailing stop";
  if (won(target()))
    return is_long ? "Close at or above the profit target" : "Close at or below the profit target";
  if (settings_.max_bars > 0 && bars_held_ >= settings_.max_bars)
    return "Held for as many bars as allowed";
  return nullptr;
}

void exit_rules::set_bounds() noexcept {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool is_long = holding_.size.is_positive();
  const auto or_never = [](const std::optional<double>& limit, double never) {
    return limit ? *limit : never;
  };
  if (is_long) {
    lower_bound_ = std::max(or_never(stop(), -infinity), or_never(trail(), -infinity));
    upper_bound_ = or_never(target(), infinity);
  } else {
    lower_bound_ = or_never(target(), -infinity);
    upper_bound_ = std::min(or_never(stop(), infinity), or_never(trail(), infinity));
  }
}

void exit_rules::add_inputs(decision_numbers& inputs) const {
  if (bars_held_ == 0)
    return;
  if (entry_.atr && settings_.need_atr()) {
    inputs.push_back({"entry_price", entry_price()});
    inputs.push_back({"entry_atr", *entry_.atr});
  }
  if (const auto limit = stop())
    inputs.push_back({"stop", *limit});
  if (const auto limit = trail()) {
    inputs.push_back({"best_close", best_close_});
    inputs.push_back({"trail", *limit});
  }
  if (const auto limit = target())
    inputs.push_back({"target", *limit});
  if (settings_.max_bars > 0) {
    inputs.push_back({"bars_held", static_cast<double>(bars_held_)});
    inputs.push_back({"max_bars", static_cast<double>(settings_.max_bars)});
  }
}

double exit_rules::side() const noexcept {
  return holding_.size.is_positive() ? 1 : holding_.size.is_negative() ? -1 : 0;
}

std::optional<double> exit_rules::level(double from, double atrs, double favour) const noexcept {
  if (!(atrs > 0) || !entry_.atr)
    return std::nullopt;
  return from + side() * favour * (atrs * *entry_.atr);
}

std::optional<double> exit_rules::stop() const noexcept {
  return level(entry_price(), settings_.stop_atr, against);
}

std::optional<double> exit_rules::trail() const noexcept {
  return level(best_close_, settings_.trail_atr, against);
}

std::optional<double> exit_rules::target() const noexcept {
  return level(entry_price(), settings_.take_profit_atr, in_favour);
}

} // namespace supreme::trading
