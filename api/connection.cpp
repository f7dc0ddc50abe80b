#include "api/connection.hpp"

#include "api/ascii.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>

namespace supreme::api {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// Bytes that are asked for while waiting for a request.
constexpr size_t first_read_bytes = 4096;

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

verb verb_of(http::verb method) {
  switch (method) {
    case http::verb::get:
      return verb::get;
    case http::verb::head:
      return verb::head;
    case http::verb::post:
      return verb::post;
    case http::verb::unknown:
      return verb::unknown;
    default:
      return verb::other;
  }
}

const char* label_of(verb method) {
  switch (method) {
    case verb::get:
      return "GET";
    case verb::head:
      return "HEAD";
    case verb::post:
      return "POST";
    case verb::other:
    case verb::unknown:
      break;
  }
  return "other";
}

bool is_http_error(const error_code& error) {
  static const auto& category = http::make_error_code(http::error::end_of_stream).category();
  return error.category() == category;
}

/// What is wrong with the framing of a parsed head. Two readers that disagree about where a request
/// ends are how requests are smuggled past the first of them, so everything that could be read in
/// two ways is refused.
template <class Message>
std::optional<response> check_framing(const Message& message) {
  if (message.version() != 11 && message.version() != 10)
    return make_problem(problem::version_not_supported, "Use HTTP/1.1.");
  const auto lengths = message.count(http::field::content_length);
  const auto codings = message.count(http::field::transfer_encoding);
  if (lengths > 1
      || (lengths == 1 && message[http::field::content_length].find(',') != std::string::npos))
    return make_problem(problem::malformed_request, "There is more than one Content-Length.");
  if (lengths != 0 && codings != 0)
    return make_problem(problem::malformed_request,
                        "Content-Length and Transfer-Encoding exclude each other.");
  if (codings != 0) {
    if (message.version() == 10)
      return make_problem(problem::malformed_request, "HTTP/1.0 has no Transfer-Encoding.");
    if (codings > 1
        || !equal_ignoring_case(trimmed(view_of(message[http::field::transfer_encoding])),
                                "chunked"))
      return make_problem(problem::transfer_coding_unknown, "Use Content-Length.");
  }
  if (message.version() == 11 && message.count(http::field::host) != 1)
    return make_problem(problem::malformed_request, "HTTP/1.1 needs exactly one Host.");
  return std::nullopt;
}

/// The client's own id of its request when it is short and harmless in a log, otherwise a new one.
template <class Message>
std::string request_id_of(const Message& message, connection_context& context) {
  const auto given = view_of(message["X-Request-Id"]);
  const bool usable = !given.empty() && given.size() <= config::defaults::http_request_id_length_max
                      && std::all_of(given.begin(), given.end(), [](char c) {
                           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
                         });
  return usable ? std::string{given}
                : context.request_id_prefix + "-" + std::to_string(++context.requests);
}

/// An answer that a worker finds. Either the worker takes it to do it, or the connection takes it
/// back.
struct pending_answer {
  explicit pending_answer(deferred d) : what(std::move(d)) {}
  [[nodiscard]] bool take() { return !taken.exchange(true); }

  deferred what;
  std::atomic<bool> taken{false};
};

class http_connection final : public connection {
public:
  http_connection(std::shared_ptr<connection_context> context, asio::ip::tcp::socket socket)
    : shared_(std::move(context)),
      context_(*shared_),
      socket_(std::move(socket)),
      timer_(context_.io),
      // The parser needs a whole header, or a chunk's line, in one piece.
      buffer_(context_.limits.header_bytes_max + first_read_bytes) {
    error_code ignored;
    const auto endpoint = socket_.remote_endpoint(ignored);
    if (!ignored)
      peer_ = endpoint.address().to_string();
    // Answers are written in one piece; waiting for more would only add latency.
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    context_.open.insert(this);
  }

  ~http_connection() override {
    context_.open.erase(this);
    if (refusing_) {
      --context_.refusing;
    } else if (serving_) {
      --context_.serving;
      context_.metrics->connection_closed();
    }
    if (context_.on_closed)
      context_.on_closed();
  }

  void start() override {
    ++context_.serving;
    serving_ = true;
    context_.metrics->connection_opened();
    read_header();
  }

  void start_refusal() override {
    ++context_.refusing;
    refusing_ = true;
    context_.metrics->connection_refused();
    request_id_ = context_.request_id_prefix + "-" + std::to_string(++context_.requests);
    fail(problem::too_many_connections, "Close some, or try again later.");
  }

  void drain() override {
    const bool is_silent = stage_ == stage::header && parser_ && !parser_->got_some();
    if (is_silent || refusing_ || stage_ == stage::idle || stage_ == stage::lingering)
      close();
  }

  void close() override {
    if (stage_ == stage::closed)
      return;
    stage_ = stage::closed;
    disarm();
    awaited_.reset();
    error_code ignored;
    socket_.close(ignored);
  }

private:
  enum class stage : uint8_t { idle, header, body, working, writing, lingering, closed };

  std::shared_ptr<http_connection> self() {
    return std::static_pointer_cast<http_connection>(shared_from_this());
  }

  // -- deadlines --------------------------------------------------------------------------------

  void arm(stage next, milliseconds timeout) {
    stage_ = next;
    timed_out_ = false;
    const auto generation = ++generation_;
    timer_.expires_after(timeout);
    timer_.async_wait([this, keep = self(), generation](const error_code& error) {
      // A timer that fired while its successor was being set comes too late.
      if (!error && generation == generation_)
        on_timeout();
    });
  }

  void disarm() {
    ++generation_;
    timer_.cancel();
  }

  void on_timeout() {
    switch (stage_) {
      case stage::header:
      case stage::body: {
        // The read ends with an error and answers 408 from there.
        timed_out_ = true;
        error_code ignored;
        socket_.cancel(ignored);
        return;
      }
      case stage::working:
        on_late_answer();
        return;
      case stage::idle:
      case stage::writing:
      case stage::lingering:
      case stage::closed:
        close();
        return;
    }
  }

  // -- reading ----------------------------------------------------------------------------------

  void wait_for_request() {
    if (context_.stopping) {
      close();
      return;
    }
    if (buffer_.size() > 0) {
      read_header();
      return;
    }
    arm(stage::idle, context_.limits.idle_timeout);
    socket_.async_read_some(buffer_.prepare(first_read_bytes),
                            [this, keep = self()](const error_code& error, size_t size) {
                              if (stage_ == stage::closed)
                                return;
                              if (error) {
                                close();
                                return;
                              }
                              buffer_.commit(size);
                              read_header();
                            });
  }

  void read_header() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(context_.limits.header_bytes_max));
    parser_->body_limit(context_.limits.body_bytes_max);
    asked_ = nullptr;
    method_ = verb::other;
    keep_alive_ = false;
    path_ = "/";
    request_id_.clear();
    arm(stage::header, context_.limits.header_timeout);
    http::async_read_header(socket_, buffer_, *parser_,
                            [this, keep = self()](const error_code& error, size_t) {
                              if (stage_ != stage::closed)
                                on_header(error);
                            });
  }

  void on_header(const error_code& error) {
    started_ = std::chrono::steady_clock::now();
    request_id_ = request_id_of(parser_->get(), context_);
    if (error) {
      // Nothing was asked yet: nothing needs an answer.
      if (parser_->got_some())
        on_read_error(error, problem::header_too_large);
      else
        close();
      return;
    }
    const auto& message = parser_->get();
    method_ = verb_of(message.method());
    auto target = view_of(message.target());
    path_ = cut(target, '?');
    if (auto wrong = check_framing(message)) {
      respond(std::move(*wrong));
      return;
    }
    if (!admit())
      return;
    keep_alive_ = parser_->keep_alive();
    if (parser_->is_done())
      execute();
    else
      read_body();
  }

  /// Asks the gateway; answers and says false when it refuses.
  bool admit() {
    const auto& message = parser_->get();
    request_head head;
    head.method = method_;
    head.target = view_of(message.target());
    head.peer = peer_;
    head.id = request_id_;
    head.has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    for (const auto& field : message)
      head.headers.fields.emplace_back(view_of(field.name_string()), view_of(field.value()));
    try {
      auto judged = context_.answers.admit(head);
      if (auto* no = std::get_if<refused>(&judged)) {
        asked_ = no->asked;
        // A request that ends with its head leaves the connection in order.
        keep_alive_ = parser_->is_done() && parser_->keep_alive();
        respond(std::move(no->answer));
        return false;
      }
      admitted_ = std::get<admitted>(std::move(judged));
      asked_ = admitted_->asked;
      return true;
    } catch (const std::exception& e) {
      fail_with(e);
      return false;
    }
  }

  void read_body() {
    arm(stage::body, context_.limits.body_timeout);
    const auto expect = view_of(parser_->get()[http::field::expect]);
    if (expect.empty() || parser_->get().version() == 10) {
      read_rest();
      return;
    }
    if (!equal_ignoring_case(expect, "100-continue")) {
      fail(problem::expectation_failed, "The only expectation understood is 100-continue.");
      return;
    }
    asio::async_write(socket_, asio::buffer(continue_line),
                      [this, keep = self()](const error_code& error, size_t) {
                        if (stage_ == stage::closed)
                          return;
                        if (error)
                          close();
                        else
                          read_rest();
                      });
  }

  void read_rest() {
    http::async_read(socket_, buffer_, *parser_,
                     [this, keep = self()](const error_code& error, size_t) {
                       if (stage_ == stage::closed)
                         return;
                       if (error)
                         on_read_error(error, problem::body_too_large);
                       else
                         execute();
                     });
  }

  void on_read_error(const error_code& error, problem when_full) {
    keep_alive_ = false;
    if (timed_out_)
      fail(problem::request_timeout, "Send requests in one go.");
    else if (error == http::error::header_limit || error == http::error::buffer_overflow)
      fail(when_full, "It has more bytes than are accepted.");
    else if (error == http::error::body_limit)
      fail(problem::body_too_large,
           "At most " + std::to_string(context_.limits.body_bytes_max) + " bytes are accepted.");
    else if (error == http::error::bad_version)
      fail(problem::version_not_supported, "Use HTTP/1.1.");
    else if (is_http_error(error))
      fail(problem::malformed_request, "It cannot be parsed: " + error.message() + ".");
    else
      close(); // The client is gone.
  }

  // -- answering --------------------------------------------------------------------------------

  void execute() {
    try {
      auto answer = context_.answers.execute(std::move(*admitted_), parser_->get().body());
      if (auto* ready = std::get_if<response>(&answer))
        respond(std::move(*ready));
      else
        submit(std::get<deferred>(std::move(answer)));
    } catch (const std::exception& e) {
      fail_with(e);
    }
  }

  void submit(deferred what) {
    const bool is_command = what.where == deferred::queue::commands;
    auto pending = std::make_shared<pending_answer>(std::move(what));
    auto& queue = is_command ? context_.commands : context_.reads;
    // Everything that belongs to this thread goes back to it, so that it ends here as well.
    const bool queued = queue.submit([this, pending, keep = self()]() mutable {
      std::optional<response> answer;
      if (pending->take())
        answer = pending->what.work();
      asio::post(context_.io, [this, pending = std::move(pending), keep = std::move(keep),
                               answer = std::move(answer)]() mutable {
        if (!answer)
          return;
        pending->what.finished(&*answer);
        if (awaited_ == pending)
          respond(std::move(*answer));
      });
    });
    if (!queued) {
      pending->what.finished(nullptr);
      fail(problem::busy, "Try again in a moment.");
      return;
    }
    awaited_ = std::move(pending);
    arm(stage::working, context_.limits.answer_deadline);
  }

  void on_late_answer() {
    const auto pending = std::exchange(awaited_, nullptr);
    if (pending->take()) {
      // It was still waiting and will not be done.
      pending->what.finished(nullptr);
      fail(problem::busy, "The requests before it took too long. Nothing was done.");
      return;
    }
    const auto late = pending->what.when_late;
    fail(late, late == problem::outcome_unknown
                 ? "It is still being worked on. Repeat the request with the same Idempotency-Key."
                 : "Try again in a moment.");
  }

  void fail(problem p, std::string detail) { respond(make_problem(p, std::move(detail))); }

  /// Something that nobody expected; what it says is for the log only.
  void fail_with(const std::exception& e) {
    context_.log(log_level::error, "request_failed", "request " + request_id_ + ": " + e.what());
    fail(problem::internal, "The log of this node says what happened.");
  }

  void respond(response answer) {
    awaited_.reset();
    admitted_.reset();
    if (!refusing_)
      context_.metrics->answered(asked_ != nullptr ? asked_->path : "none", label_of(method_),
                                 answer.status, std::chrono::steady_clock::now() - started_);
    finish_response(answer, request_id_, path_);
    keep_alive_ = keep_alive_ && !context_.stopping;

    const unsigned version =
      parser_ && parser_->is_header_done() && parser_->get().version() == 10 ? 10 : 11;
    auto& message = message_.emplace(static_cast<http::status>(answer.status), version);
    message.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers)
      message.insert(name, value);
    message.keep_alive(keep_alive_);
    message.body() = std::move(answer.body);
    message.prepare_payload();
    serializer_.emplace(message);
    arm(stage::writing, context_.limits.write_timeout);
    auto done = [this, keep = self()](const error_code& error, size_t) {
      if (stage_ != stage::closed)
        on_written(error);
    };
    if (method_ == verb::head)
      http::async_write_header(socket_, *serializer_, std::move(done));
    else
      http::async_write(socket_, *serializer_, std::move(done));
  }

  void on_written(const error_code& error) {
    if (error) {
      close();
      return;
    }
    if (keep_alive_) {
      wait_for_request();
      return;
    }
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (context_.stopping) {
      close();
      return;
    }
    // Closing with unread bytes resets the connection, and the client might lose the answer.
    arm(stage::lingering, context_.limits.linger);
    linger();
  }

  void linger() {
    socket_.async_read_some(asio::buffer(dropped_),
                            [this, keep = self()](const error_code& error, size_t size) {
                              if (stage_ == stage::closed)
                                return;
                              lingered_ += size;
                              if (error || lingered_ > context_.limits.linger_bytes_max)
                                close();
                              else
                                linger();
                            });
  }

  std::shared_ptr<connection_context> shared_;
  connection_context& context_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::string peer_;
  stage stage_ = stage::header;
  uint64_t generation_ = 0; ///< of the timer
  bool timed_out_ = false;
  bool serving_ = false;
  bool refusing_ = false;

  // Of the current request.
  std::optional<http::request_parser<http::string_body>> parser_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  const route* asked_ = nullptr;
  verb method_ = verb::other;
  std::string path_ = "/";
  std::string request_id_;
  bool keep_alive_ = false;
  std::optional<admitted> admitted_;
  std::shared_ptr<pending_answer> awaited_;

  // Of its answer.
  std::optional<http::response<http::string_body>> message_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::array<char, first_read_bytes> dropped_{};
  size_t lingered_ = 0;
};

} // namespace

std::shared_ptr<connection> connection::make(std::shared_ptr<connection_context> context,
                                             asio::ip::tcp::socket socket) {
  return std::make_shared<http_connection>(std::move(context), std::move(socket));
}

} // namespace supreme::api
