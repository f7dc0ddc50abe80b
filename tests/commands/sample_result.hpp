#pragma once

#include "trading/backtest/result.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace supreme::tests {

/// How large a made-up backtest is.
struct sample_size {
  int instruments = 2;
  int days = 900;
  int steps_per_day = 6;
  int steps_per_bucket = 4;
  int trade_every = 60;         ///< mean steps from one order to the next
  std::string instrument = "X"; ///< their names begin so
  std::string reason = "cross"; ///< of entries and exits
};

/// Trades a random walk at random, with all sums as a real account has them: the same for the same
/// size on every machine that has the same standard library.
class sample_backtest {
public:
  explicit sample_backtest(sample_size size) : size_(std::move(size)) {
    result_.account = trading::account_id{"main"};
    result_.quote = quote_;
    for (int i = 0; i < size_.instruments; ++i)
      markets_.emplace_back(i, size_);
  }

  trading::backtest_result run() {
    const int steps = size_.days * size_.steps_per_day;
    for (int step = 0; step < steps; ++step) {
      now_ = start_ + day_ * (step + 1) / size_.steps_per_day; // When the bar closes.
      for (auto& m : markets_)
        trade(m);
      value();
    }
    return finish();
  }

private:
  struct market {
    market(int number, const sample_size& size) {
      const auto name = size.instrument + std::to_string(number);
      base = trading::asset_id{name};
      id = trading::instrument_id{name + "USDT"};
      last = number % 2 == 0 ? 30'000 : 1'800;
      first = last;
    }
    trading::asset_id base;
    trading::instrument_id id;
    double first = 0;
    double last = 0;
    uint64_t bars = 0;
    trading::round_trip trip{trading::asset_id{"USDT"}};
    std::vector<trading::series_bucket> prices;
  };

  static trading::decimal cents(double value) {
    return round_to_multiple(*trading::decimal::from_double(value),
                             trading::decimal::literal("0.01"), trading::rounding::half_even);
  }

  void trade(market& m) {
    m.last *= std::exp(normal_(random_) * 0.012 + 0.0001);
    ++m.bars;
    ++result_.bars;
    if (std::uniform_int_distribution{1, size_.trade_every}(random_) != 1)
      return;
    trading::fill f;
    f.instrument = m.id;
    f.at = cents(m.last);
    f.event_time = now_;
    const auto held = m.trip.held().size;
    const auto lots = trading::decimal::from_double(std::floor(25'000 / m.last * 1000) / 1000);
    f.size = held.is_zero() ? *lots : held.abs();
    f.direction = held.is_positive()   ? trading::side::sell
                  : held.is_negative() ? trading::side::buy
                  : random_() % 3 == 0 ? trading::side::sell
                                       : trading::side::buy;
    book(m, f);
  }

  void book(market& m, trading::fill f) {
    const auto notional = multiply(f.at, f.size, trading::rounding::half_even);
    const auto fee =
      multiply(notional, trading::decimal::literal("0.0005"), trading::rounding::half_even);
    cash_ = f.direction == trading::side::buy ? cash_ - notional : cash_ + notional;
    cash_ -= fee;
    f.fee = fee;
    f.fee_asset = quote_;
    performance_.add(trading::fill_cost{notional, fee});
    ++result_.fills;
    ++result_.orders;
    ++result_.signals;
    if (auto closed = m.trip.add(f, fee)) {
      performance_.add(*closed);
      const auto place = static_cast<uint32_t>(&m - markets_.data());
      result_.trades.push_back({0, place, 0, 1, *closed});
      result_.reasons = {size_.reason + " up", size_.reason + " down"};
    }
  }

  void value() {
    auto equity = cash_;
    double exposed = 0;
    double benchmark = 0;
    for (auto& m : markets_) {
      const auto worth = multiply(m.trip.held().size, cents(m.last), trading::rounding::half_even);
      equity += worth;
      exposed += std::abs(worth.to_double());
      benchmark += m.last / m.first / static_cast<double>(markets_.size());
      put(m.prices, cents(m.last));
    }
    performance_.add(trading::equity_sample{now_, equity, std::nullopt, exposed > 0});
    put(result_.equity_curve, equity);
    put(result_.benchmark, cents(benchmark * 100'000));
    put(result_.exposure, *trading::decimal::from_double(exposed / equity.to_double()));
    ++result_.steps;
    result_.equity = equity;
    result_.cash = cash_;
  }

  void put(std::vector<trading::series_bucket>& series, trading::decimal value) {
    if (result_.steps % static_cast<uint64_t>(size_.steps_per_bucket) == 0) {
      series.push_back({now_, now_, value, value, value, value});
      return;
    }
    auto& b = series.back();
    b.to = now_;
    b.lowest = std::min(b.lowest, value);
    b.highest = std::max(b.highest, value);
    b.last = value;
  }

  trading::backtest_result finish() {
    result_.statistics = performance_.value();
    result_.days.assign(performance_.days().begin(), performance_.days().end());
    trading::strategy_result trend;
    trend.id = trading::strategy_id{"trend"};
    trend.kind = "momentum";
    trend.parameters = {{"fast", 12}, {"slow", 26}, {"signal", 9}, {"rsi_max", 70}};
    for (auto& m : markets_) {
      const auto& held = m.trip.held();
      const auto mark = cents(m.last);
      const trading::instrument traded{m.id,
                                       m.base,
                                       quote_,
                                       trading::decimal::literal("0.01"),
                                       trading::decimal::literal("0.001"),
                                       trading::decimal::literal("5")};
      result_.instruments.push_back({traded, held, mark, m.bars, std::move(m.prices)});
      const auto earned = trading::contribution_of(held, mark, {});
      if (!earned || result_.earned.add(trend.id, m.id, *earned) != trading::booking_refusal::none)
        std::abort();
      trend.fills += held.fill_count;
    }
    trend.trades = result_.trades.size();
    result_.strategies.push_back(std::move(trend));
    if (result_.fills > 0) {
      result_.refusals = {{"cash", 3, start_ + day_, now_, {}},
                          {"nothing_to_do", 17, start_, now_, {}}};
      result_.signals += 20;
    }
    return std::move(result_);
  }

  static constexpr std::chrono::nanoseconds day_ = std::chrono::hours{24};

  sample_size size_;
  trading::asset_id quote_{"USDT"};
  trading::timestamp start_ = *trading::timestamp::parse("2023-01-03T00:00:00Z");
  trading::timestamp now_ = start_;
  std::mt19937_64 random_{7};
  std::normal_distribution<double> normal_;
  std::vector<market> markets_;
  trading::money cash_ = trading::decimal::from_integer(100'000);
  trading::performance_accumulator performance_;
  trading::backtest_result result_;
};

inline trading::backtest_result sample_result(const sample_size& size = {}) {
  return sample_backtest{size}.run();
}

} // namespace supreme::tests
