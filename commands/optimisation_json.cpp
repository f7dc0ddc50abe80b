#include "commands/optimisation_report.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace supreme::commands {

namespace {

using nlohmann::json;
using namespace trading;

json number(const std::optional<double>& value) { return value ? json(*value) : json{}; }
json number(const std::optional<money>& value) { return value ? json(value->to_string()) : json{}; }
json instant(const std::optional<timestamp>& value) {
  return value ? json(value->to_string()) : json{};
}

json point_json(const parameter_trials& trials, size_t trial) {
  auto out = json::object();
  for (size_t i = 0; i < trials.names.size(); ++i)
    out[trials.names[i]] = trials.points[trial][i];
  return out;
}

json figures_json(const trial_figures& f) {
  return {{"end_equity", number(f.end_equity)},
          {"total_return", number(f.total_return)},
          {"cagr", number(f.cagr)},
          {"sharpe", number(f.sharpe)},
          {"sortino", number(f.sortino)},
          {"calmar", number(f.calmar)},
          {"max_drawdown", number(f.max_drawdown)},
          {"profit_factor", number(f.profit_factor)},
          {"sqn", number(f.sqn)},
          {"win_rate", number(f.win_rate)},
          {"exposure_time", number(f.exposure_time)},
          {"fees", number(f.fees)},
          {"trades", f.trades},
          {"days", f.days}};
}

/// Ranks from 1, in trial order.
std::vector<size_t> ranks_of(const search_result& found) {
  std::vector<size_t> ranks(found.ranking.size());
  for (size_t i = 0; i < found.ranking.size(); ++i)
    ranks[found.ranking[i]] = i + 1;
  return ranks;
}

json trial_json(const trial_result& t) {
  json out{{"status", to_string(t.status)}, {"objective", number(t.reached)}};
  if (t.status == trial_status::failed)
    out["failure"] = t.failure;
  if (t.status == trial_status::done)
    out["figures"] = figures_json(t.figures);
  return out;
}

json trials_json(const optimisation_outcome& o) {
  const auto ranks = ranks_of(o.found);
  auto out = json::array();
  for (size_t i = 0; i < o.found.trials.size(); ++i) {
    auto t = trial_json(o.found.trials[i]);
    t["trial"] = i + 1;
    t["rank"] = ranks[i];
    t["parameters"] = point_json(o.task.trials, i);
    out.push_back(std::move(t));
  }
  return out;
}

json heat_json(const heat_map& map) {
  const auto bands = [](const std::vector<heat_band>& all) {
    auto out = json::array();
    for (const auto& b : all)
      out.push_back(b.from == b.to ? json(b.from) : json{{"from", b.from}, {"to", b.to}});
    return out;
  };
  auto rows = json::array();
  for (size_t r = 0; r < map.rows.size(); ++r) {
    auto row = json::array();
    for (size_t c = 0; c < map.columns.size(); ++c)
      row.push_back(number(map.cell(r, c).best));
    rows.push_back(std::move(row));
  }
  return {{"column_parameter", map.column_name},
          {"row_parameter", map.row_name},
          {"columns", bands(map.columns)},
          {"rows", bands(map.rows)},
          {"best", std::move(rows)}};
}

json window_json(const optimisation_outcome& o, const walk_forward_window& w) {
  json out{{"in_sample_after", instant(w.in_sample.after)},
           {"in_sample_until", instant(w.in_sample.until)},
           {"out_of_sample_until", instant(w.out_of_sample.until)},
           {"in_sample_steps", w.in_steps},
           {"out_of_sample_steps", w.out_steps},
           {"failed_trials", w.failed},
           {"in_sample_objective", number(w.in_reached)},
           {"chosen_trial", json{}},
           {"parameters", json{}},
           {"out_of_sample", trial_json(w.out)}};
  if (w.failed != 0)
    out["first_failure"] = w.first_failure;
  if (w.chosen) {
    out["chosen_trial"] = *w.chosen + 1;
    out["parameters"] = point_json(o.task.trials, *w.chosen);
  }
  return out;
}

json walked_json(const optimisation_outcome& o) {
  if (!o.walked)
    return {};
  auto windows = json::array();
  for (const auto& w : o.walked->windows)
    windows.push_back(window_json(o, w));
  return {{"complete", o.walked->complete},
          {"planned_windows", o.walked->planned},
          {"windows", std::move(windows)},
          {"stitched", figures_json(o.walked->stitched)},
          {"stitched_objective", number(o.walked->stitched_reached)},
          {"efficiency", number(o.walked->efficiency)}};
}

json luck_json(const luck_estimate& luck) {
  return {{"trials", luck.trials},
          {"sharpe_variance_per_day", number(luck.sharpe_variance)},
          {"probabilistic_sharpe", number(luck.probabilistic)},
          {"deflated_sharpe", number(luck.deflated)}};
}

std::string number_cell(const std::optional<double>& value) {
  return value ? json(*value).dump() : std::string{};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text)
    out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + '"';
}

} // namespace

json to_json(const optimisation_outcome& o) {
  const auto& planned = o.task.plan.strategies.front();
  return {{"complete", o.complete()},
          {"searched", lines_json(o.lines)},
          {"strategy", planned.id.str()},
          {"kind", planned.kind->name},
          {"quote", o.task.plan.quote.str()},
          {"objective", to_string(o.task.goal)},
          {"method", o.seed ? "random" : "grid"},
          {"seed", o.seed ? json(*o.seed) : json{}},
          {"varied", o.task.trials.names},
          {"base_parameters", o.task.trials.base},
          {"invalid_combinations", o.task.trials.invalid},
          {"planned_trials", o.found.trials.size()},
          {"done_trials", o.found.done},
          {"failed_trials", o.found.failed},
          {"best_trial", o.found.best ? json(*o.found.best + 1) : json{}},
          {"trials", trials_json(o)},
          {"luck", luck_json(o.found.luck)},
          {"heat_map", o.heat ? heat_json(*o.heat) : json{}},
          {"walk_forward", walked_json(o)},
          {"warnings", o.warnings()}};
}

void write_csv(std::ostream& out, const optimisation_outcome& o) {
  out << "trial,rank,status";
  for (const auto& name : o.task.trials.names)
    out << ',' << name;
  out << ",objective,total_return,cagr,sharpe,sortino,calmar,max_drawdown,profit_factor,sqn,"
         "win_rate,exposure_time,trades,end_equity,fees,failure\n";
  const auto ranks = ranks_of(o.found);
  for (size_t i = 0; i < o.found.trials.size(); ++i) {
    const auto& t = o.found.trials[i];
    const auto& f = t.figures;
    out << i + 1 << ',' << ranks[i] << ',' << to_string(t.status);
    for (size_t axis = 0; axis < o.task.trials.names.size(); ++axis)
      out << ',' << axis_value_text(o, axis, o.task.trials.points[i][axis]);
    for (const auto& value : {t.reached, f.total_return, f.cagr, f.sharpe, f.sortino, f.calmar,
                              f.max_drawdown, f.profit_factor, f.sqn, f.win_rate, f.exposure_time})
      out << ',' << number_cell(value);
    out << ',' << (t.status == trial_status::done ? std::to_string(f.trades) : "") << ','
        << (f.end_equity ? f.end_equity->to_string() : "") << ','
        << (f.fees ? f.fees->to_string() : "") << ','
        << (t.failure.empty() ? "" : quoted(t.failure)) << '\n';
  }
}

} // namespace supreme::commands
