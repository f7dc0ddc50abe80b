#include "commands/market_reader.hpp"

#include "actors/cluster/units.hpp"
#include "actors/feed/feed.hpp"
#include "commands/verbs.hpp"

namespace supreme::commands {

market_reader::market_reader(const config::cluster_settings& settings,
                             const venues::close_range& range) {
  for (const auto& feed : settings.feeds) {
    if (feed.kind == config::feed_kind::generated && range.up_to == venues::close_range{}.up_to)
      throw verb_error("feed " + feed.name
                       + " generates bars without an end: say where, with --to");
    for (uint32_t shard = 0; shard < feed.shards; ++shard) {
      if (feed.kind == config::feed_kind::csv) {
        add_files(feed, shard, range);
        continue;
      }
      for (auto& history : actors::open_histories(settings, feed, shard)) {
        const auto id = history->instrument();
        const auto interval = history->interval();
        add(id, interval, std::make_unique<venues::history_stream>(std::move(history), range));
      }
    }
  }
}

void market_reader::add(const trading::instrument_id& instrument, trading::nanoseconds interval,
                        std::unique_ptr<trading::bar_stream> stream) {
  inputs_.push_back({instrument, interval, stream.get()});
  streams_.push_back(std::move(stream));
}

void market_reader::add_files(const config::feed_settings& feed, uint32_t shard,
                              const venues::close_range& range) {
  for (const auto& id : actors::symbols_of(feed, shard)) {
    const venues::bar_file_settings file{feed.files.at(id), id,
                                         std::chrono::seconds{feed.interval_s}};
    auto stream = std::make_unique<venues::bar_file_stream>(file, range);
    files_.push_back({file.path, stream.get()});
    add(id, file.interval, std::move(stream));
  }
}

std::vector<std::string> market_reader::remarks() const {
  std::vector<std::string> out;
  for (const auto& f : files_) {
    const auto& s = f.stream->summary();
    if (s.gaps > 0)
      out.push_back(f.path + ": " + std::to_string(s.missing_bars) + " bars are missing in "
                    + std::to_string(s.gaps) + " gaps");
    if (s.rounded_values > 0)
      out.push_back(f.path + ": " + std::to_string(s.rounded_values)
                    + " numbers had more than eight fraction digits and were rounded");
  }
  return out;
}

} // namespace supreme::commands
