#include "commands/backtest_flags.hpp"
#include "commands/backtest_report.hpp"
#include "commands/backtest_tables.hpp"
#include "commands/data_file.hpp"
#include "commands/database.hpp"
#include "commands/flag_values.hpp"
#include "commands/html_report.hpp"
#include "commands/interrupt.hpp"
#include "commands/market_inputs.hpp"
#include "commands/report/number_text.hpp"
#include "commands/progress_line.hpp"
#include "commands/result_file.hpp"
#include "commands/plugin_option.hpp"
#include "commands/verbs.hpp"
#include "config/backtest_plan.hpp"
#include "trading/backtest/result_collector.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

#include <unistd.h>

namespace supreme::commands {

namespace {

struct backtest_options {
  std::string file; ///< empty: described by flags
  std::shared_ptr<backtest_flags> flags;
  std::shared_ptr<plugin_files> plugins;
  std::string venue_file;
  std::string account;
  std::string from;
  std::string to;
  std::string aggregate;
  std::string latency_ms = "0";
  std::string json_file;
  std::string report_file;
  std::string trades_file;
  std::string fills_file;
  std::string equity_file;
};

/// What is run, however it was described.
struct prepared_backtest {
  config::cluster_settings settings;
  trading::backtest_plan plan;
  market_choice market;
  setting_lines lines;
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
                                    const verb_context& context) {
  if (options.venue_file.empty())
    return {account.limits.taker_fee_ppb, account.limits.taker_fee_ppb, 0, 0};
  const auto venue = require_valid(
    config::parse_venue(text_of_file(options.venue_file), options.venue_file, context.environment));
  return {venue.taker_fee_ppb, venue.maker_fee_ppb, venue.slippage_ppb, venue.max_volume_share_ppb};
}

std::string costs_text(const trading::execution_costs& costs) {
  return "fee " + share_text(costs.taker_fee_ppb, ppb_per_bps) + " bps, maker "
         + share_text(costs.maker_fee_ppb, ppb_per_bps) + " bps, slippage "
         + share_text(costs.slippage_ppb, ppb_per_bps) + " bps, "
         + (costs.max_volume_share_ppb == 0
              ? std::string{"any share"}
              : share_text(costs.max_volume_share_ppb, ppb_per_percent) + " %")
         + " of a bar's volume";
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

market_choice choose_market(const backtest_options& options) {
  market_choice out{read_time("--from", options.from), read_time("--to", options.to), {}};
  if (out.from && out.to && *out.from >= *out.to)
    throw verb_error("--from must be before --to");
  if (options.aggregate.empty())
    return out;
  const auto seconds = parse_bar_length(options.aggregate);
  if (!seconds)
    throw verb_error("--aggregate must be a bar length like 15m, 1h or 1d, was "
                     + options.aggregate);
  out.interval = std::chrono::seconds{*seconds};
  return out;
}

trading::nanoseconds read_latency(const std::string& text) {
  constexpr int64_t max_ms = 86'400'000;
  const auto ms = trading::decimal::parse(text);
  if (!ms || ms->is_negative() || *ms > trading::decimal::from_integer(max_ms))
    throw verb_error("--latency-ms must be a number from 0 to " + std::to_string(max_ms) + ", was "
                     + text);
  return trading::nanoseconds{
    multiply(*ms, trading::decimal::literal("0.01"), trading::rounding::half_even).raw()};
}

prepared_backtest prepare(const backtest_options& options, const verb_context& context) {
  prepared_backtest out;
  out.market = choose_market(options);
  trading::execution_costs costs;
  if (options.file.empty()) {
    auto described = describe_backtest(*options.flags);
    out.settings = std::move(described.settings);
    out.lines = std::move(described.lines);
    costs = described.costs;
  } else {
    out.settings = require_valid(config::parse_cluster(text_of_file(options.file), options.file));
    costs = load_costs(options, choose_account(out.settings, options.account), context);
    out.lines.emplace_back("file", options.file);
  }
  const auto& account = choose_account(out.settings, options.account);
  out.plan = config::make_backtest_plan(out.settings, account, costs);
  out.plan.latency = read_latency(options.latency_ms);
  for (const auto& problem : out.plan.problems())
    throw verb_error("account " + account.id.str() + ": " + problem);
  out.lines.emplace_back("costs", costs_text(costs));
  if (out.plan.latency.count() > 0)
    out.lines.emplace_back("latency", options.latency_ms + " ms from decision to venue");
  return out;
}

/// The terminal that errors go to; nullptr when there is none.
std::ostream* terminal_of(const verb_context& context) {
  return &context.err == &std::cerr && ::isatty(STDERR_FILENO) == 1 ? &context.err : nullptr;
}

trading::backtest_result run(const prepared_backtest& backtest, const market_inputs& market,
                             std::ostream* fills, std::ostream* equity,
                             const verb_context& context) {
  trading::result_collector collector{backtest.plan};
  table_writer tables{collector, fills, equity};
  const bool has_tables = fills != nullptr || equity != nullptr;
  trading::backtest_engine engine{
    backtest.plan, has_tables ? static_cast<trading::backtest_listener&>(tables) : collector};
  collector.watch(engine);
  const interrupt_guard guard;
  progress_line progress{terminal_of(context), market.from(), market.to()};
  bool complete = true;
  try {
    trading::run_backtest(engine, market.inputs(), [&](const trading::run_progress& done) {
      progress.show(done);
      complete = !interrupt_guard::is_interrupted();
      return complete;
    });
    return collector.result(complete);
  } catch (const std::exception& why) {
    throw verb_error(std::string{"the backtest ended: "} + why.what());
  }
}

report_heading heading_of(const prepared_backtest& backtest) {
  std::string names;
  for (const auto& s : backtest.plan.strategies)
    names += (names.empty() ? "" : ", ") + s.id.str();
  return {"Backtest of " + names, "account " + backtest.plan.account.str(), backtest.lines};
}

void run_backtest(const backtest_options& options, verb_context& context) {
  const auto backtest = prepare(options, context);
  const market_inputs market{backtest.settings, backtest.market};
  result_file json{options.json_file};
  result_file page{options.report_file};
  result_file trades{options.trades_file};
  result_file fills{options.fills_file};
  result_file equity{options.equity_file};
  for (const auto& [name, text] : backtest.lines)
    context.out << name << std::string(10 - name.size(), ' ') << text << '\n';
  for (const auto& note : market.notes())
    context.out << "note      " << note << '\n';
  const auto result = run(backtest, market, fills.stream(), equity.stream(), context);
  print_summary(context.out, result);
  if (auto* out = json.stream())
    *out << to_json(result).dump(2) << '\n';
  if (auto* out = page.stream())
    write_html_report(*out, heading_of(backtest), result);
  if (auto* out = trades.stream())
    write_trades(*out, result);
  for (auto* file : {&json, &page, &trades, &fills, &equity})
    file->finish();
  if (result.complete)
    return;
  context.err << "supreme: interrupted after " << report::whole_text(result.bars)
              << " bars: the result is that of a part\n";
  context.exit_code = exit_interrupted;
}

} // namespace

void add_backtest(CLI::App& app, verb_context& context) {
  auto* verb = app.add_subcommand("backtest", "Run strategies over recorded bars");
  auto options = std::make_shared<backtest_options>();
  const auto add = [&](const char* name, std::string& to, const char* type, const char* text) {
    return verb->add_option(name, to, text)->type_name(type);
  };
  auto* file = add("file", options->file, "CLUSTER_FILE",
                   "Account, strategies, feeds and limits; or else describe them with flags");
  options->flags = add_backtest_flags(*verb, *file);
  options->plugins = add_plugin_option(*verb);
  add("--venue", options->venue_file, "FILE", "Take fees and slippage from this venue file")
    ->needs(file);
  add("--account", options->account, "NAME", "Which account, where the file has several")
    ->needs(file);
  add("--from", options->from, "TIME", "Only bars that close after this time");
  add("--to", options->to, "TIME", "Only bars that do not close after this time");
  add("--aggregate", options->aggregate, "LENGTH", "Make longer bars of the files' bars, like 1h");
  add("--latency-ms", options->latency_ms, "MS", "From decision to venue, default 0");
  add("--json", options->json_file, "FILE", "Write the result there");
  add("--report", options->report_file, "FILE", "Write the result there as an HTML page");
  add("--trades", options->trades_file, "FILE", "Write each closed trade there, as CSV");
  add("--fills", options->fills_file, "FILE", "Write each fill there, as CSV");
  add("--equity", options->equity_file, "FILE", "Write each step's equity there, as CSV");
  verb->callback([options, verb, &context] {
    load_plugins(*options->plugins);
    read_flags(*verb, *options->flags);
    run_backtest(*options, context);
  });
}

} // namespace supreme::commands
