#include "commands/backtest_report.hpp"
#include "commands/database.hpp"
#include "commands/market_reader.hpp"
#include "commands/verbs.hpp"
#include "config/backtest_plan.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>

namespace supreme::commands {

namespace {

struct backtest_options {
  std::string file;
  std::string venue_file;
  std::string account;
  std::string from;
  std::string to;
  std::string json_file;
  std::string fills_file;
  std::string equity_file;
};

const config::account_settings& choose_account(const config::cluster_settings& settings,
                                               const std::string& wanted) {
  if (wanted.empty()) {
    if (settings.accounts.size() != 1)
      throw verb_error("the file has " + std::to_string(settings.accounts.size())
                       + " accounts: name one with --account");
    return settings.accounts.front();
  }
  const auto* found = settings.find_account(trading::account_id{wanted});
  if (found == nullptr)
    throw verb_error("the file has no account " + wanted);
  return *found;
}

/// What trading costs: as the venue's file says, or else as the account reckons with.
trading::execution_costs load_costs(const backtest_options& options,
                                    const config::account_settings& account,
                                    verb_context& context) {
  if (options.venue_file.empty()) {
    const auto fee = account.limits.taker_fee_ppb;
    context.out << "costs: " << fee
                << " ppb of the notional as the account's limits say, no slippage (--venue FILE "
                   "takes a venue's)\n";
    return {fee, fee, 0, 0};
  }
  const auto venue = require_valid(
    config::parse_venue(text_of_file(options.venue_file), options.venue_file, context.environment));
  return {venue.taker_fee_ppb, venue.maker_fee_ppb, venue.slippage_ppb, venue.max_volume_share_ppb};
}

std::optional<trading::timestamp> read_time(const std::string& option, const std::string& text) {
  if (text.empty())
    return std::nullopt;
  auto time = trading::timestamp::parse(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time)
    throw verb_error(option + " must be a time in UTC like 2026-04-19 or 2026-04-19T12:00:00Z, was "
                     + text);
  return time;
}

/// A file that is written beside its name and takes it when everything is in it.
class result_file {
public:
  explicit result_file(std::string name) : name_(std::move(name)) {
    if (name_.empty())
      return;
    stream_.open(name_ + ".part", std::ios::trunc);
    if (!stream_)
      throw verb_error("cannot write " + name_ + ".part");
  }
  [[nodiscard]] std::ostream* stream() { return name_.empty() ? nullptr : &stream_; }
  void finish() {
    if (name_.empty())
      return;
    stream_.close();
    if (!stream_ || std::rename((name_ + ".part").c_str(), name_.c_str()) != 0)
      throw verb_error("cannot write " + name_);
  }

private:
  std::string name_;
  std::ofstream stream_;
};

void run_backtest(const backtest_options& options, verb_context& context) {
  auto settings = require_valid(config::parse_cluster(text_of_file(options.file), options.file));
  const auto& account = choose_account(settings, options.account);
  auto from = read_time("--from", options.from);
  auto to = read_time("--to", options.to);
  auto plan = config::make_backtest_plan(settings, account, load_costs(options, account, context));
  for (const auto& problem : plan.problems())
    throw verb_error("account " + account.id.str() + ": " + problem);
  venues::close_range range;
  range.after = from.value_or(range.after);
  range.up_to = to.value_or(range.up_to);
  const market_reader market{settings, range};
  result_file fills{options.fills_file};
  result_file equity{options.equity_file};
  result_file result{options.json_file};
  backtest_report report{plan.quote, fills.stream(), equity.stream()};
  trading::backtest_engine engine{std::move(plan), report};
  report.watch(engine);
  try {
    report.count_bars(trading::run_backtest(engine, market.inputs()).bars);
  } catch (const std::exception& why) {
    throw verb_error(std::string{"the backtest ended: "} + why.what());
  }
  report.print(context.out);
  for (const auto& remark : market.remarks())
    context.out << remark << '\n';
  if (auto* out = result.stream())
    *out << report.to_json().dump(2) << '\n';
  fills.finish();
  equity.finish();
  result.finish();
}

} // namespace

void add_backtest(CLI::App& app, verb_context& context) {
  auto* verb =
    app.add_subcommand("backtest", "Run an account's strategies over the configured feeds' bars");
  auto options = std::make_shared<backtest_options>();
  verb->add_option("file", options->file, "The cluster file: account, strategies, feeds, limits")
    ->required();
  verb->add_option("--venue", options->venue_file, "Take fees and slippage from this venue file")
    ->type_name("FILE");
  verb->add_option("--account", options->account, "Which account, where there are several")
    ->type_name("NAME");
  verb->add_option("--from", options->from, "Only bars that close after this time")
    ->type_name("TIME");
  verb->add_option("--to", options->to, "Only bars that do not close after this time")
    ->type_name("TIME");
  verb->add_option("--json", options->json_file, "Write the result there")->type_name("FILE");
  verb->add_option("--fills", options->fills_file, "Write each fill there, as CSV")
    ->type_name("FILE");
  verb->add_option("--equity", options->equity_file, "Write each step's equity there, as CSV")
    ->type_name("FILE");
  verb->callback([options, &context] { run_backtest(*options, context); });
}

} // namespace supreme::commands
