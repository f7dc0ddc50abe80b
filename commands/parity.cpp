#include "commands/parity.hpp"

#include "commands/database.hpp"
#include "commands/market_inputs.hpp"
#include "config/backtest_plan.hpp"
#include "storage/open.hpp"
#include "storage/parity/parity_run.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <numeric>

namespace supreme::commands {

namespace {

/// Differences that are printed; all are counted.
constexpr size_t differences_shown = 20;

using venue_files = std::map<trading::venue_id, config::simulated_venue_settings>;

venue_files read_venues(const std::vector<std::string>& files,
                        const config::environment& environment) {
  venue_files venues;
  for (const auto& file : files) {
    auto venue = require_valid(config::parse_venue(text_of_file(file), file, environment));
    const auto id = venue.id;
    venues.insert_or_assign(id, std::move(venue));
  }
  return venues;
}

std::vector<trading::backtest_plan> make_plans(const config::cluster_settings& settings,
                                               const venue_files& venues) {
  std::vector<trading::backtest_plan> plans;
  for (const auto& account : settings.accounts) {
    const auto found = venues.find(account.venue);
    if (found == venues.end())
      throw verb_error("account " + account.id.str() + " trades at venue " + account.venue.str()
                       + ": give its file with --venue");
    auto plan = config::make_backtest_plan(settings, account, found->second);
    if (!plan)
      throw verb_error(plan.error());
    plans.push_back(std::move(plan).value());
    for (const auto& problem : plans.back().problems())
      throw verb_error("account " + account.id.str() + ": " + problem);
  }
  return plans;
}

/// Rows of a run under way would differ by what is still to come, and rows of another configuration
/// by what it says.
void require_finished_run(const parity_question& question, const std::string& text,
                          const std::string& replay) {
  const auto progress = storage::open_postgres_ledger(question.database)->load_progress(replay);
  if (!progress.finished)
    throw verb_error("the replay " + replay + " of this database is not finished, its last step is "
                     + std::to_string(progress.step) + ": only a finished run can be compared");
  const auto applied = storage::open_postgres_cluster(question.database)->latest_config();
  if (!applied || applied->text != text)
    throw verb_error("the configuration in the database is not " + question.cluster_file
                     + ": give the file that the cluster ran by");
}

void compare_steps(const std::vector<trading::market_input>& inputs, storage::parity_run& run) {
  std::vector<size_t> places(inputs.size());
  std::iota(places.begin(), places.end(), size_t{0});
  trading::market_steps steps{inputs, std::move(places)};
  std::vector<trading::bar> bars;
  while (steps.next(1)) {
    const auto step = steps.block();
    bars.clear();
    for (const auto& b : step.bars) {
      const auto& v = b.bars.front();
      bars.push_back({inputs[b.instrument].instrument, v.open_time, b.interval, v.open, v.high,
                      v.low, v.close, v.volume});
    }
    run.step(step.times.front(), bars);
  }
}

void print_report(const storage::parity_report& report, std::ostream& out) {
  for (const auto& each : report.first)
    out << each.to_string() << '\n';
  if (report.differences > report.first.size())
    out << "and " << report.differences - report.first.size() << " more\n";
  out << report.summary() << '\n';
}

struct parity_options {
  std::string file;
  std::vector<std::string> venue_files;
};

} // namespace

bool check_parity(const parity_question& question, const config::environment& environment,
                  std::ostream& out) {
  const auto text = text_of_file(question.cluster_file);
  const auto settings = require_valid(config::parse_cluster(text, question.cluster_file));
  auto plans = make_plans(settings, read_venues(question.venue_files, environment));
  require_finished_run(question, text, settings.replay.name);
  const market_inputs market{settings, {}};
  const auto rows = storage::open_postgres_run_rows(question.database, settings.replay.name);
  storage::parity_run run{std::move(plans), *rows, differences_shown};
  try {
    compare_steps(market.inputs(), run);
  } catch (const storage::store_failure&) {
    throw;
  } catch (const std::exception& why) {
    throw verb_error(std::string{"the backtest ended: "} + why.what());
  }
  const auto& report = run.finish();
  print_report(report, out);
  return report.differences == 0;
}

void add_parity(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand(
    "parity", "Compare a finished run of the cluster with a backtest, row by row");
  verb->footer("Ends with 0 when no value differs, 1 when one does, 2 when it could not run.");
  auto options = std::make_shared<parity_options>();
  verb->add_option("file", options->file, "The cluster file that the cluster ran by")
    ->required()
    ->type_name("FILE");
  verb->add_option("--venue", options->venue_files, "The venue file; one for each venue")
    ->required()
    ->type_name("FILE");
  const auto database = add_database_options(*verb);
  verb->callback([options, database, &context] {
    const parity_question question{
      options->file, options->venue_files,
      database_url(*database, database_role::writer, context.environment)};
    if (!check_parity(question, context.environment, context.out))
      context.exit_code = exit_found;
  });
}

} // namespace supreme::commands
