#include "trading/backtest/lookahead.hpp"

#include "trading/backtest/engine.hpp"
#include "trading/backtest/random_stream.hpp"
#include "trading/check.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace supreme::trading {

namespace {

class signal_recorder final : public named_listener {
public:
  void decided(const made_decision& d, const client_order_id&) override {
    signals.push_back(d.wish);
  }
  void filled(const fill&, const slot_id&, const booked_fill&, uint64_t) override {}
  void ended(const client_order_id&, order_state, timestamp) override {}
  void valued(const account_value& v) override { at = v.at; }

  std::vector<signal> signals; ///< in the order of their decisions
  std::optional<timestamp> at; ///< the last step that was valued
};

/// The positions, among the steps, of the last closes that stay as they are: half of them evenly
/// spread, the others at random, in order.
std::vector<size_t> choose_cuts(size_t steps, const lookahead_settings& settings) {
  // At least one step before each cut and one after it.
  const size_t places = steps < 2 ? 0 : steps - 1;
  std::set<size_t> cuts;
  if (places <= settings.cuts) {
    for (size_t i = 0; i < places; ++i)
      cuts.insert(i);
    return {cuts.begin(), cuts.end()};
  }
  const size_t even = (settings.cuts + 1) / 2;
  for (size_t i = 0; i < even; ++i)
    cuts.insert(places * (i + 1) / (even + 1));
  random_stream random{settings.seed, 0};
  while (cuts.size() < settings.cuts)
    cuts.insert(random.below(places));
  return {cuts.begin(), cuts.end()};
}

/// Puts other bars in the place of those that close after the cut: the same ones in another order,
/// each scaled by a factor of its own. Restores them when it is gone.
class replaced_future {
public:
  replaced_future(std::vector<owned_bars>& market, timestamp cut, uint64_t seed) : market_(market) {
    for (size_t i = 0; i < market.size(); ++i) {
      auto& owned = market[i];
      const auto past =
        held_bars{owned.instrument, owned.interval, owned.bars}.between(std::nullopt, cut);
      first_.push_back(past.bars.size());
      originals_.emplace_back(owned.bars.begin() + static_cast<std::ptrdiff_t>(first_.back()),
                              owned.bars.end());
      random_stream random{seed, i};
      for (size_t j = first_.back(); j < owned.bars.size(); ++j)
        replace(owned.bars[j], originals_.back()[random.below(originals_.back().size())],
                random.below(percents) + 1);
    }
  }
  ~replaced_future() {
    for (size_t i = 0; i < market_.size(); ++i)
      std::copy(originals_[i].begin(), originals_[i].end(),
                market_[i].bars.begin() + static_cast<std::ptrdiff_t>(first_[i]));
  }
  replaced_future(const replaced_future&) = delete;
  replaced_future& operator=(const replaced_future&) = delete;

private:
  static constexpr uint64_t percents = 100;

  /// Scaling down keeps the order of a bar's prices and the range of the decimals.
  static void replace(bar_record& b, const bar_record& other, uint64_t percent) {
    const auto scaled = [percent](decimal value) {
      return multiply_divide(value, static_cast<int64_t>(percent), percents,
                             rounding::away_from_zero);
    };
    b = {b.open_time,       scaled(other.open),  scaled(other.high),
         scaled(other.low), scaled(other.close), scaled(other.volume)};
  }

  std::vector<owned_bars>& market_;
  std::vector<size_t> first_; ///< position of the first replaced bar
  std::vector<std::vector<bar_record>> originals_;
};

std::string text_of(const signal& s) {
  return s.key.slot.str() + " at " + s.event_time.to_string() + " (" + to_string(s.wanted) + ", "
         + s.reason + ")";
}

const char* text_of(lookahead_probe probe) {
  return probe == lookahead_probe::cut_off ? "cut off" : "replaced";
}

/// Runs the plan over the bars and keeps the signals up to the cut. What goes wrong after the cut
/// is of no interest: the bars there are not true.
std::vector<signal> signals_until(const backtest_plan& plan, std::span<const held_bars> market,
                                  timestamp cut, std::string& failure) {
  signal_recorder heard;
  try {
    backtest_engine engine{plan, heard};
    run_backtest(engine, market);
  } catch (const std::exception& why) {
    // The step after the last one that was valued is the one that failed.
    if (!heard.at || *heard.at < cut)
      failure = why.what();
  }
  std::erase_if(heard.signals, [cut](const signal& s) { return cut < s.event_time; });
  return std::move(heard.signals);
}

lookahead_finding make_finding(lookahead_probe probe, timestamp cut, std::string field,
                               const std::string& what) {
  return {probe, cut, std::move(field),
          what + " when the bars after " + cut.to_string() + " are " + text_of(probe)
            + ": the strategy sees the future."};
}

/// The first difference of what was signalled up to the cut.
std::optional<lookahead_finding> compare(const std::vector<signal>& full,
                                         const std::vector<signal>& changed, lookahead_probe probe,
                                         timestamp cut, uint64_t& compared) {
  const auto expected =
    static_cast<size_t>(std::partition_point(full.begin(), full.end(),
                                             [cut](const signal& s) { return s.event_time <= cut; })
                        - full.begin());
  for (size_t i = 0; i < std::max(expected, changed.size()); ++i) {
    ++compared;
    if (i >= changed.size())
      return make_finding(probe, cut, "signal", "The signal " + text_of(full[i]) + " is missing");
    if (i >= expected)
      return make_finding(probe, cut, "signal", "The signal " + text_of(changed[i]) + " is new");
    if (auto field = first_difference(full[i], changed[i]); !field.empty())
      return make_finding(probe, cut, field,
                          "The signal " + text_of(full[i]) + " has another " + field);
  }
  return std::nullopt;
}

} // namespace

std::string first_difference(const signal& a, const signal& b) {
  if (a.key != b.key)
    return "key";
  if (a.wanted != b.wanted)
    return "target";
  if (a.reason != b.reason)
    return "reason";
  for (size_t i = 0; i < std::max(a.inputs.size(), b.inputs.size()); ++i) {
    if (i >= a.inputs.size() || i >= b.inputs.size() || a.inputs[i] != b.inputs[i])
      return "input " + (i < a.inputs.size() ? a.inputs[i].first : b.inputs[i].first);
  }
  if (a.hints != b.hints)
    return "hints";
  if (a.reference_price != b.reference_price)
    return "reference price";
  if (a.account_seq != b.account_seq)
    return "account event";
  return a == b ? "" : "name or time";
}

lookahead_report check_lookahead(const backtest_plan& plan, std::vector<owned_bars>& market,
                                 const lookahead_settings& settings,
                                 const std::function<bool(size_t cut)>& go_on) {
  SUPREME_CHECK(settings.cuts > 0 && settings.cuts <= lookahead_cuts_max,
                "a look for the future has some cuts and not too many");
  const auto all = views_of(market);
  const auto times = close_times(all);
  signal_recorder full;
  {
    backtest_engine engine{plan, full};
    run_backtest(engine, all);
  }
  lookahead_report report;
  report.signals = full.signals.size();
  report.steps = times.size();
  const auto cuts = choose_cuts(times.size(), settings);
  for (size_t i = 0; i < cuts.size() && !report.finding; ++i) {
    if (go_on && !go_on(i)) {
      report.complete = false;
      break;
    }
    const auto cut = times[cuts[i]];
    std::vector<held_bars> past;
    for (const auto& held : all)
      past.push_back(held.between(std::nullopt, cut));
    // Also while nothing after the cut is given: it must not be there to be read.
    const replaced_future other{market, cut, settings.seed + i};
    ++report.cuts;
    for (const auto probe : {lookahead_probe::cut_off, lookahead_probe::replaced}) {
      std::string failure;
      const auto changed =
        signals_until(plan, probe == lookahead_probe::cut_off ? past : all, cut, failure);
      if (!report.finding && !failure.empty())
        report.finding = make_finding(probe, cut, "failure", "The run fails (" + failure + ")");
      if (!report.finding)
        report.finding = compare(full.signals, changed, probe, cut, report.compared);
    }
  }
  return report;
}

} // namespace supreme::trading
