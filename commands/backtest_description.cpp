#include "commands/backtest_flags.hpp"
#include "commands/data_file.hpp"
#include "commands/flag_values.hpp"
#include "commands/report/number_text.hpp"
#include "commands/price_step.hpp"
#include "commands/verbs.hpp"
#include "config/report.hpp"
#include "config/risk_text.hpp"
#include "config/size_rule.hpp"
#include "config/text_rule.hpp"
#include "trading/strategies/registry.hpp"
#include "venues/history/factor_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

namespace supreme::commands {

namespace {

using trading::decimal;

constexpr int64_t interval_max_s = 7 * 86'400;
constexpr const char* account_name = "backtest";
constexpr const char* venue_name = "simulated";

void require_text(const std::string& flag, const std::string& text, const config::text_rule& rule) {
  if (!config::fits(text, rule))
    throw verb_error(flag + " must be " + rule.description + ", was " + config::quoted(text));
}

/// A file with what it is about.
struct described_file {
  std::string path;
  bool is_ticks = false;
  std::string quotes;
  std::string depth;
  std::string factors;
  trading::instrument traded;
  int64_t interval_s = 0;
};

int64_t read_interval(const data_flags& data, const data_file_name& named) {
  if (data.interval.empty() && !named.interval_s)
    throw data.is_ticks
      ? verb_error(data.file
                   + ": how long are the bars that are made of these trades? Say "
                     "so with --interval 1m")
      : verb_error(data.file
                   + ": its name does not tell how long its bars are, as BTCUSDT_1h.csv does: say "
                     "so with --interval 1h");
  const auto seconds = data.interval.empty() ? named.interval_s : parse_bar_length(data.interval);
  if (!seconds || *seconds > interval_max_s)
    throw verb_error("--interval must be a bar length like 1m, 15m, 1h or 1d and at most a week, "
                     "was "
                     + data.interval);
  return *seconds;
}

void require_file(const std::string& flag, const std::string& path) {
  if (!std::filesystem::exists(path))
    throw verb_error(path + ": there is no such file");
  if (!std::filesystem::is_regular_file(path))
    throw verb_error(path + ": it is no file but a directory or a device");
  require_text(flag, path, config::path_text);
}

trading::price step_of(const described_file& file) {
  if (file.is_ticks)
    return step_of_trade_prices(file.path);
  venues::bar_file_settings bars{file.path, file.traded.id, std::chrono::seconds{file.interval_s}};
  if (!file.factors.empty())
    bars.factors = venues::read_price_factors(file.factors);
  return step_of_prices(bars);
}

/// Orders that walk what is displayed pay what the levels cost, and take all of them.
void refuse_costs_of_trades(const backtest_flags& flags) {
  for (const auto& [flag, text] :
       {std::pair{"--slippage-bps", &flags.slippage_bps}, {"--volume-share", &flags.volume_share}})
    if (*text != "0")
      throw verb_error(
        std::string{flag}
        + " is of fills against trades: with --quotes or --depth orders walk what is "
          "displayed");
}

described_file describe_data(const data_flags& data, const backtest_flags& flags) {
  require_file(data.is_ticks ? "--ticks" : "--data", data.file);
  if (!data.quotes.empty())
    require_file("--quotes", data.quotes);
  if (!data.depth.empty())
    require_file("--depth", data.depth);
  if (!data.factors.empty())
    require_file("--adjust", data.factors);
  if (!data.quotes.empty() && !data.depth.empty())
    throw verb_error("--quotes and --depth both say what is displayed: give one of them");
  if (!data.quotes.empty() || !data.depth.empty())
    refuse_costs_of_trades(flags);
  const auto named = read_data_file_name(data.file);
  described_file out;
  out.path = data.file;
  out.is_ticks = data.is_ticks;
  out.quotes = data.quotes;
  out.depth = data.depth;
  out.factors = data.factors;
  const auto name = data.instrument.empty() ? named.instrument : data.instrument;
  if (!config::fits(name, config::instrument_text))
    throw verb_error(data.file + ": an instrument is " + config::instrument_text.description
                     + ", was " + config::quoted(name) + ": name it with --instrument");
  const auto pair = split_instrument_name(name);
  out.traded.id = trading::instrument_id{name};
  out.traded.base = pair.base;
  out.traded.quote = flags.quote.empty() ? pair.quote.value_or(trading::asset_id{"USD"})
                                         : trading::asset_id{flags.quote};
  out.interval_s = read_interval(data, named);
  out.traded.tick_size =
    flags.tick.empty() ? step_of(out) : read_amount("--tick", flags.tick, false);
  out.traded.lot_size = read_amount("--lot", flags.lot, false);
  out.traded.min_notional = read_amount("--min-notional", flags.min_notional, true);
  return out;
}

/// Bars and ticks are run in different ways, and ticks of all instruments in one.
void require_alike(const described_file& one, const described_file& other) {
  if (one.is_ticks != other.is_ticks)
    throw verb_error("--data and --ticks do not go together: a backtest runs over bars or over "
                     "ticks");
  if (!one.is_ticks)
    return;
  if (one.interval_s != other.interval_s)
    throw verb_error(other.path + ": bars of all ticks are of one length, "
                     + bar_length_text(one.interval_s));
  const auto is_displayed = [](const described_file& f) {
    return !f.quotes.empty() || !f.depth.empty();
  };
  if (is_displayed(one) != is_displayed(other))
    throw verb_error("--quotes or --depth belong to all --ticks or to none: orders fill against "
                     "what is displayed or against trades");
}

std::vector<described_file> describe_files(const backtest_flags& flags) {
  if (flags.data.empty())
    throw verb_error("there is nothing to trade: give bars with --data FILE, or a cluster's file");
  if (!flags.quote.empty())
    require_text("--quote", flags.quote, config::instrument_text);
  std::vector<described_file> out;
  for (const auto& data : flags.data) {
    auto file = describe_data(data, flags);
    if (!out.empty())
      require_alike(out.front(), file);
    for (const auto& other : out) {
      if (other.traded.id == file.traded.id)
        throw verb_error(file.path + " and " + other.path + " are both about "
                         + file.traded.id.str() + ": each instrument has one file");
      if (other.traded.quote != file.traded.quote)
        throw verb_error(other.traded.id.str() + " is priced in " + other.traded.quote.str()
                         + " and " + file.traded.id.str() + " in " + file.traded.quote.str()
                         + ": one account counts in one asset (--quote sets it)");
    }
    out.push_back(std::move(file));
  }
  return out;
}

void add_feeds(config::cluster_settings& settings, const std::vector<described_file>& files) {
  for (const auto& file : files) {
    const auto name = bar_length_text(file.interval_s);
    auto feed = std::find_if(settings.feeds.begin(), settings.feeds.end(),
                             [&](const auto& each) { return each.name == name; });
    if (feed == settings.feeds.end()) {
      feed = settings.feeds.insert(feed, config::feed_settings{});
      feed->name = name;
      feed->kind = config::feed_kind::csv;
      feed->interval_s = file.interval_s;
    }
    feed->files.emplace(file.traded.id, file.path);
    if (!file.factors.empty())
      feed->factors.emplace(file.traded.id, file.factors);
    settings.instruments.push_back(file.traded);
  }
}

config::account_settings make_account(const backtest_flags& flags, const trading::asset_id& quote,
                                      const trading::execution_costs& costs) {
  config::account_settings account;
  account.id = trading::account_id{account_name};
  account.venue = trading::venue_id{venue_name};
  account.quote = quote;
  account.initial.emplace(quote, read_amount("--cash", flags.cash, false));
  account.shard = "b";
  if (!flags.max_position.empty())
    account.limits.max_position = read_amount("--max-position", flags.max_position, true);
  if (!flags.max_notional.empty())
    account.limits.max_order_notional = read_amount("--max-notional", flags.max_notional, false);
  account.limits.allow_short = flags.allow_short;
  account.limits.taker_fee_ppb = costs.taker_fee_ppb;
  return account;
}

trading::execution_costs read_costs(const backtest_flags& flags) {
  constexpr int64_t bps_max = 1'000;
  trading::execution_costs costs;
  costs.taker_fee_ppb = read_share("--fee-bps", flags.fee_bps, ppb_per_bps, bps_max);
  costs.maker_fee_ppb =
    flags.maker_fee_bps.empty()
      ? costs.taker_fee_ppb
      : read_share("--maker-fee-bps", flags.maker_fee_bps, ppb_per_bps, bps_max);
  costs.slippage_ppb = read_share("--slippage-bps", flags.slippage_bps, ppb_per_bps, bps_max);
  costs.max_volume_share_ppb =
    read_share("--volume-share", flags.volume_share, ppb_per_percent, 100);
  return costs;
}

/// The same share of the equity for every slot.
trading::sizing default_size(size_t slots) {
  trading::sizing size;
  size.mode = trading::sizing_mode::percent_of_equity;
  size.share_ppb = affordable_share_ppb / static_cast<int64_t>(slots);
  return size;
}

void add_strategies(config::cluster_settings& settings, const backtest_flags& flags) {
  if (flags.strategies.empty())
    throw verb_error("there is nothing that trades: name a strategy with --strategy NAME");
  const auto& account = settings.accounts.front();
  const auto slots = flags.strategies.size() * settings.instruments.size();
  std::map<std::string, int> of_kind;
  for (const auto& given : flags.strategies) {
    const auto& kind = find_kind(given.kind);
    config::strategy_settings strategy;
    const auto number = ++of_kind[kind.name];
    strategy.id = trading::strategy_id{
      kind.name + (number == 1 ? std::string{} : "-" + std::to_string(number))};
    strategy.kind = kind.name;
    strategy.account = account.id;
    strategy.feed = settings.feeds.front().name;
    for (const auto& i : settings.instruments)
      strategy.instruments.push_back(i.id);
    strategy.parameters = read_parameters(kind, given.parameters);
    strategy.size = given.size.empty() ? default_size(slots) : read_size(given.size);
    const auto complaint = config::size_complaint(kind, strategy.parameters, strategy.size);
    if (!complaint.empty())
      throw verb_error("--size of " + strategy.id.str() + ": " + complaint);
    settings.strategies.push_back(std::move(strategy));
  }
}

std::string taken_as(const described_file& f) {
  if (!f.is_ticks)
    return {};
  return !f.depth.empty()    ? ", filled against depth"
         : !f.quotes.empty() ? ", filled against quotes"
                             : ", filled against trades";
}

setting_lines describe(const described_backtest& b, const std::vector<described_file>& files) {
  setting_lines lines;
  for (const auto& f : files)
    lines.emplace_back("data", f.traded.id.str()
                                 + (f.is_ticks ? ", trades, bars of " : ", bars of ")
                                 + bar_length_text(f.interval_s) + taken_as(f) + ", in "
                                 + f.traded.quote.str() + "; tick " + f.traded.tick_size.to_string()
                                 + ", lot " + f.traded.lot_size.to_string() + ", at least "
                                 + f.traded.min_notional.to_string() + " an order");
  for (const auto& s : b.settings.strategies) {
    std::ostringstream line;
    line << s.id.str() << ": "
         << trading::parameters_text(trading::find_strategy_kind(s.kind), s.parameters, " ")
         << "; size " << to_string(s.size.mode);
    if (s.size.amount.is_positive())
      line << ' ' << report::exact_text(s.size.amount);
    else
      for (const auto& [key, value] : config::flatten(s.size))
        line << (key == "mode" ? "" : ' ' + key + '=' + value);
    lines.emplace_back("strategy", line.str());
  }
  const auto& account = b.settings.accounts.front();
  lines.emplace_back(
    "account", report::exact_text(account.initial.at(account.quote)) + ' ' + account.quote.str()
                 + (account.limits.allow_short ? ", may be short" : ", long only"));
  return lines;
}

} // namespace

described_backtest describe_backtest(const backtest_flags& flags) {
  described_backtest out;
  out.costs = read_costs(flags);
  const auto files = describe_files(flags);
  out.settings.id = account_name;
  add_feeds(out.settings, files);
  out.settings.venues.push_back({trading::venue_id{venue_name}, "", 0});
  out.settings.accounts.push_back(make_account(flags, files.front().traded.quote, out.costs));
  add_strategies(out.settings, flags);
  for (const auto& f : files)
    if (f.is_ticks)
      out.ticks.push_back({f.traded.id, f.path, f.quotes, f.depth});
  out.lines = describe(out, files);
  return out;
}

} // namespace supreme::commands
