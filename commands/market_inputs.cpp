#include "commands/market_inputs.hpp"

#include "commands/count_text.hpp"
#include "commands/verbs.hpp"
#include "trading/market/bar_aggregation.hpp"
#include "venues/feed_history.hpp"

#include <algorithm>
#include <filesystem>

namespace supreme::commands {

namespace {

venues::close_range range_of(const market_choice& choice) {
  venues::close_range out;
  out.after = choice.from.value_or(out.after);
  out.up_to = choice.to.value_or(out.up_to);
  return out;
}

std::vector<trading::instrument_id> instruments_of(const config::feed_settings& feed) {
  std::vector<trading::instrument_id> out;
  for (const auto& [id, file] : feed.files)
    out.push_back(id);
  for (const auto& [id, price] : feed.start_prices)
    out.push_back(id);
  return out;
}

} // namespace

market_inputs::market_inputs(const config::cluster_settings& settings,
                             const market_choice& choice) {
  for (const auto& feed : settings.feeds) {
    if (feed.kind == config::feed_kind::generated && !choice.to)
      throw verb_error("feed " + feed.name
                       + " generates bars without an end: say where, with --to");
    for (const auto& id : instruments_of(feed)) {
      if (feed.kind == config::feed_kind::csv) {
        add_file(venues::file_of(feed, id), choice);
        continue;
      }
      auto history = venues::open_history(settings, feed, id);
      const auto interval = history->interval();
      to_ = std::max(to_, choice.to.value_or(to_));
      add(id, interval,
          std::make_unique<venues::history_stream>(std::move(history), range_of(choice)), choice);
    }
  }
}

void market_inputs::add_file(const venues::bar_file_settings& file, const market_choice& choice) {
  auto bars = venues::checked_bars::open(file, range_of(choice));
  if (!bars)
    throw verb_error(bars.error().to_string());
  look_at((*bars)->summary(), file, choice);
  add(file.instrument, file.interval, std::move(bars).value(), choice);
}

/// Only a file knows its end.
void market_inputs::look_at(const venues::file_summary& known,
                            const venues::bar_file_settings& file, const market_choice& choice) {
  const auto from = std::max(known.first_open, choice.from.value_or(known.first_open));
  const auto to = std::min(known.last_close, choice.to.value_or(known.last_close));
  from_ = inputs_.empty() ? from : std::min(from_, from);
  to_ = std::max(to_, to);
  const auto& name = file.instrument.str();
  if (known.smallest_step > file.interval)
    notes_.push_back(name + ": no two bars stand closer than "
                     + std::to_string(known.smallest_step.count() / 1'000'000'000)
                     + " s, and they are taken for bars of "
                     + std::to_string(file.interval.count() / 1'000'000'000) + " s");
  if (file.factors)
    note_adjustment(name, *file.factors);
  if (known.rounded_values > 0)
    notes_.push_back(name + ": " + rounded_text(known.rounded_values));
  if (known.gaps > 0)
    notes_.push_back(name + ": " + count_text(known.missing_bars, "bar") + " missing in "
                     + count_text(known.gaps, "gap") + ", not filled in");
  if (choice.needs_volume && !known.has_volume)
    notes_.push_back(name + ": no bar has any volume, so that no order takes a share of it");
  if (known.leaps > 0)
    notes_.push_back(
      name + ": " + count_text(known.leaps, "bar") + (known.leaps == 1 ? " opens" : " open")
      + " a third or more away from the close before, the first " + known.first_leap.to_string()
      + ": a split counts as a loss or gain unless --adjust takes it out");
}

void market_inputs::note_adjustment(const std::string& instrument, const venues::factor_file& by) {
  const auto& factors = by.factors;
  const auto file = std::filesystem::path{by.path}.filename().string();
  const auto last = factors.last_change();
  notes_.push_back(instrument + ": adjusted by the " + count_text(factors.size(), "row") + " of "
                   + file + ", which change "
                   + (last ? "nothing after " + trading::day_text(*last) : "nothing"));
  if (by.rounded_values > 0)
    notes_.push_back(file + ": " + rounded_text(by.rounded_values));
}

void market_inputs::add(const trading::instrument_id& id, trading::nanoseconds interval,
                        std::unique_ptr<trading::bar_stream> bars, const market_choice& choice) {
  streams_.push_back(std::move(bars));
  if (choice.interval && *choice.interval != interval)
    streams_.push_back(
      std::make_unique<trading::aggregated_bars>(*streams_.back(), interval, *choice.interval));
  inputs_.push_back({id, choice.interval.value_or(interval), streams_.back().get()});
}

} // namespace supreme::commands
