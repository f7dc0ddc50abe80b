#include "commands/price_step.hpp"

#include "venues/history/trade_reader.hpp"

namespace supreme::commands {

namespace {

constexpr uint64_t rows_read = 1'000;
constexpr int64_t largest_step = trading::decimal::scale / 100;

void refine(int64_t& step, trading::price price) {
  while (price.raw() % step != 0)
    step /= 10;
}

} // namespace

trading::price step_of_prices(const venues::bar_file_settings& bars) {
  int64_t step = largest_step;
  venues::bar_reader reader{bars};
  while (reader.rows() < rows_read && reader.next() == venues::csv_outcome::row) {
    const auto& b = reader.current();
    for (const auto price : {b.open, b.high, b.low, b.close})
      refine(step, price);
  }
  return trading::decimal::from_raw(step);
}

trading::price step_of_trade_prices(const std::string& path) {
  int64_t step = largest_step;
  venues::trade_reader reader{path};
  while (reader.rows() < rows_read && reader.next() == venues::csv_outcome::row)
    refine(step, reader.current().at);
  return trading::decimal::from_raw(step);
}

} // namespace supreme::commands
