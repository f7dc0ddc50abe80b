#pragma once

#include "storage/parity/run_rows.hpp"
#include "storage/postgres/session.hpp"

#include <deque>
#include <map>
#include <memory>

namespace supreme::storage {

/// The rows of a run in PostgreSQL, all from one read-only snapshot, fetched in batches.
class postgres_run_rows final : public run_rows {
public:
  postgres_run_rows(const std::string& conninfo, std::string replay);
  ~postgres_run_rows() override;

  [[nodiscard]] std::vector<parity_row> next(parity_table t, trading::timestamp until) override;
  [[nodiscard]] std::vector<parity_row> held(parity_table t) override;

private:
  using transaction = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

  struct timed_row {
    trading::timestamp at;
    parity_row row;
  };
  struct stream {
    std::deque<timed_row> rows; ///< fetched and not handed out
    bool ended = false;
  };

  stream& open(parity_table t);
  void fetch(parity_table t, stream& s);
  void set_place(parity_row& order);
  pqxx::result run(const std::string& sql);

  postgres_session session_;
  std::string replay_;
  std::unique_ptr<transaction> transaction_;
  std::map<parity_table, stream> streams_;
  std::map<std::string, uint64_t> orders_; ///< of each account, handed out so far
};

} // namespace supreme::storage
