#include "trading/backtest/trial.hpp"

#include "trading/backtest/engine.hpp"
#include "trading/check.hpp"
#include "trading/portfolio/closed_trade.hpp"
#include "trading/statistics/daily_returns.hpp"

#include <algorithm>
#include <map>
#include <new>

namespace supreme::trading {

namespace {

constexpr int64_t ppb_per_one = 1'000'000'000;

/// Feeds the statistics with what counts of a run.
class trial_listener final : public backtest_listener {
public:
  trial_listener(asset_id quote, std::optional<timestamp> after, performance_accumulator* chained)
    : quote_(std::move(quote)), after_(after), chained_(chained) {}

  void on_decision(const decision_event&) override {}
  void on_fill(const fill_event& e) override {
    add(fill_cost{e.notional, e.done.fee_quote});
    auto& trip = trips_.try_emplace(e.slot, round_trip{quote_}).first->second;
    if (const auto closed = trip.add(e.done, e.at, *e.slot_after, e.done.fee_quote))
      add(*closed);
  }
  void on_order_end(const order_end_event&) override {}
  void on_values(const valued_steps& v) override {
    size_t first = 0;
    while (after_ && first < v.times.size() && v.times[first] <= *after_)
      ++first;
    const auto count = v.times.size() - first;
    add(equity_block{v.times.subspan(first), v.equity.subspan(first), {}, v.exposed ? count : 0});
  }

  [[nodiscard]] const performance_accumulator& own() const noexcept { return own_; }

private:
  template <class T>
  void add(const T& what) {
    own_.add(what);
    if (chained_ != nullptr)
      chained_->add(what);
  }

  asset_id quote_;
  std::optional<timestamp> after_;
  performance_accumulator* chained_;
  performance_accumulator own_;
  std::map<size_t, round_trip> trips_; ///< by slot
};

size_t warmup_of(const planned_strategy& s) {
  return s.kind->make_pair != nullptr ? s.kind->make_pair(s.values)->warmup_bars()
                                      : s.kind->make(s.values)->warmup_bars();
}

planned_strategy& varied_of(backtest_plan& plan, const strategy_id& id) {
  const auto found = std::find_if(plan.strategies.begin(), plan.strategies.end(),
                                  [&id](const auto& s) { return s.id == id; });
  SUPREME_CHECK(found != plan.strategies.end(), "the varied strategy is one of the plan's");
  return *found;
}

/// The plan with its parameters, and the bars of the window with those that warm it up.
backtest_plan make_plan(const search_task& task, const parameters& values,
                        const trial_window& window) {
  auto plan = task.plan;
  varied_of(plan, task.varied).values = values;
  plan.trade_after = window.after;
  return plan;
}

std::vector<held_bars> make_market(const search_task& task, const backtest_plan& plan,
                                   const trial_window& window) {
  size_t warmup = 0;
  if (window.after) {
    for (const auto& s : plan.strategies)
      warmup = std::max(warmup, warmup_multiple * warmup_of(s));
  }
  std::vector<held_bars> market;
  for (const auto& held : task.market)
    market.push_back(held.between(window.after, window.until, warmup));
  return market;
}

/// What selling or buying back everything at the last closes would cost.
money cost_of_leaving(const backtest_engine& engine, const std::vector<held_bars>& market,
                      const execution_costs& costs) {
  money cost;
  const auto positions = engine.positions();
  for (const auto& held : market) {
    const auto open = positions.find(held.instrument);
    if (open == positions.end() || open->second.size.is_zero())
      continue;
    const auto notional =
      multiply(open->second.size.abs(), held.bars.back().close, rounding::half_even);
    cost += multiply_divide(notional, costs.taker_fee_ppb + costs.slippage_ppb, ppb_per_one,
                            rounding::half_even);
  }
  return cost;
}

/// What an engine and its market came to. Whatever is no broken contract and no lack of memory is
/// the trial's own fault.
template <class Run>
trial_result run_guarded(Run run) {
  trial_result trial;
  try {
    run(trial);
    trial.status = trial_status::done;
  } catch (const contract_violation&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& why) {
    trial = {};
    trial.status = trial_status::failed;
    trial.failure = why.what();
  }
  return trial;
}

void take_figures(trial_result& trial, const performance_accumulator& run, objective goal) {
  const auto p = run.value();
  trial.figures = figures_of(p, run.days());
  trial.reached = value_of(goal, p);
}

} // namespace

const char* to_string(trial_status s) noexcept {
  switch (s) {
    case trial_status::not_run:
      return "not_run";
    case trial_status::done:
      return "done";
    case trial_status::failed:
      return "failed";
  }
  return "unknown";
}

trial_figures figures_of(const performance& p, std::span<const daily_close> days) {
  trial_figures f;
  f.end_equity = p.end_equity;
  f.total_return = p.total_return;
  f.cagr = p.cagr;
  f.sharpe = p.sharpe;
  f.sortino = p.sortino;
  f.calmar = p.calmar;
  f.max_drawdown = p.drawdown.deepest;
  f.profit_factor = p.trades.profit_factor;
  f.sqn = p.trades.system_quality;
  f.win_rate = p.trades.win_rate;
  f.exposure_time = p.exposure_time;
  f.fees = p.fees;
  f.trades = p.trades.count;
  f.days = p.day_count;
  if (const auto returns = daily_returns(days))
    f.daily_sharpe = estimate_sharpe(moments_of(*returns));
  return f;
}

trial_result run_trial(const search_task& task, const parameters& values,
                       const trial_window& window) {
  return run_guarded([&](trial_result& trial) {
    auto plan = make_plan(task, values, window);
    const auto market = make_market(task, plan, window);
    trial_listener heard{plan.quote, window.after, nullptr};
    backtest_engine engine{std::move(plan), heard};
    run_backtest(engine, market);
    take_figures(trial, heard.own(), task.goal);
  });
}

trial_result run_chained_trial(const search_task& task, const parameters& values,
                               const trial_window& window, money start_cash,
                               performance_accumulator& chained) {
  return run_guarded([&](trial_result& trial) {
    auto plan = make_plan(task, values, window);
    plan.initial[plan.quote] = start_cash;
    const auto costs = plan.costs;
    const auto market = make_market(task, plan, window);
    auto longer = chained;
    trial_listener heard{plan.quote, window.after, &longer};
    backtest_engine engine{std::move(plan), heard};
    const auto progress = run_backtest(engine, market);
    take_figures(trial, heard.own(), task.goal);
    SUPREME_CHECK(trial.figures.end_equity.has_value(), "a window has bars");
    trial.figures.end_equity = engine.equity() - cost_of_leaving(engine, market, costs);
    longer.add(equity_sample{progress.at, *trial.figures.end_equity, std::nullopt, false});
    chained = std::move(longer);
  });
}

} // namespace supreme::trading
