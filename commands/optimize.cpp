#include "commands/interrupt.hpp"
#include "commands/optimisation_page.hpp"
#include "commands/optimisation_report.hpp"
#include "commands/result_file.hpp"
#include "commands/search_input.hpp"
#include "commands/trial_pool.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <ostream>

namespace supreme::commands {

namespace {

struct optimize_options {
  std::shared_ptr<search_source> source;
  uint64_t random = 0; ///< 0: a grid
  uint64_t seed = 1;
  std::string objective = "sharpe";
  std::string walk_forward;
  bool anchored = false;
  std::string heat_map;
  size_t jobs = default_jobs();
  std::string json_file;
  std::string csv_file;
  std::string page_file;
};

template <class T>
T require(trading::result<T, std::string> outcome) {
  if (!outcome)
    throw verb_error(outcome.error());
  return std::move(outcome).value();
}

/// What is varied; all that the strategy has when a random search names nothing.
trading::parameter_trials make_trials(const optimize_options& options,
                                      const trading::planned_strategy& strategy) {
  std::vector<trading::parameter_axis> axes;
  for (const auto& text : options.source->parameters)
    axes.push_back(require(trading::parse_axis(*strategy.kind, text)));
  if (options.random == 0)
    return require(trading::make_grid(*strategy.kind, strategy.values, axes));
  if (axes.empty())
    axes = trading::axes_of_schema(*strategy.kind);
  return require(trading::make_random_trials(*strategy.kind, strategy.values, axes, options.random,
                                             options.seed));
}

size_t position_of(const trading::parameter_trials& trials, const std::string& name) {
  const auto found = std::find(trials.names.begin(), trials.names.end(), name);
  if (found == trials.names.end())
    throw verb_error("--heat-map: " + name + " is not varied");
  return static_cast<size_t>(found - trials.names.begin());
}

/// The two parameters of the heat map: those named, or the first two; nothing when only one is
/// varied.
std::optional<std::pair<size_t, size_t>> choose_heat(const optimize_options& options,
                                                     const trading::parameter_trials& trials) {
  if (options.heat_map.empty())
    return trials.names.size() < 2 ? std::nullopt : std::optional{std::pair<size_t, size_t>{0, 1}};
  const auto comma = options.heat_map.find(',');
  if (comma == std::string::npos)
    throw verb_error("--heat-map needs two parameters like fast,slow, was " + options.heat_map);
  const std::pair chosen{position_of(trials, options.heat_map.substr(0, comma)),
                         position_of(trials, options.heat_map.substr(comma + 1))};
  if (chosen.first == chosen.second)
    throw verb_error("--heat-map needs two different parameters, was " + options.heat_map);
  return chosen;
}

/// One line of a terminal that says how far a search is; empty when it is gone.
class trial_line {
public:
  explicit trial_line(std::ostream* terminal) : terminal_(terminal) {}
  trial_line(const trial_line&) = delete;
  trial_line& operator=(const trial_line&) = delete;
  ~trial_line() {
    if (terminal_ != nullptr)
      *terminal_ << "\r\x1b[K" << std::flush;
  }

  void show(const char* what, const pool_progress& p) {
    if (terminal_ == nullptr)
      return;
    constexpr size_t width = 30;
    const auto filled = p.ended * width / p.count;
    *terminal_ << '\r' << what << " [" << std::string(filled, '#')
               << std::string(width - filled, ' ') << "] " << p.ended << '/' << p.count << "\x1b[K"
               << std::flush;
  }

private:
  std::ostream* terminal_;
};

/// Where the windows are, before anything is run: a mistake shall not cost a search.
std::optional<std::vector<trading::walk_forward_span>>
plan_windows(const trading::search_task& task, const optimize_options& options) {
  if (options.walk_forward.empty())
    return std::nullopt;
  auto settings = require(trading::parse_walk_forward(options.walk_forward));
  settings.anchored = options.anchored;
  return require(trading::plan_walk_forward(task, settings));
}

/// Runs what was asked for, until it is done or Ctrl-C comes.
void run_all(optimisation_outcome& outcome, const optimize_options& options,
             const verb_context& context) {
  const auto windows = plan_windows(outcome.task, options);
  const interrupt_guard guard;
  trial_line line{terminal_of(context)};
  const auto pool = [&options, &line](const char* what) {
    return trial_pool{options.jobs, [] { return !interrupt_guard::is_interrupted(); },
                      [&line, what](const pool_progress& p) { line.show(what, p); }};
  };
  outcome.found = trading::run_search(outcome.task, pool("trials"));
  if (windows)
    outcome.walked = trading::run_walk_forward(outcome.task, *windows, pool("walk-forward"));
}

/// The plan and the bars, wherever they come from, searched as the options say.
optimisation_outcome search(search_input& input, const optimize_options& options,
                            const verb_context& context) {
  const auto goal = trading::parse_objective(options.objective);
  if (!goal)
    throw verb_error("--objective must be one of " + trading::objective_names() + ", was "
                     + options.objective);
  optimisation_outcome outcome;
  outcome.lines = std::move(input.lines);
  outcome.task.plan = std::move(input.plan);
  outcome.task.varied = outcome.task.plan.strategies.front().id;
  outcome.task.market = trading::views_of(input.market);
  outcome.task.trials = make_trials(options, outcome.task.plan.strategies.front());
  outcome.task.goal = *goal;
  if (options.random != 0)
    outcome.seed = options.seed;
  const auto heat = choose_heat(options, outcome.task.trials);
  run_all(outcome, options, context);
  if (heat)
    outcome.heat =
      trading::make_heat_map(outcome.task.trials, outcome.found.trials, heat->first, heat->second);
  return outcome;
}

void run_optimize(const optimize_options& options, verb_context& context) {
  if (options.source->parameters.empty() && options.random == 0)
    throw verb_error("name what to vary with --param, like --param fast=5:20:5, or draw at random "
                     "with --random");
  auto input = load_search_input(*options.source, context);
  require_apart({options.json_file, options.csv_file, options.page_file}, input.files);
  result_file json{options.json_file};
  result_file csv{options.csv_file};
  result_file page{options.page_file};
  const auto outcome = search(input, options, context);
  print(context.out, outcome);
  if (auto* out = json.stream())
    *out << to_json(outcome).dump(2) << '\n';
  if (auto* out = csv.stream())
    write_csv(*out, outcome);
  if (auto* out = page.stream())
    write_page(*out, outcome);
  json.finish();
  csv.finish();
  page.finish();
  if (!outcome.complete())
    context.exit_code = exit_interrupted;
  else if (outcome.found.failed == outcome.found.trials.size())
    context.exit_code = exit_found;
}

} // namespace

void add_optimize(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand(
    "optimize", "Try a strategy's parameters over history, and say whether the best is luck");
  auto options = std::make_shared<optimize_options>();
  options->source =
    add_search_source(*verb, "Vary a parameter: fast=5,10,20 or fast=5:20:5; may be given again");
  verb->add_option("--random", options->random, "Draw this many trials instead of the whole grid")
    ->type_name("N")
    ->check(CLI::Range(uint64_t{1}, trading::optimisation_trials_max));
  verb->add_option("--seed", options->seed, "Of the random draws; 1 unless given")->type_name("N");
  verb->add_option("--objective", options->objective, trading::objective_names())
    ->type_name("NAME");
  verb
    ->add_option("--walk-forward", options->walk_forward,
                 "Choose in-sample and try out of sample: 2000:500 in bars or 90d:30d in days")
    ->type_name("IS:OOS");
  verb->add_flag("--anchored", options->anchored,
                 "Let every in-sample window begin with the first bar");
  verb
    ->add_option("--heat-map", options->heat_map,
                 "Two varied parameters; the first two unless given")
    ->type_name("X,Y");
  verb->add_option("--jobs", options->jobs, "Threads; as many as cores unless given")
    ->type_name("N")
    ->check(CLI::Range(size_t{1}, search_jobs_max));
  verb->add_option("--json", options->json_file, "Write the result there")->type_name("FILE");
  verb->add_option("--csv", options->csv_file, "Write each trial there")->type_name("FILE");
  verb->add_option("--report", options->page_file, "Write a page for a browser there")
    ->type_name("FILE");
  verb->callback([options, verb, &context] {
    read_source(*verb, *options->source);
    run_optimize(*options, context);
  });
}

} // namespace supreme::commands
