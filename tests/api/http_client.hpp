#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace supreme::api::tests {

/// An answer as it came over the wire.
struct http_answer {
  unsigned status = 0;
  std::string version;                             ///< "HTTP/1.1"
  std::multimap<std::string, std::string> headers; ///< names in lower case
  std::string body;

  /// The first header of that (lower-case) name; empty when there is none.
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  /// The code of a problem; empty when the body is none.
  [[nodiscard]] std::string code() const;
};

/// A blocking client over one connection, which can also send what no proper client would. Waits
/// for at most ten seconds for anything and throws std::runtime_error after that, so that a server
/// that hangs fails a test.
class http_client {
public:
  /// Connects to 127.0.0.1; `receive_buffer` > 0 limits how much the kernel takes in for us.
  explicit http_client(uint16_t port, int receive_buffer = 0);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Sends bytes as they are; false when the server has closed the connection.
  bool send(std::string_view bytes);
  /// No more will be sent.
  void finish_sending();

  /// Reads one answer; `is_head`: the one to a HEAD, which has no body.
  http_answer read(bool is_head = false);
  /// True when the server closes without another byte, false when a byte comes first.
  bool closed_by_server();
  /// Everything up to the end of the connection, whether it ends orderly or by a reset.
  std::string read_to_end();
  /// Whether bytes or the end can be read at once.
  [[nodiscard]] bool is_readable() const;
  [[nodiscard]] int descriptor() const { return socket_; }

  http_answer get(const std::string& target, const std::string& token = {},
                  const std::string& more_headers = {});
  http_answer post(const std::string& target, const std::string& token, const std::string& body,
                   const std::string& key, const std::string& more_headers = {});

private:
  /// False at the end.
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

/// The text of a GET, for requests that are sent without reading the answer at once.
[[nodiscard]] std::string get_text(const std::string& target, const std::string& token = {},
                                   const std::string& more_headers = {});
[[nodiscard]] std::string post_text(const std::string& target, const std::string& token,
                                    const std::string& body, const std::string& key,
                                    const std::string& more_headers = {});

} // namespace supreme::api::tests
