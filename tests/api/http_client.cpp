#include "tests/api/http_client.hpp"

#include "api/ascii.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace supreme::api::tests {

namespace {

constexpr int patience_s = 10;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("http client: " + what + " (" + std::strerror(errno) + ")");
}

std::string headers_of(const std::string& token, const std::string& more_headers) {
  std::string out = "Host: localhost\r\n";
  if (!token.empty())
    out += "Authorization: Bearer " + token + "\r\n";
  return out + more_headers;
}

} // namespace

std::string http_answer::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string{} : at->second;
}

std::string http_answer::code() const {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  return parsed.is_object() ? parsed.value("code", "") : "";
}

http_client::http_client(uint16_t port, int receive_buffer) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    fail("no socket");
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval patience{patience_s, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    fail("cannot connect");
  }
}

http_client::~http_client() { ::close(socket_); }

bool http_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
      return false;
    if (sent < 0)
      fail("cannot send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void http_client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool http_client::fill() {
  char chunk[16384];
  const auto size = ::recv(socket_, chunk, sizeof chunk, 0);
  if (size < 0 && errno != ECONNRESET)
    fail("nothing came");
  if (size <= 0)
    return false;
  buffer_.append(chunk, static_cast<size_t>(size));
  return true;
}

http_answer http_client::read(bool is_head) {
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      throw std::runtime_error("http client: the connection ended within a header: '" + buffer_
                               + "'");
  http_answer out;
  std::string_view head{buffer_.data(), end};
  auto line = head.substr(0, head.find("\r\n"));
  head.remove_prefix(std::min(head.size(), line.size() + 2));
  out.version = cut(line, ' ');
  out.status = static_cast<unsigned>(std::stoul(std::string{cut(line, ' ')}));
  while (!head.empty()) {
    auto field = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), field.size() + 2));
    std::string name{cut(field, ':')};
    for (auto& c : name)
      c = to_lower(c);
    out.headers.emplace(std::move(name), std::string{trimmed(field)});
  }
  buffer_.erase(0, end + 4);
  if (is_head || out.status == 100)
    return out;
  const auto length = std::stoul(out.header("content-length"));
  while (buffer_.size() < length)
    if (!fill())
      throw std::runtime_error("http client: the connection ended within a body");
  out.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return out;
}

bool http_client::closed_by_server() { return buffer_.empty() && !fill(); }

std::string http_client::read_to_end() {
  while (fill()) {
  }
  return std::move(buffer_);
}

bool http_client::is_readable() const {
  pollfd wanted{socket_, POLLIN, 0};
  return !buffer_.empty() || ::poll(&wanted, 1, 0) > 0;
}

std::string get_text(const std::string& target, const std::string& token,
                     const std::string& more_headers) {
  return "GET " + target + " HTTP/1.1\r\n" + headers_of(token, more_headers) + "\r\n";
}

std::string post_text(const std::string& target, const std::string& token, const std::string& body,
                      const std::string& key, const std::string& more_headers) {
  std::string out = "POST " + target + " HTTP/1.1\r\n" + headers_of(token, more_headers);
  if (more_headers.find("Content-Type") == std::string::npos)
    out += "Content-Type: application/json\r\n";
  if (!key.empty())
    out += "Idempotency-Key: " + key + "\r\n";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

http_answer http_client::get(const std::string& target, const std::string& token,
                             const std::string& more_headers) {
  send(get_text(target, token, more_headers));
  return read();
}

http_answer http_client::post(const std::string& target, const std::string& token,
                              const std::string& body, const std::string& key,
                              const std::string& more_headers) {
  send(post_text(target, token, body, key, more_headers));
  return read();
}

} // namespace supreme::api::tests
