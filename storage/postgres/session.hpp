#pragma once

#include "storage/failure.hpp"
#include "storage/postgres/connection_string.hpp"
#include "storage/postgres/watchdog.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace supreme::storage {

/// A statement of ours; prepared on its first use on a connection.
struct statement {
  const char* name;
  const char* sql;
  bool writes; ///< losing the connection while it runs leaves its outcome unknown
};

/// One connection, opened on first use and again after it was lost. Every statement commits by
/// itself, in one round trip. Throws store_failure only. One thread at a time.
class postgres_session {
public:
  /// A null pointer is SQL's NULL.
  using parameters = std::vector<const char*>;

  postgres_session(const std::string& conninfo, session_options options);
  ~postgres_session();
  postgres_session(const postgres_session&) = delete;
  postgres_session& operator=(const postgres_session&) = delete;

  pqxx::result run(const statement& s, const parameters& values);
  /// A reading statement that is not worth preparing.
  pqxx::result query(const std::string& sql, const parameters& values);

  /// Runs work(connection) on an open connection, under the watchdog, with failures translated.
  template <class Work>
  auto watched(bool writes, Work work) {
    ensure_open();
    return guarded(writes, [&] { return work(*connection_); });
  }
  /// The same inside a transaction that an earlier watched() began: never on a new connection.
  template <class Work>
  auto guarded(bool writes, Work work);

private:
  void ensure_open();
  void close() noexcept;
  [[nodiscard]] bool lost_while_idle() const noexcept;
  [[noreturn]] void fail(bool writes);

  std::string conninfo_;
  std::chrono::milliseconds limit_;
  std::unique_ptr<pqxx::connection> connection_;
  bool lost_ =
    false; ///< closed at the next opening, because a transaction of a caller may still refer to it
  int socket_ =
    -1; ///< a duplicate of the connection's, so that the watchdog never meets a reused number
};

template <class Work>
auto postgres_session::guarded(bool writes, Work work) {
  try {
    const watchdog::watch watched_until{socket_, limit_};
    return work();
  } catch (const store_failure&) {
    throw;
  } catch (const pqxx::pqxx_exception&) {
    fail(writes);
  }
}

} // namespace supreme::storage
