#include "storage/postgres/values.hpp"

#include "storage/failure.hpp"

namespace supreme::storage {

nlohmann::json parse_json(const pqxx::result& answer) {
  if (answer.empty() || answer[0][0].is_null())
    return nullptr;
  const auto field = answer[0][0];
  try {
    return nlohmann::json::parse(field.c_str(), field.c_str() + field.size());
  } catch (const nlohmann::json::exception& e) {
    throw store_failure(failure_kind::definitive, std::string{"the database answered something unreadable: "} + e.what());
  }
}

} // namespace supreme::storage
