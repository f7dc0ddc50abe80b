#include "actors/feed/feed.hpp"

#include "actors/cluster/units.hpp"
#include "trading/check.hpp"
#include "venues/history/bar_file.hpp"
#include "venues/simulated/market_generator.hpp"

#include <stdexcept>

namespace supreme::actors {

namespace {

std::shared_ptr<venues::bar_history> open_file(const config::feed_settings& feed,
                                               const trading::instrument_id& id) {
  venues::bar_file_settings settings;
  settings.path = feed.files.at(id);
  settings.instrument = id;
  settings.interval = std::chrono::seconds{feed.interval_s};
  auto opened = venues::bar_file::open(settings);
  if (!opened)
    throw std::runtime_error(opened.error().to_string());
  return std::move(opened).value();
}

std::shared_ptr<venues::bar_history> generate(const config::cluster_settings& cluster,
                                              const config::feed_settings& feed,
                                              const trading::instrument_id& id) {
  const auto* traded = cluster.find_instrument(id);
  SUPREME_CHECK(traded != nullptr, "a feed's instruments are configured");
  venues::generated_market_settings settings;
  settings.instrument = id;
  settings.seed = feed.seed;
  settings.start_price = feed.start_prices.at(id);
  settings.start = feed.start;
  settings.interval = std::chrono::seconds{feed.interval_s};
  settings.volatility_ppb = feed.volatility_ppb;
  settings.tick_size = traded->tick_size;
  settings.lot_size = traded->lot_size;
  return std::make_shared<venues::market_generator>(settings);
}

} // namespace

std::vector<std::shared_ptr<venues::bar_history>>
open_histories(const config::cluster_settings& settings, const config::feed_settings& feed,
               uint32_t shard) {
  std::vector<std::shared_ptr<venues::bar_history>> histories;
  for (const auto& id : symbols_of(feed, shard))
    histories.push_back(feed.kind == config::feed_kind::csv ? open_file(feed, id)
                                                            : generate(settings, feed, id));
  return histories;
}

} // namespace supreme::actors
