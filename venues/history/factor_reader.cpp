#include "venues/history/factor_reader.hpp"

namespace supreme::venues {

bool factor_reader::check() {
  row_.last_day = trading::utc_day(trading::timestamp::from_ns(time_ns()));
  auto complaint = factors_.add(row_);
  return complaint.empty() || fail(std::move(complaint));
}

std::shared_ptr<const factor_file> read_price_factors(const std::string& path) {
  factor_reader reader{path};
  for (auto found = reader.next(); found != csv_outcome::end; found = reader.next()) {
    if (found == csv_outcome::defect)
      throw defective_data{reader.defect()};
  }
  reader.require_whole();
  return std::make_shared<const factor_file>(
    factor_file{path, reader.factors(), reader.rounded_values()});
}

} // namespace supreme::venues
