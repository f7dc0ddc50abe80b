#include "commands/count_text.hpp"
#include "commands/interrupt.hpp"
#include "commands/result_file.hpp"
#include "commands/search_input.hpp"
#include "trading/backtest/lookahead.hpp"
#include "trading/backtest/parameter_space.hpp"
#include "trading/check.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

namespace supreme::commands {

namespace {

struct lookahead_options {
  std::shared_ptr<search_source> source;
  trading::lookahead_settings settings;
  std::string json_file;
};

nlohmann::json to_json(const trading::lookahead_report& report) {
  nlohmann::json out{{"complete", report.complete}, {"signals", report.signals},
                     {"steps", report.steps},       {"cuts", report.cuts},
                     {"compared", report.compared}, {"finding", nullptr}};
  if (report.finding)
    out["finding"] = {{"future", report.finding->probe == trading::lookahead_probe::cut_off
                                   ? "cut_off"
                                   : "replaced"},
                      {"cut", report.finding->cut.to_string()},
                      {"field", report.finding->field},
                      {"sentence", report.finding->sentence}};
  return out;
}

void print(std::ostream& out, const trading::lookahead_report& report) {
  if (report.finding) {
    out << report.finding->sentence << '\n';
    return;
  }
  if (report.signals == 0)
    out << "The strategy gave no signal over " << count_text(report.steps, "close time")
        << ": nothing was compared.\n";
  else
    out << "No signal changed when the future did: " << count_text(report.signals, "signal") << ", "
        << count_text(report.cuts, "cut") << ", each with the future cut off and replaced, "
        << count_text(report.compared, "comparison") << ".\n";
  if (!report.complete)
    out << "Ended early: not every cut was tried.\n";
}

/// The parameters that the options name, in the place of the configured ones.
trading::parameters choose_values(const trading::planned_strategy& strategy,
                                  const std::vector<std::string>& texts) {
  if (texts.empty())
    return strategy.values;
  std::vector<trading::parameter_axis> axes;
  for (const auto& text : texts) {
    const auto axis = trading::parse_axis(*strategy.kind, text);
    if (!axis)
      throw verb_error(axis.error());
    if (axis->values.size() != 1)
      throw verb_error("--param needs one value here, like fast=12, was " + text);
    axes.push_back(*axis);
  }
  const auto chosen = trading::make_grid(*strategy.kind, strategy.values, axes);
  if (!chosen)
    throw verb_error(chosen.error());
  return chosen->values(0);
}

void run_lookahead(const lookahead_options& options, verb_context& context) {
  auto input = load_search_input(*options.source, context);
  auto& strategy = input.plan.strategies.front();
  strategy.values = choose_values(strategy, options.source->parameters);
  require_apart({options.json_file}, input.files);
  result_file json{options.json_file};
  trading::lookahead_report report;
  const interrupt_guard guard;
  try {
    report = trading::check_lookahead(input.plan, input.market, options.settings,
                                      [](size_t) { return !interrupt_guard::is_interrupted(); });
  } catch (const trading::contract_violation&) {
    throw;
  } catch (const std::exception& why) {
    throw verb_error(std::string{"the run over all bars ended: "} + why.what());
  }
  print(context.out, report);
  if (auto* out = json.stream())
    *out << to_json(report).dump(2) << '\n';
  json.finish();
  if (report.finding)
    context.exit_code = exit_found;
  else if (!report.complete)
    context.exit_code = exit_interrupted;
}

} // namespace

void add_lookahead(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand(
    "lookahead", "Prove that a strategy's past signals do not change with the future");
  auto options = std::make_shared<lookahead_options>();
  options->source = add_search_source(*verb, "A parameter: fast=12; may be given again");
  verb
    ->add_option("--cuts", options->settings.cuts, "How often the history is cut; 50 unless given")
    ->type_name("N")
    ->check(CLI::Range(size_t{1}, trading::lookahead_cuts_max));
  verb->add_option("--seed", options->settings.seed, "Of the random cuts; 1 unless given")
    ->type_name("N");
  verb->add_option("--json", options->json_file, "Write the result there")->type_name("FILE");
  verb->callback([options, verb, &context] {
    read_source(*verb, *options->source);
    run_lookahead(*options, context);
  });
}

} // namespace supreme::commands
