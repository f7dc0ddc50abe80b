#include "commands/backtest_flags.hpp"

#include "commands/verbs.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace supreme::commands {

namespace {

/// Whether a flag may stand several times, once for each strategy or file.
constexpr std::array ordered_flags{"--strategy",   "--param",   "--size",  "--data",
                                   "--ticks",      "--quotes",  "--depth", "--adjust",
                                   "--instrument", "--interval"};

/// Under this heading the help lists what describes a backtest without a file.
constexpr const char* flag_group = "Without a file";

void add_ordered(CLI::App& verb, const std::string& name, const std::string& type,
                 const std::string& text) {
  verb.add_option(name, text)
    ->type_name(type)
    ->take_all()
    ->allow_extra_args(false)
    ->group(flag_group);
}

/// The arguments of the ordered flags in the order in which they were given.
std::vector<std::pair<std::string, std::string>> ordered_arguments(const CLI::App& verb) {
  std::vector<std::pair<std::string, std::string>> out;
  std::map<const CLI::Option*, size_t> taken;
  for (const auto* option : verb.parse_order()) {
    const auto name = option->get_name();
    if (std::find(ordered_flags.begin(), ordered_flags.end(), name) != ordered_flags.end())
      out.emplace_back(name, option->results().at(taken[option]++));
  }
  return out;
}

/// Hands a flag to the entry before it, or to all where there is none yet.
template <class Entries, class Set>
void apply(Entries& entries, typename Entries::value_type& common, Set set) {
  set(entries.empty() ? common : entries.back());
}

} // namespace

std::shared_ptr<backtest_flags> add_backtest_flags(CLI::App& verb) {
  auto flags = std::make_shared<backtest_flags>();
  add_ordered(verb, "--strategy", "NAME", "Trade this kind of strategy; may be given again");
  add_ordered(verb, "--param", "NAME=VALUE", "A parameter of the strategy before it");
  add_ordered(verb, "--size", "MODE[:VALUE]", "The size of that strategy's positions");
  add_ordered(verb, "--data", "FILE", "Bars as CSV, plain or gzip; may be given again");
  add_ordered(verb, "--ticks", "FILE",
              "Trades as CSV, made into bars of --interval; may be given again");
  add_ordered(verb, "--quotes", "FILE", "Best bid and ask to those trades: orders take them");
  add_ordered(verb, "--depth", "FILE", "The book to those trades: orders walk its levels");
  add_ordered(verb, "--adjust", "FILE", "Price factors for splits and dividends in those bars");
  add_ordered(verb, "--instrument", "ID", "What that file is about; else by its name");
  add_ordered(verb, "--interval", "LENGTH", "How long its bars are, like 1h; else by its name");
  const auto add = [&](const char* name, std::string& to, const char* type, const char* text) {
    verb.add_option(name, to, text)->type_name(type)->group(flag_group);
  };
  add("--cash", flags->cash, "AMOUNT", "Cash to begin with, default 10000");
  add("--quote", flags->quote, "ASSET", "What prices are in; else by the instrument's name or USD");
  add("--fee-bps", flags->fee_bps, "BPS", "Taker fee in basis points, default 10");
  add("--maker-fee-bps", flags->maker_fee_bps, "BPS", "Maker fee, default as --fee-bps");
  add("--slippage-bps", flags->slippage_bps, "BPS", "Slippage of market orders, default 0");
  add("--volume-share", flags->volume_share, "PERCENT",
      "Share of a bar's volume that one order may take, default any");
  verb.add_flag("--allow-short", flags->allow_short, "Positions may be short")->group(flag_group);
  add("--max-position", flags->max_position, "SIZE", "Largest position of an instrument");
  add("--max-notional", flags->max_notional, "AMOUNT", "Largest worth of one order");
  add("--tick", flags->tick, "PRICE", "Step of prices; else as fine as the file's, at most 0.01");
  add("--lot", flags->lot, "SIZE", "Step of sizes, default 0.00001");
  add("--min-notional", flags->min_notional, "AMOUNT", "Smallest worth of an order, default 0");
  return flags;
}

void refuse_flags(const CLI::App& verb) {
  for (const auto* option : verb.get_options()) {
    if (option->get_group() == flag_group && option->count() > 0)
      throw verb_error("the file describes the backtest: " + option->get_name()
                       + " does not go together with it");
  }
}

void read_flags(const CLI::App& verb, backtest_flags& flags) {
  strategy_flags every_strategy;
  data_flags every_file;
  for (const auto& [name, text] : ordered_arguments(verb)) {
    const auto& given = text;
    if (name == "--strategy") {
      flags.strategies.push_back(every_strategy);
      flags.strategies.back().kind = given;
    } else if (name == "--param") {
      apply(flags.strategies, every_strategy, [&](auto& s) { s.parameters.push_back(given); });
    } else if (name == "--size") {
      apply(flags.strategies, every_strategy, [&](auto& s) { s.size = given; });
    } else if (name == "--data") {
      flags.data.push_back(every_file);
      flags.data.back().file = given;
    } else if (name == "--ticks") {
      flags.data.push_back(every_file);
      flags.data.back().file = given;
      flags.data.back().is_ticks = true;
    } else if (name == "--quotes" || name == "--depth") {
      if (flags.data.empty() || !flags.data.back().is_ticks)
        throw verb_error(name + " belongs to the --ticks before it, and there is none");
      (name == "--quotes" ? flags.data.back().quotes : flags.data.back().depth) = given;
    } else if (name == "--adjust") {
      if (flags.data.empty())
        throw verb_error("--adjust belongs to the --data before it, and there is none");
      if (flags.data.back().is_ticks)
        throw verb_error("--adjust adjusts bars, and stands behind --ticks "
                         + flags.data.back().file);
      if (!flags.data.back().factors.empty())
        throw verb_error("--adjust stands twice behind --data " + flags.data.back().file);
      flags.data.back().factors = given;
    } else if (name == "--instrument") {
      apply(flags.data, every_file, [&](auto& d) { d.instrument = given; });
    } else {
      apply(flags.data, every_file, [&](auto& d) { d.interval = given; });
    }
  }
}

} // namespace supreme::commands
