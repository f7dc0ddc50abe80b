#include "commands/search_input.hpp"

#include "commands/count_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace supreme::commands {

namespace {

/// The strategy that is asked for, or the only one.
const config::strategy_settings& choose_strategy(const config::cluster_settings& settings,
                                                 const search_source& source) {
  if (!source.strategy.empty()) {
    const auto* found = settings.find_strategy(trading::strategy_id{source.strategy});
    if (found == nullptr)
      throw verb_error("the file has no strategy " + source.strategy);
    if (!source.backtest->account.empty() && found->account.str() != source.backtest->account)
      throw verb_error("strategy " + source.strategy + " trades account " + found->account.str()
                       + ", not " + source.backtest->account);
    return *found;
  }
  std::vector<const config::strategy_settings*> fitting;
  for (const auto& s : settings.strategies) {
    if (source.backtest->account.empty() || s.account.str() == source.backtest->account)
      fitting.push_back(&s);
  }
  if (fitting.size() != 1)
    throw verb_error(
      "the file has " + count_text(fitting.size(), "strategy", "strategies")
      + (source.backtest->account.empty() ? "" : " of account " + source.backtest->account)
      + ": name one with --strategy");
  return *fitting.front();
}

/// The strategy alone, with its account and its feed: what others do with the same cash is not its
/// merit.
void keep_one_strategy(config::cluster_settings& settings, const search_source& source) {
  const auto kept = choose_strategy(settings, source);
  std::erase_if(settings.strategies, [&](const auto& s) { return s.id != kept.id; });
  std::erase_if(settings.accounts, [&](const auto& a) { return a.id != kept.account; });
  std::erase_if(settings.feeds, [&](const auto& f) { return f.name != kept.feed; });
  std::erase_if(settings.instruments, [&](const auto& i) {
    return std::find(kept.instruments.begin(), kept.instruments.end(), i.id)
           == kept.instruments.end();
  });
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

void add_lines(search_input& input) {
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
  input.lines.emplace_back("searched",
                           strategy.id.str() + " (" + strategy.kind->name + ") on " + names);
  input.lines.emplace_back("bars", std::to_string(bars) + " from " + from.to_string() + " to "
                                     + to.to_string());
}

} // namespace

std::shared_ptr<search_source> add_search_source(CLI::App& verb, const std::string& param_text) {
  auto source = std::make_shared<search_source>();
  source->backtest = add_backtest_source(verb);
  // Here these two go together with a file as well.
  verb.get_option("--strategy")
    ->description("The kind of strategy, or with a file which of its own")
    ->group("Options");
  verb.get_option("--param")->description(param_text)->group("Options");
  return source;
}

void read_source(const CLI::App& verb, search_source& source) {
  read_source(verb, *source.backtest);
  const auto& names = verb.get_option("--strategy")->results();
  if (names.size() > 1)
    throw verb_error("--strategy names one strategy here, was given "
                     + count_text(names.size(), "time"));
  if (!names.empty())
    source.strategy = names.front();
  source.parameters = verb.get_option("--param")->results();
  for (auto& described : source.backtest->flags->strategies)
    described.parameters.clear();
}

search_input load_search_input(const search_source& source, const verb_context& context) {
  auto prepared = prepare_backtest(
    *source.backtest, context, [&source](auto& settings) { keep_one_strategy(settings, source); });
  if (!prepared.ticks.empty())
    throw verb_error("--ticks is for supreme backtest: this runs over bars");
  const market_inputs inputs{prepared.settings, prepared.market};
  search_input input;
  input.plan = std::move(prepared.plan);
  input.lines = std::move(prepared.lines);
  input.files = std::move(prepared.files);
  for (const auto& note : inputs.notes())
    input.lines.emplace_back("note", note);
  input.market = read_market(inputs, input.plan.strategies.front().instruments);
  add_lines(input);
  return input;
}

} // namespace supreme::commands
