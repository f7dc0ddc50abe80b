#include "commands/market_reader.hpp"

#include "actors/feed/feed.hpp"
#include "commands/verbs.hpp"

#include <algorithm>

namespace supreme::commands {

namespace {

/// Bars of one history that are read at a time.
constexpr size_t read_bars = 4'096;

} // namespace

market_reader::market_reader(const config::cluster_settings& settings, trading::timestamp from,
                             std::optional<trading::timestamp> to)
  : to_(to) {
  for (const auto& feed : settings.feeds) {
    if (feed.kind == config::feed_kind::generated && !to)
      throw verb_error("feed " + feed.name
                       + " generates bars without an end: say where, with --to");
    for (uint32_t shard = 0; shard < feed.shards; ++shard) {
      try {
        for (auto& history : actors::open_histories(settings, feed, shard))
          streams_.push_back({std::move(history), {}, from, false});
      } catch (const std::runtime_error& why) {
        throw verb_error(why.what());
      }
    }
  }
}

void market_reader::refill(stream& s) {
  if (s.ended || !s.bars.empty())
    return;
  auto more = s.history->after(s.read_to, read_bars);
  s.ended = more.empty();
  for (auto& b : more) {
    if (to_ && b.close_time() > *to_) {
      s.ended = true;
      break;
    }
    s.read_to = b.close_time();
    s.bars.push_back(std::move(b));
  }
}

std::vector<trading::bar> market_reader::next() {
  std::optional<trading::timestamp> time;
  for (auto& s : streams_) {
    refill(s);
    if (!s.bars.empty() && (!time || s.bars.front().close_time() < *time))
      time = s.bars.front().close_time();
  }
  std::vector<trading::bar> bars;
  for (auto& s : streams_) {
    if (!s.bars.empty() && s.bars.front().close_time() == time) {
      bars.push_back(std::move(s.bars.front()));
      s.bars.pop_front();
    }
  }
  return bars;
}

} // namespace supreme::commands
