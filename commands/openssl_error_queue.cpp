// CAF 0.17.6's TLS module, as Debian builds it, leaves OpenSSL's per-thread error queue full after
// a failed connection: the line that would drain it is a log statement, and logging is compiled
// out. SSL_get_error() then reports the next harmless "want read" of ANY connection of that thread
// as an error, so that one killed peer, or one port scan, makes a node drop its healthy links, each
// of which breaks the next. OpenSSL asks callers to start every operation with an empty queue;
// these definitions, which the dynamic linker prefers over the library's own, do that for them.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <dlfcn.h>

#include <cstdlib>

namespace {

template <class Function>
Function next_definition(const char* name) {
  void* found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr)
    std::abort(); // Without the library's own function there is no TLS, and a node must not run
                  // without.
  return reinterpret_cast<Function>(found);
}

} // namespace

extern "C" {

int SSL_read(SSL* connection, void* buffer, int size) {
  static const auto real = next_definition<int (*)(SSL*, void*, int)>("SSL_read");
  ERR_clear_error();
  return real(connection, buffer, size);
}

int SSL_write(SSL* connection, const void* buffer, int size) {
  static const auto real = next_definition<int (*)(SSL*, const void*, int)>("SSL_write");
  ERR_clear_error();
  return real(connection, buffer, size);
}

int SSL_accept(SSL* connection) {
  static const auto real = next_definition<int (*)(SSL*)>("SSL_accept");
  ERR_clear_error();
  return real(connection);
}

int SSL_connect(SSL* connection) {
  static const auto real = next_definition<int (*)(SSL*)>("SSL_connect");
  ERR_clear_error();
  return real(connection);
}

} // extern "C"
