#include "storage/postgres/values.hpp"

#include "storage/failure.hpp"

namespace supreme::storage {

namespace {

/// PostgreSQL's own numbers of its types; they never change.
enum type_number : pqxx::oid {
  type_bool = 16,
  type_int2 = 21,
  type_int4 = 23,
  type_json = 114,
  type_timestamptz = 1184,
  type_jsonb = 3802,
  type_numeric = 1700,
};

/// "2026-04-19 13:56:00.5+00" → "2026-04-19T13:56:00.5Z"; sessions of ours are in UTC.
std::string iso_time(std::string text) {
  if (const auto space = text.find(' '); space != std::string::npos)
    text[space] = 'T';
  if (text.ends_with("+00"))
    text.replace(text.size() - 3, 3, "Z");
  return text;
}

} // namespace

std::string shortest_decimal(std::string text) {
  if (text.find('.') == std::string::npos)
    return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return text;
}

bool is_timestamp(const pqxx::field& field) { return field.type() == type_timestamptz; }

nlohmann::json to_json(const pqxx::field& field) {
  if (field.is_null())
    return nullptr;
  std::string text{field.c_str(), field.size()};
  switch (field.type()) {
    case type_bool:
      return text == "t";
    case type_int2:
    case type_int4:
      return field.as<int32_t>();
    case type_json:
    case type_jsonb:
      return nlohmann::json::parse(text);
    case type_timestamptz:
      return iso_time(std::move(text));
    case type_numeric:
      return shortest_decimal(std::move(text));
    default:
      return text;
  }
}

nlohmann::json parse_json(const pqxx::result& answer) {
  if (answer.empty() || answer[0][0].is_null())
    return nullptr;
  const auto field = answer[0][0];
  try {
    return nlohmann::json::parse(field.c_str(), field.c_str() + field.size());
  } catch (const nlohmann::json::exception& e) {
    throw store_failure(failure_kind::definitive,
                        std::string{"the database answered something unreadable: "} + e.what());
  }
}

} // namespace supreme::storage
