#include "storage/postgres/session.hpp"

#include "config/defaults.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace supreme::storage {

namespace {

namespace defaults = config::defaults;

/// A server's message without its trailing line breaks.
std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  return text;
}

/// Whether trying the same statement later may work. 25006: the server is a standby until it is
/// promoted. 58: the disk; 53: resources; 57: shutdown and timeouts; 40: conflicts; 08: connection;
/// 55P03: a lock was not available.
bool may_pass(std::string_view state) {
  const auto type = state.substr(0, 2);
  return type == "08" || type == "53" || type == "57" || type == "58" || type == "40"
         || state == "55P03" || state == "25006";
}

/// The server cancels a slow statement by itself; the watchdog is for a server that does not even
/// do that.
std::chrono::milliseconds watchdog_limit(const session_options& options) {
  if (options.watchdog.count() > 0)
    return options.watchdog;
  constexpr auto margin = defaults::database_watchdog - defaults::statement_timeout;
  return std::max(options.statement_timeout, defaults::statement_timeout) + margin;
}

} // namespace

postgres_session::postgres_session(const std::string& conninfo, session_options options)
  : conninfo_(complete_connection_string(conninfo, options)), limit_(watchdog_limit(options)) {}

postgres_session::~postgres_session() { close(); }

void postgres_session::close() noexcept {
  connection_.reset();
  if (socket_ >= 0)
    ::close(socket_);
  socket_ = -1;
  lost_ = false;
}

/// An idle server says nothing. Bytes or an end of file mean that it has closed the connection, or
/// is about to; seeing that before a statement is sent keeps its outcome from being unknown.
bool postgres_session::lost_while_idle() const noexcept {
  char byte = 0;
  const auto n = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void postgres_session::ensure_open() {
  if (connection_ && !lost_ && !lost_while_idle())
    return;
  close();
  try {
    connection_ = std::make_unique<pqxx::connection>(conninfo_);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // Otherwise libpqxx would open a new connection in the middle of a statement whose outcome is
    // unknown.
    connection_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    socket_ = ::dup(connection_->sock());
    if (socket_ < 0)
      throw store_failure(failure_kind::transient, "no file descriptor is left for the database");
  } catch (const pqxx::pqxx_exception& e) {
    close();
    // A server that is starting, full or unreachable answers like one that rejects us, without a
    // code. Only the latter two are told apart, by the server's own words: they never pass by
    // waiting.
    const auto text = trimmed(e.base().what());
    const bool rejected = text.find("authentication failed") != std::string::npos
                          || text.find("does not exist") != std::string::npos
                          || text.find("permission denied") != std::string::npos
                          || text.find("no pg_hba.conf entry") != std::string::npos;
    throw store_failure(rejected ? failure_kind::definitive : failure_kind::transient, text);
  } catch (...) {
    close();
    throw;
  }
}

void postgres_session::fail(bool writes) {
  std::string text, state;
  auto kind = failure_kind::definitive;
  try {
    throw;
  } catch (const pqxx::sql_error& e) {
    text = trimmed(e.what());
    state = e.sqlstate();
    if (may_pass(state))
      kind = failure_kind::transient;
  } catch (const pqxx::transaction_rollback& e) {
    // Class 40; libpqxx does not say which of them.
    text = trimmed(e.what());
    kind = failure_kind::transient;
  } catch (const pqxx::pqxx_exception& e) {
    text = trimmed(e.base().what());
  }
  // With the connection gone, whether the statement was committed is anybody's guess, whatever was
  // said last.
  if (!connection_ || !connection_->is_open() || lost_while_idle()) {
    lost_ = true;
    kind = writes ? failure_kind::unknown : failure_kind::transient;
    if (text.empty())
      text = "the connection to the database was lost";
  }
  throw store_failure(kind, text, state);
}

pqxx::result postgres_session::run(const statement& s, const parameters& values) {
  return watched(s.writes, [&](pqxx::connection& c) {
    c.prepare(s.name, s.sql);
    pqxx::nontransaction session{c};
    return session.exec_prepared(s.name, pqxx::prepare::make_dynamic_params(values));
  });
}

pqxx::result postgres_session::query(const std::string& sql, const parameters& values) {
  return watched(false, [&](pqxx::connection& c) {
    pqxx::nontransaction session{c};
    return session.exec_params(sql, pqxx::prepare::make_dynamic_params(values));
  });
}

} // namespace supreme::storage
