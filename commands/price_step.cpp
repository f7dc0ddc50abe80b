#include "commands/price_step.hpp"

#include "venues/history/bar_reader.hpp"

namespace supreme::commands {

trading::price step_of_prices(const std::string& path, const trading::instrument_id& id,
                              int64_t interval_s) {
  constexpr uint64_t bars_read = 1'000;
  int64_t step = trading::decimal::scale / 100;
  venues::bar_reader reader{{path, id, std::chrono::seconds{interval_s}}};
  while (reader.rows() < bars_read && reader.next() == venues::csv_outcome::row) {
    const auto& b = reader.current();
    for (const auto price : {b.open, b.high, b.low, b.close})
      while (price.raw() % step != 0)
        step /= 10;
  }
  return trading::decimal::from_raw(step);
}

} // namespace supreme::commands
