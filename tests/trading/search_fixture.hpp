#pragma once

#include "trading/backtest/trial.hpp"
#include "trading/backtest/random_stream.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace supreme::tests {

inline trading::decimal dec(const char* text) { return trading::decimal::literal(text); }

/// Holds through the hours of the day from `enter` to before `leave`. Does what is asked for to be
/// broken: `fault` 1 throws, 2 computes no number, both at noon of the second day.
class hours_strategy final : public trading::strategy {
public:
  explicit hours_strategy(const trading::parameters& p)
    : enter_(static_cast<int64_t>(p.at("enter"))),
      leave_(static_cast<int64_t>(p.at("leave"))),
      fault_(static_cast<int>(p.at("fault"))) {}

  void on_fill(const trading::slot_holding& after) override { held_ = after.size; }
  std::optional<trading::decision> on_bar(const trading::bar& b) override {
    const auto hours = b.close_time().ms() / 3'600'000;
    trading::decision wish;
    if (fault_ != 0 && hours == 36) {
      if (fault_ == 1)
        throw std::runtime_error("the strategy broke");
      wish.inputs.push_back({"ratio", 0.0 / (hours == 36 ? 0.0 : 1.0)});
    }
    const auto hour = hours % 24;
    wish.wanted =
      hour >= enter_ && hour < leave_ ? trading::desire::long_position : trading::desire::flat;
    wish.reason = "by the clock";
    const bool holds = held_.is_positive();
    if (wish.inputs.empty() && holds == (wish.wanted == trading::desire::long_position))
      return std::nullopt;
    return wish;
  }
  [[nodiscard]] uint32_t warmup_bars() const override { return 3; }

private:
  int64_t enter_;
  int64_t leave_;
  int fault_;
  trading::quantity held_;
};

inline const trading::strategy_kind& hours_kind() {
  static const trading::strategy_kind kind{
    "hours",
    "Holds through some hours of each day.",
    {{"enter", "First hour.", 0, 23, 0, true},
     {"leave", "Last hour.", 1, 24, 24, true},
     {"share", "Nothing.", 0, 1, 0.5, false},
     {"fault", "What breaks.", 0, 2, 0, true}},
    [](const trading::parameters& p) -> std::unique_ptr<trading::strategy> {
      return std::make_unique<hours_strategy>(p);
    },
    nullptr,
    [](const trading::parameters& p) -> std::vector<std::string> {
      if (p.at("enter") < p.at("leave"))
        return {};
      return {"enter must be below leave."};
    }};
  return kind;
}

inline const trading::instrument_id& searched_instrument() {
  static const trading::instrument_id id{"BTCUSDT"};
  return id;
}

/// A walk of hours: each close moves by up to ±1 % at random and by `edge_ppb` from 9:00 to 12:00
/// of each day.
inline std::vector<trading::bar_record> make_hours(size_t days, uint64_t seed, int64_t edge_ppb,
                                                   int64_t noise_ppb = 10'000'000) {
  std::vector<trading::bar_record> bars;
  trading::random_stream random{seed, 0};
  auto open = dec("1000");
  for (size_t i = 0; i < days * 24; ++i) {
    const auto hour = static_cast<int64_t>(i % 24);
    const auto noise = static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * noise_ppb + 1)));
    const auto move = noise - noise_ppb + (hour >= 9 && hour < 12 ? edge_ppb : 0);
    const auto close = trading::multiply_divide(open, 1'000'000'000 + move, 1'000'000'000,
                                                trading::rounding::half_even);
    bars.push_back({trading::timestamp::from_ms(static_cast<int64_t>(i) * 3'600'000), open,
                    std::max(open, close), std::min(open, close), close, dec("1000000")});
    open = close;
  }
  return bars;
}

/// A task over these bars, which must outlive it; without trials yet.
inline trading::search_task make_task(const std::vector<trading::bar_record>& bars,
                                      const trading::strategy_kind& kind = hours_kind()) {
  trading::search_task task;
  auto& plan = task.plan;
  plan.account = trading::account_id{"main"};
  plan.venue = trading::venue_id{"sim"};
  plan.quote = trading::asset_id{"USDT"};
  plan.initial = {{plan.quote, dec("10000")}};
  plan.instruments.push_back({searched_instrument(), trading::asset_id{"BTC"}, plan.quote,
                              dec("0.00000001"), dec("0.00000001"), dec("0")});
  task.varied = trading::strategy_id{"searched"};
  plan.strategies.push_back({task.varied,
                             &kind,
                             trading::check_parameters(kind, {}).values,
                             {trading::sizing_mode::fixed_notional, dec("5000")},
                             {searched_instrument()}});
  task.market = {{searched_instrument(), std::chrono::hours{1}, bars}};
  return task;
}

/// The grid of these axes.
inline void set_grid(trading::search_task& task, const std::vector<std::string>& axes) {
  const auto& s = task.plan.strategies.front();
  std::vector<trading::parameter_axis> parsed;
  for (const auto& text : axes) {
    const auto axis = trading::parse_axis(*s.kind, text);
    ASSERT_TRUE(axis) << axis.error();
    parsed.push_back(*axis);
  }
  auto grid = trading::make_grid(*s.kind, s.values, parsed);
  ASSERT_TRUE(grid) << grid.error();
  task.trials = *grid;
}

} // namespace supreme::tests
