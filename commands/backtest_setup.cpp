#include "commands/backtest_setup.hpp"

#include "commands/data_file.hpp"
#include "commands/database.hpp"
#include "commands/flag_values.hpp"
#include "config/backtest_plan.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

#include <unistd.h>

namespace supreme::commands {

namespace {

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

/// At the venue that its file describes, or else at one that costs what the account reckons with.
trading::backtest_plan load_plan(const backtest_source& source,
                                 const config::cluster_settings& settings,
                                 const verb_context& context) {
  const auto& account = choose_account(settings, source.account);
  if (source.venue_file.empty())
    return config::make_backtest_plan(
      settings, account,
      trading::execution_costs{account.limits.taker_fee_ppb, account.limits.taker_fee_ppb, 0, 0});
  auto plan = config::make_backtest_plan(
    settings, account,
    require_valid(config::parse_venue(text_of_file(source.venue_file), source.venue_file,
                                      context.environment)));
  if (!plan)
    throw verb_error(plan.error());
  return std::move(plan).value();
}

std::string costs_text(const trading::execution_costs& costs, const std::string& of) {
  return "fee " + share_text(costs.taker_fee_ppb, ppb_per_bps) + " bps, maker "
         + share_text(costs.maker_fee_ppb, ppb_per_bps) + " bps, slippage "
         + share_text(costs.slippage_ppb, ppb_per_bps) + " bps, "
         + (costs.max_volume_share_ppb == 0
              ? std::string{"any share"}
              : share_text(costs.max_volume_share_ppb, ppb_per_percent) + " %")
         + " of a " + of + "'s volume";
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

market_choice choose_market(const backtest_source& source) {
  market_choice out{read_time("--from", source.from), read_time("--to", source.to), {}};
  if (out.from && out.to && *out.from >= *out.to)
    throw verb_error("--from must be before --to");
  if (source.aggregate.empty())
    return out;
  const auto seconds = parse_bar_length(source.aggregate);
  if (!seconds)
    throw verb_error("--aggregate must be a bar length like 15m, 1h or 1d, was "
                     + source.aggregate);
  out.interval = std::chrono::seconds{*seconds};
  return out;
}

/// A run over ticks takes all of its files.
void require_no_choice(const backtest_source& source) {
  for (const auto& [flag, text] : {std::pair{"--from", &source.from},
                                   {"--to", &source.to},
                                   {"--aggregate", &source.aggregate}})
    if (!text->empty())
      throw verb_error(std::string{flag} + " chooses bars and does not go together with --ticks");
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

} // namespace

std::shared_ptr<backtest_source> add_backtest_source(CLI::App& verb) {
  auto source = std::make_shared<backtest_source>();
  const auto add = [&](const char* name, std::string& to, const char* type, const char* text) {
    return verb.add_option(name, to, text)->type_name(type);
  };
  auto* file = add("file", source->file, "CLUSTER_FILE",
                   "Account, strategies, feeds and limits; or else describe them with flags");
  source->flags = add_backtest_flags(verb);
  source->plugins = add_plugin_option(verb);
  add("--venue", source->venue_file, "FILE", "Take fees and slippage from this venue file")
    ->needs(file);
  add("--account", source->account, "NAME", "Which account, where the file has several")
    ->needs(file);
  add("--from", source->from, "TIME", "Only bars that close after this time");
  add("--to", source->to, "TIME", "Only bars that do not close after this time");
  add("--aggregate", source->aggregate, "LENGTH", "Make longer bars of the files' bars, like 1h");
  add("--latency-ms", source->latency_ms, "MS", "From decision to venue, default 0");
  return source;
}

void read_source(const CLI::App& verb, const backtest_source& source) {
  load_plugins(*source.plugins);
  if (!source.file.empty())
    refuse_flags(verb);
  read_flags(verb, *source.flags);
}

namespace {

std::vector<std::string> files_of(const backtest_source& source, const prepared_backtest& run) {
  auto out = *source.plugins;
  out.insert(out.end(), {source.file, source.venue_file});
  for (const auto& feed : run.settings.feeds) {
    for (const auto& [id, file] : feed.files)
      out.push_back(file);
    for (const auto& [id, file] : feed.factors)
      out.push_back(file);
  }
  for (const auto& t : run.ticks)
    out.insert(out.end(), {t.trades, t.quotes, t.depth});
  return out;
}

} // namespace

prepared_backtest prepare_backtest(const backtest_source& source, const verb_context& context,
                                   const std::function<void(config::cluster_settings&)>& narrow) {
  prepared_backtest out;
  out.market = choose_market(source);
  if (source.file.empty()) {
    auto described = describe_backtest(*source.flags);
    out.settings = std::move(described.settings);
    out.lines = std::move(described.lines);
    out.plan =
      config::make_backtest_plan(out.settings, out.settings.accounts.front(), described.costs);
    out.ticks = std::move(described.ticks);
    if (!out.ticks.empty()) {
      require_no_choice(source);
      out.tick_bars = std::chrono::seconds{out.settings.feeds.front().interval_s};
    }
  } else {
    out.settings = require_valid(config::parse_cluster(text_of_file(source.file), source.file));
    if (narrow)
      narrow(out.settings);
    out.plan = load_plan(source, out.settings, context);
    out.lines.emplace_back("file", source.file);
  }
  out.files = files_of(source, out);
  if (!out.ticks.empty())
    out.settings.feeds.clear(); // Their files hold no bars.
  out.plan.latency = read_latency(source.latency_ms);
  for (const auto& problem : out.plan.problems())
    throw verb_error("account " + out.plan.account.str() + ": " + problem);
  out.lines.emplace_back("costs", costs_text(out.plan.costs, out.ticks.empty() ? "bar" : "trade"));
  out.market.needs_volume = out.plan.costs.max_volume_share_ppb > 0;
  if (out.market.interval)
    out.lines.emplace_back("longer", "bars of " + source.aggregate + ", made of those");
  if (out.plan.latency.count() > 0)
    out.lines.emplace_back("latency", source.latency_ms + " ms from decision to venue");
  return out;
}

std::ostream* terminal_of(const verb_context& context) {
  return &context.err == &std::cerr && ::isatty(STDERR_FILENO) == 1 ? &context.err : nullptr;
}

} // namespace supreme::commands
