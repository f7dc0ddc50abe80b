#include "storage/postgres/audit_snapshot.hpp"

#include "config/defaults.hpp"
#include "storage/failure.hpp"
#include "storage/postgres/values.hpp"
#include "trading/market/timestamp.hpp"

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

std::string bytes(const pqxx::field& field) { return pqxx::binarystring{field}.str(); }

/// The rule of the comparison for each type; see storage::cell.
cell to_cell(const pqxx::field& field) {
  const auto value = to_json(field);
  if (value.is_null())
    return std::nullopt;
  if (value.is_boolean())
    return truth(value.get<bool>());
  if (is_timestamp(field)) {
    const auto at = trading::timestamp::parse(value.get<std::string>());
    if (!at)
      throw store_failure(failure_kind::definitive,
                          "the database answered no time: " + value.dump());
    return number(at->ns() / 1000);
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

audit_snapshot::audit_snapshot(postgres_session& session) : session_(session) {
  session_.watched(false, [this](pqxx::connection& c) {
    transaction_ = std::make_unique<transaction>(c);
    // Between two batches we compute; that must not end the snapshot.
    transaction_->exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  });
}

audit_snapshot::~audit_snapshot() = default;

pqxx::result audit_snapshot::run(const std::string& sql) {
  return session_.guarded(false, [&] { return transaction_->exec(sql); });
}

std::string audit_snapshot::quote(const std::string& text) { return transaction_->quote(text); }

void audit_snapshot::for_each(const std::string& select,
                              const std::function<void(const pqxx::row&)>& use) {
  run("DECLARE audited NO SCROLL CURSOR FOR " + select);
  const auto fetch = "FETCH " + std::to_string(defaults::audit_batch_rows) + " FROM audited";
  for (;;) {
    const auto batch = run(fetch);
    if (batch.empty())
      break;
    for (const auto& row : batch)
      use(row);
  }
  run("CLOSE audited");
}

std::map<std::string, audit_head> audit_snapshot::heads() {
  std::map<std::string, audit_head> result;
  for_each("SELECT stream, seq, hash FROM audit.heads", [&](const pqxx::row& row) {
    result[row[0].c_str()] = {row[1].as<int64_t>(), bytes(row[2])};
  });
  return result;
}

std::set<std::string> audit_snapshot::streams() {
  std::set<std::string> result;
  for_each("SELECT DISTINCT stream FROM audit.log",
           [&](const pqxx::row& row) { result.emplace(row[0].c_str()); });
  return result;
}

std::set<std::string> audit_snapshot::accounts() {
  std::set<std::string> result;
  for (const auto& shape : audited_tables()) {
    if (shape.owner.empty())
      continue;
    for_each("SELECT DISTINCT " + std::string{shape.owner} + " FROM " + std::string{shape.name},
             [&](const pqxx::row& row) { result.emplace(row[0].c_str()); });
  }
  return result;
}

void audit_snapshot::for_each_row(const std::string& stream,
                                  const std::function<void(const audit_row&)>& use) {
  for_each("SELECT seq, (extract(epoch FROM at) * 1000000)::bigint, node, epoch, actor, kind, "
           "payload, prev_hash, hash "
           "FROM audit.log WHERE stream = "
             + quote(stream) + " ORDER BY seq",
           [&](const pqxx::row& row) {
             use({.stream = stream,
                  .seq = row[0].as<int64_t>(),
                  .at_us = row[1].as<int64_t>(),
                  .node = row[2].as<std::string>(),
                  .epoch = row[3].as<int64_t>(),
                  .actor = row[4].as<std::string>(),
                  .kind = row[5].as<std::string>(),
                  .payload = bytes(row[6]),
                  .prev_hash = bytes(row[7]),
                  .hash = bytes(row[8])});
           });
}

void audit_snapshot::for_each_row(const table_shape& shape, const std::string& owner,
                                  const std::function<void(const cells&)>& use) {
  std::string select = "SELECT ";
  for (size_t i = 0; i < shape.columns.size(); ++i)
    select += (i == 0 ? "" : ", ") + std::string{shape.columns[i]};
  select += " FROM " + std::string{shape.name};
  if (!shape.owner.empty())
    select += " WHERE " + std::string{shape.owner} + " = " + quote(owner);
  // A refused claim leaves a unit's row behind that nobody has held yet.
  if (shape.name == "cluster.units")
    select += " WHERE epoch > 0 OR holder IS NOT NULL";
  for_each(select, [&](const pqxx::row& row) {
    cells values;
    for (const auto& field : row)
      values.push_back(to_cell(field));
    use(values);
  });
}

std::vector<std::string> audit_snapshot::changed_configurations() {
  std::vector<std::string> versions;
  for_each("SELECT version FROM cluster.config_versions "
           "WHERE encode(sha256(convert_to(text, 'UTF8')), 'hex') <> sha256 ORDER BY version",
           [&](const pqxx::row& row) { versions.emplace_back(row[0].c_str()); });
  return versions;
}

} // namespace supreme::storage
