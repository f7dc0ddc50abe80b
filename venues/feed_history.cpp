#include "venues/feed_history.hpp"

#include "trading/check.hpp"
#include "venues/history/bar_file.hpp"
#include "venues/history/factor_reader.hpp"
#include "venues/simulated/market_generator.hpp"

#include <stdexcept>

namespace supreme::venues {

namespace {

std::unique_ptr<bar_history> open_file(const config::feed_settings& feed,
                                       const trading::instrument_id& id) {
  auto opened = bar_file::open(file_of(feed, id));
  if (!opened)
    throw std::runtime_error(opened.error().to_string());
  return std::move(opened).value();
}

std::unique_ptr<bar_history> generate(const config::cluster_settings& cluster,
                                      const config::feed_settings& feed,
                                      const trading::instrument_id& id) {
  const auto* traded = cluster.find_instrument(id);
  SUPREME_CHECK(traded != nullptr, "a feed's instruments are configured");
  generated_market_settings settings;
  settings.instrument = id;
  settings.seed = feed.seed;
  settings.start_price = feed.start_prices.at(id);
  settings.start = feed.start;
  settings.interval = std::chrono::seconds{feed.interval_s};
  settings.volatility_ppb = feed.volatility_ppb;
  settings.tick_size = traded->tick_size;
  settings.lot_size = traded->lot_size;
  return std::make_unique<market_generator>(settings);
}

} // namespace

bar_file_settings file_of(const config::feed_settings& feed, const trading::instrument_id& id) {
  bar_file_settings out{feed.files.at(id), id, std::chrono::seconds{feed.interval_s}};
  if (const auto factors = feed.factors.find(id); factors != feed.factors.end())
    out.factors = read_price_factors(factors->second);
  return out;
}

std::unique_ptr<bar_history> open_history(const config::cluster_settings& settings,
                                          const config::feed_settings& feed,
                                          const trading::instrument_id& id) {
  return feed.kind == config::feed_kind::csv ? open_file(feed, id) : generate(settings, feed, id);
}

} // namespace supreme::venues
