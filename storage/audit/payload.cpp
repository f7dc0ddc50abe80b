#include "storage/audit/payload.hpp"

#include "storage/failure.hpp"

namespace supreme::storage::payload {

using nlohmann::json;
using namespace trading;

std::string text(const json& j, const char* key) { return j.at(key).get<std::string>(); }

int64_t integer(const json& j, const char* key) { return j.at(key).get<int64_t>(); }

decimal amount(const json& j, const char* key) {
  const auto value = decimal::parse(text(j, key));
  if (!value)
    throw store_failure(failure_kind::definitive, std::string{key} + " is no decimal");
  return *value;
}

trading::fill fill(const json& j) {
  return {.venue = venue_id{text(j, "venue")},
          .account = account_id{text(j, "account")},
          .id = trade_id{text(j, "trade_id")},
          .order = client_order_id{text(j, "order")},
          .instrument = instrument_id{text(j, "instrument")},
          .direction = text(j, "direction") == to_string(side::buy) ? side::buy : side::sell,
          .at = amount(j, "price"),
          .size = amount(j, "size"),
          .fee = amount(j, "fee"),
          .fee_asset = asset_id{text(j, "fee_asset")},
          .event_time = timestamp::from_ns(integer(j, "event_time_ns"))};
}

trading::position position(const json& j) {
  return {.size = amount(j, "size"),
          .cost = amount(j, "cost"),
          .realised_gross = amount(j, "realised_gross"),
          .fees_quote = amount(j, "fees_quote"),
          .fill_count = j.at("fill_count").get<uint64_t>()};
}

cell text_cell(const json& j, const char* key) {
  const auto& value = j.at(key);
  return value.is_null() ? cell{} : value.get<std::string>();
}

cell integer_cell(const json& j, const char* key) {
  const auto& value = j.at(key);
  return value.is_null() ? cell{} : std::to_string(value.get<int64_t>());
}

cell amount_cell(const json& j, const char* key) {
  return j.at(key).is_null() ? cell{} : amount(j, key).to_string();
}

} // namespace supreme::storage::payload
