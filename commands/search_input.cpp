#include "commands/search_input.hpp"

#include "commands/count_text.hpp"
#include "commands/database.hpp"
#include "commands/market_inputs.hpp"
#include "config/backtest_plan.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>

namespace supreme::commands {

namespace {

/// The strategy that is asked for, or the only one.
const config::strategy_settings& choose_strategy(const config::cluster_settings& settings,
                                                 const search_source& source) {
  if (!source.strategy.empty()) {
    const auto* found = settings.find_strategy(trading::strategy_id{source.strategy});
    if (found == nullptr)
      throw verb_error("the file has no strategy " + source.strategy);
    if (!source.account.empty() && found->account.str() != source.account)
      throw verb_error("strategy " + source.strategy + " trades account " + found->account.str()
                       + ", not " + source.account);
    return *found;
  }
  std::vector<const config::strategy_settings*> fitting;
  for (const auto& s : settings.strategies) {
    if (source.account.empty() || s.account.str() == source.account)
      fitting.push_back(&s);
  }
  if (fitting.size() != 1)
    throw verb_error("the file has " + count_text(fitting.size(), "strategy", "strategies")
                     + (source.account.empty() ? "" : " of account " + source.account)
                     + ": name one with --strategy");
  return *fitting.front();
}

/// What trading costs: as the venue's file says, or else as the account reckons with.
trading::execution_costs load_costs(const search_source& source,
                                    const config::account_settings& account,
                                    const verb_context& context) {
  if (source.venue_file.empty())
    return {account.limits.taker_fee_ppb, account.limits.taker_fee_ppb, 0, 0};
  const auto venue = require_valid(
    config::parse_venue(text_of_file(source.venue_file), source.venue_file, context.environment));
  return {venue.taker_fee_ppb, venue.maker_fee_ppb, venue.slippage_ppb, venue.max_volume_share_ppb};
}

std::optional<trading::timestamp> read_time(const std::string& option, const std::string& text) {
  if (text.empty())
    return std::nullopt;
  const auto time = trading::timestamp::parse(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time)
    throw verb_error(option + " must be a time in UTC like 2026-04-19 or 2026-04-19T12:00:00Z, was "
                     + text);
  return time;
}

/// All bars of these instruments.
std::vector<trading::owned_bars> read_market(const market_inputs& inputs,
                                             const std::vector<trading::instrument_id>& wanted) {
  std::vector<trading::owned_bars> market;
  for (const auto& id : wanted) {
    const auto input =
      std::find_if(inputs.inputs().begin(), inputs.inputs().end(),
                   [&](const trading::market_input& each) { return each.instrument == id; });
    auto& owned = market.emplace_back(trading::owned_bars{id, {}, {}});
    if (input != inputs.inputs().end()) {
      owned.interval = input->interval;
      try {
        for (auto part = input->bars->next(); !part.empty(); part = input->bars->next())
          owned.bars.insert(owned.bars.end(), part.begin(), part.end());
      } catch (const std::runtime_error& why) {
        throw verb_error(why.what());
      }
    }
    if (owned.bars.empty())
      throw verb_error("there are no bars of " + id.str() + " in this period");
    owned.bars.shrink_to_fit();
  }
  return market;
}

void add_lines(search_input& input, const search_source& source) {
  const auto& strategy = input.plan.strategies.front();
  size_t bars = 0;
  auto from = input.market.front().bars.front().open_time;
  trading::timestamp to;
  std::string names;
  for (const auto& owned : input.market) {
    bars += owned.bars.size();
    from = std::min(from, owned.bars.front().open_time);
    to = std::max(to, owned.bars.back().open_time + owned.interval);
    names += (names.empty() ? "" : ", ") + owned.instrument.str();
  }
  input.lines = {
    {"file", source.file},
    {"strategy", strategy.id.str() + " (" + strategy.kind->name + ") on " + names},
    {"bars", std::to_string(bars) + " from " + from.to_string() + " to " + to.to_string()},
    {"costs", "fee " + std::to_string(input.plan.costs.taker_fee_ppb) + " ppb, slippage "
                + std::to_string(input.plan.costs.slippage_ppb) + " ppb"}};
}

} // namespace

std::shared_ptr<search_source> add_search_source(CLI::App& verb) {
  auto source = std::make_shared<search_source>();
  verb.add_option("file", source->file, "The cluster file: account, strategies, feeds, limits")
    ->required();
  verb.add_option("--strategy", source->strategy, "Which strategy, where there are several")
    ->type_name("NAME");
  verb.add_option("--account", source->account, "Only strategies of this account")
    ->type_name("NAME");
  verb.add_option("--venue", source->venue_file, "Take fees and slippage from this venue file")
    ->type_name("FILE");
  verb.add_option("--from", source->from, "Only bars that close after this time")
    ->type_name("TIME");
  verb.add_option("--to", source->to, "Only bars that do not close after this time")
    ->type_name("TIME");
  return source;
}

search_input load_search_input(const search_source& source, const verb_context& context) {
  auto settings = require_valid(config::parse_cluster(text_of_file(source.file), source.file));
  const auto strategy = choose_strategy(settings, source);
  const auto* account = settings.find_account(strategy.account);
  const auto from = read_time("--from", source.from);
  const auto to = read_time("--to", source.to);
  // The strategy alone: what others do with the same cash is not its merit.
  std::erase_if(settings.strategies, [&](const auto& s) { return s.id != strategy.id; });
  std::erase_if(settings.feeds, [&](const auto& f) { return f.name != strategy.feed; });
  search_input input;
  input.plan =
    config::make_backtest_plan(settings, *account, load_costs(source, *account, context));
  std::erase_if(input.plan.instruments, [&](const auto& i) {
    return std::find(strategy.instruments.begin(), strategy.instruments.end(), i.id)
           == strategy.instruments.end();
  });
  for (const auto& problem : input.plan.problems())
    throw verb_error("account " + account->id.str() + ": " + problem);
  const market_inputs inputs{settings, {from, to, {}}};
  input.market = read_market(inputs, strategy.instruments);
  add_lines(input, source);
  return input;
}

} // namespace supreme::commands
