#include "storage/postgres/postgres_run_rows.hpp"

#include "config/defaults.hpp"
#include "storage/failure.hpp"
#include "storage/open.hpp"
#include "storage/postgres/run_rows_sql.hpp"
#include "storage/postgres/values.hpp"

#include <algorithm>
#include <iterator>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

constexpr std::string_view time_column = "event_time";

std::string cursor_of(parity_table t) { return "rows_" + std::to_string(static_cast<int>(t)); }

trading::timestamp time_of(const pqxx::field& field) {
  return trading::timestamp::from_ns(field.as<int64_t>());
}

std::string value_text(const pqxx::field& field, std::string_view column) {
  if (field.is_null())
    return std::string{no_value};
  if (column == time_column)
    return time_of(field).to_string();
  const auto value = to_json(field);
  if (value.is_boolean())
    return value.get<bool>() ? "t" : "f";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Values begin at the field of number `first`.
void append_values(parity_row& to, parity_table t, const pqxx::row& from, int first) {
  auto number = first;
  for (const auto column : columns_of(t))
    to.values.push_back(value_text(from[number++], column));
}

/// Steps are known by their time, and an account's equity by account and time.
std::string key_of(parity_table t, const pqxx::row& row) {
  const auto time = time_of(row[0]).to_string();
  if (t == parity_table::steps)
    return time;
  const std::string text = row[1].c_str();
  return t == parity_table::equity ? text + ' ' + time : text;
}

} // namespace

postgres_run_rows::postgres_run_rows(const std::string& conninfo, std::string replay)
  : session_(conninfo, {.role = "supreme_auditor",
                        .application = "supreme parity",
                        .statement_timeout = defaults::audit_statement_timeout,
                        .lock_timeout = defaults::lock_timeout}),
    replay_(std::move(replay)) {
  session_.watched(false, [this](pqxx::connection& c) {
    transaction_ = std::make_unique<transaction>(c);
    // Between two batches we compute; that must not end the snapshot.
    transaction_->exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  });
}

postgres_run_rows::~postgres_run_rows() = default;

pqxx::result postgres_run_rows::run(const std::string& sql) {
  return session_.guarded(false, [&] { return transaction_->exec(sql); });
}

postgres_run_rows::stream& postgres_run_rows::open(parity_table t) {
  const auto [place, fresh] = streams_.try_emplace(t);
  if (fresh)
    run("DECLARE " + cursor_of(t) + " NO SCROLL CURSOR FOR "
        + timed_rows_sql(t, transaction_->quote(replay_)));
  return place->second;
}

void postgres_run_rows::fetch(parity_table t, stream& s) {
  const auto batch =
    run("FETCH " + std::to_string(defaults::audit_batch_rows) + " FROM " + cursor_of(t));
  s.ended = batch.empty();
  for (const auto& row : batch) {
    timed_row r{time_of(row[0]), {key_of(t, row), {}}};
    append_values(r.row, t, row, 2);
    if (t == parity_table::orders)
      set_place(r.row);
    s.rows.push_back(std::move(r));
  }
}

/// The how many-th order of its account it is; the rows come in the order of decision.
void postgres_run_rows::set_place(parity_row& order) {
  const auto names = columns_of(parity_table::orders);
  const auto at = [&](std::string_view name) -> std::string& {
    return order.values[static_cast<size_t>(
      std::distance(names.begin(), std::find(names.begin(), names.end(), name)))];
  };
  at("place") = std::to_string(++orders_[at("account")]);
}

std::vector<parity_row> postgres_run_rows::next(parity_table t, trading::timestamp until) {
  auto& s = open(t);
  std::vector<parity_row> rows;
  for (;;) {
    while (!s.rows.empty() && s.rows.front().at <= until) {
      rows.push_back(std::move(s.rows.front().row));
      s.rows.pop_front();
    }
    if (s.ended || !s.rows.empty())
      return rows;
    fetch(t, s);
  }
}

std::vector<parity_row> postgres_run_rows::held(parity_table t) {
  std::vector<parity_row> rows;
  for (const auto& row : run(held_rows_sql(t))) {
    parity_row r{row[0].c_str(), {}};
    append_values(r, t, row, 1);
    rows.push_back(std::move(r));
  }
  return rows;
}

std::unique_ptr<run_rows> open_postgres_run_rows(const std::string& conninfo,
                                                 const std::string& replay) {
  return std::make_unique<postgres_run_rows>(conninfo, replay);
}

} // namespace supreme::storage
