#include "trading/statistics/trade_statistics.hpp"

#include "trading/statistics/equity_sample.hpp"
#include "trading/statistics/ratio.hpp"

#include <algorithm>
#include <cmath>

namespace supreme::trading {

namespace {

/// sqrt(n)·mean/deviation.
std::optional<double> system_quality(const return_moments& profits) noexcept {
  const auto deviation = profits.deviation();
  return deviation ? ratio(std::sqrt(profits.count) * profits.mean, *deviation) : std::nullopt;
}

/// W − (1 − W)/(average win/average loss).
std::optional<double> kelly_fraction(std::optional<double> win_rate,
                                     std::optional<double> average_win,
                                     std::optional<double> average_loss) noexcept {
  const auto payoff = ratio(average_win, average_loss);
  if (!win_rate || !payoff)
    return std::nullopt;
  const auto risk = ratio(1 - *win_rate, std::abs(*payoff));
  return risk ? finite(*win_rate - *risk) : std::nullopt;
}

} // namespace

void trade_accumulator::add_profit(money net) noexcept {
  winning_streak_ = net.is_positive() ? winning_streak_ + 1 : 0;
  losing_streak_ = net.is_negative() ? losing_streak_ + 1 : 0;
  longest_winning_streak_ = std::max(longest_winning_streak_, winning_streak_);
  longest_losing_streak_ = std::max(longest_losing_streak_, losing_streak_);
  wins_ += net.is_positive() ? 1 : 0;
  losses_ += net.is_negative() ? 1 : 0;
  (net.is_negative() ? lost_ : won_).add(net);
  profits_.add(net.to_double());
}

void trade_accumulator::add_return(double r) noexcept {
  returns_.add(r);
  best_ = std::max(best_.value_or(r), r);
  worst_ = std::min(worst_.value_or(r), r);
  (r < 0 ? negative_returns_ : positive_returns_).add(r);
}

void trade_accumulator::add(const closed_trade& t) {
  const money net = t.net();
  ++count_;
  add_profit(net);
  fees_.add(t.fees);
  if (t.entry_cost.is_positive())
    add_return(net.to_double() / t.entry_cost.to_double());
  const double days = days_between(t.opened_at, std::max(t.opened_at, t.closed_at));
  days_.add(days);
  longest_days_ = std::max(longest_days_, days);
}

trade_statistics trade_accumulator::value() const noexcept {
  trade_statistics s;
  s.count = count_;
  s.wins = wins_;
  s.losses = losses_;
  s.max_consecutive_wins = longest_winning_streak_;
  s.max_consecutive_losses = longest_losing_streak_;
  auto net = won_;
  net.add(lost_);
  s.net_profit = net.value();
  s.fees = fees_.value();
  if (count_ == 0)
    return s;
  const auto n = static_cast<double>(count_);
  s.win_rate = static_cast<double>(wins_) / n;
  s.mean_days = days_.value() / n;
  s.longest_days = longest_days_;
  s.system_quality = system_quality(profits_);
  s.kelly = kelly_fraction(s.win_rate, ratio(won_.to_double(), static_cast<double>(wins_)),
                           ratio(lost_.to_double(), static_cast<double>(losses_)));
  s.best = best_;
  s.worst = worst_;
  if (returns_.count > 0)
    s.expectancy = finite(returns_.mean);
  s.geometric_mean = returns_.growth_per(returns_.count);
  s.profit_factor = ratio(positive_returns_.value(), std::abs(negative_returns_.value()));
  return s;
}

trade_statistics evaluate_trades(std::span<const closed_trade> trades) {
  trade_accumulator all;
  for (const auto& t : trades)
    all.add(t);
  return all.value();
}

} // namespace supreme::trading
