#include "commands/market_inputs.hpp"

#include "commands/count_text.hpp"
#include "commands/verbs.hpp"
#include "trading/market/bar_aggregation.hpp"
#include "venues/feed_history.hpp"
#include "venues/history/bar_file.hpp"

#include <algorithm>
#include <limits>

namespace supreme::commands {

namespace {

/// Bars of one history that are read at a time.
constexpr size_t read_bars = 4'096;

/// A history as a stream.
class history_bars final : public trading::bar_stream {
public:
  history_bars(std::unique_ptr<venues::bar_history> history, trading::timestamp from,
               trading::timestamp to)
    : history_(std::move(history)), read_to_(from), to_(to) {}

  [[nodiscard]] std::span<const trading::bar_record> next() override {
    part_.clear();
    for (const auto& b : history_->range(read_to_, to_, read_bars))
      part_.push_back({b.open_time, b.open, b.high, b.low, b.close, b.volume});
    if (!part_.empty())
      read_to_ = part_.back().open_time + history_->interval();
    return part_;
  }

private:
  std::unique_ptr<venues::bar_history> history_;
  trading::timestamp read_to_;
  trading::timestamp to_;
  std::vector<trading::bar_record> part_;
};

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
      try {
        add(venues::open_history(settings, feed, id), choice);
      } catch (const std::runtime_error& why) {
        throw verb_error(why.what());
      }
    }
  }
}

/// Only a file knows its end.
void market_inputs::look_at(const venues::bar_history& history, const market_choice& choice) {
  const auto* file = dynamic_cast<const venues::bar_file*>(&history);
  if (file == nullptr) {
    to_ = std::max(to_, choice.to.value_or(to_));
    return;
  }
  const auto& known = file->summary();
  const auto from = std::max(known.first_open, choice.from.value_or(known.first_open));
  const auto to = std::min(known.last_close, choice.to.value_or(known.last_close));
  from_ = inputs_.empty() ? from : std::min(from_, from);
  to_ = std::max(to_, to);
  const auto& name = history.instrument().str();
  if (known.smallest_step > history.interval())
    notes_.push_back(name + ": no two bars stand closer than "
                     + std::to_string(known.smallest_step.count() / 1'000'000'000)
                     + " s, and they are taken for bars of "
                     + std::to_string(history.interval().count() / 1'000'000'000) + " s");
  if (known.rounded_values > 0)
    notes_.push_back(name + ": " + count_text(known.rounded_values, "number")
                     + " had more than 8 decimals and was rounded");
}

void market_inputs::add(std::unique_ptr<venues::bar_history> history, const market_choice& choice) {
  using trading::timestamp;
  const auto id = history->instrument();
  const auto interval = history->interval();
  look_at(*history, choice);
  streams_.push_back(std::make_unique<history_bars>(
    std::move(history),
    choice.from.value_or(timestamp::from_ns(std::numeric_limits<int64_t>::min())),
    choice.to.value_or(timestamp::from_ns(std::numeric_limits<int64_t>::max()))));
  if (choice.interval && *choice.interval != interval)
    streams_.push_back(
      std::make_unique<trading::aggregated_bars>(*streams_.back(), interval, *choice.interval));
  inputs_.push_back({id, choice.interval.value_or(interval), streams_.back().get()});
}

} // namespace supreme::commands
