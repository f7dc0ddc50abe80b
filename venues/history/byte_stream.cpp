#include "venues/history/byte_stream.hpp"

#include "trading/check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace supreme::venues {

namespace {

constexpr size_t compressed_chunk_bytes = 64 * 1024;
/// Largest window of deflate, and 16 to ask zlib for a gzip header and its checksum.
constexpr int gzip_window = 15 + 16;

std::string system_text(const char* action) {
  return std::string{action} + ": " + std::strerror(errno);
}

/// An open file that is read by position.
class input_file {
public:
  explicit input_file(int descriptor) : descriptor_(descriptor) {}
  input_file(input_file&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), opened_as_(other.opened_as_) {}
  input_file& operator=(input_file&&) = delete;
  ~input_file() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  /// Remembers what the file looks like now. The error says why it cannot be read.
  [[nodiscard]] std::string inspect() {
    if (::fstat(descriptor_, &opened_as_) != 0)
      return system_text("cannot be inspected");
    return S_ISREG(opened_as_.st_mode) ? "" : "not a regular file";
  }

  [[nodiscard]] bool is_unchanged() const {
    struct stat now {};
    return ::fstat(descriptor_, &now) == 0 && now.st_size == opened_as_.st_size
           && now.st_mtim.tv_sec == opened_as_.st_mtim.tv_sec
           && now.st_mtim.tv_nsec == opened_as_.st_mtim.tv_nsec;
  }

  /// −1 with errno set on failure, 0 at the end.
  [[nodiscard]] ssize_t read(uint64_t offset, char* to, size_t count) const {
    for (;;) {
      const ssize_t got = ::pread(descriptor_, to, count, static_cast<off_t>(offset));
      if (got >= 0 || errno != EINTR)
        return got;
    }
  }

private:
  int descriptor_;
  struct stat opened_as_ {};
};

class plain_stream final : public byte_stream {
public:
  explicit plain_stream(input_file file) : file_(std::move(file)) {}

  size_t read(char* to, size_t count) override {
    if (!damage_.empty())
      return 0;
    const ssize_t got = file_.read(offset_, to, count);
    if (got < 0) {
      damage_ = system_text("cannot be read");
      return 0;
    }
    offset_ += static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }

  std::unique_ptr<mark> here() const override { return std::make_unique<place>(offset_); }

  void go_to(const mark& m) override {
    offset_ = dynamic_cast<const place&>(m).offset;
    damage_.clear();
  }

  bool is_unchanged() const override { return file_.is_unchanged(); }

private:
  struct place final : mark {
    explicit place(uint64_t at) : offset(at) {}
    uint64_t offset;
  };

  input_file file_;
  uint64_t offset_ = 0;
};

/// zlib's state, owned. Not movable: zlib points back into it.
class inflater {
public:
  inflater() {
    if (::inflateInit2(&state_, gzip_window) != Z_OK)
      throw std::bad_alloc{};
  }
  inflater(const inflater& other) { copy(other); }
  inflater& operator=(const inflater& other) {
    if (this != &other) {
      ::inflateEnd(&state_);
      copy(other);
    }
    return *this;
  }
  ~inflater() { ::inflateEnd(&state_); }

  [[nodiscard]] z_stream& state() noexcept { return state_; }
  [[nodiscard]] const z_stream& state() const noexcept { return state_; }

private:
  void copy(const inflater& other) {
    // inflateCopy only reads its source, but was declared before const was.
    if (::inflateCopy(&state_, const_cast<z_stream*>(&other.state_)) != Z_OK)
      throw std::bad_alloc{};
    state_.next_in = nullptr;
    state_.avail_in = 0;
  }

  z_stream state_{};
};

/// One gzip member or several behind one another, as gzip itself accepts; nothing else may follow.
class gzip_stream final : public byte_stream {
public:
  explicit gzip_stream(input_file file) : file_(std::move(file)), input_(compressed_chunk_bytes) {}

  size_t read(char* to, size_t count) override {
    auto& z = inflater_.state();
    z.next_out = reinterpret_cast<unsigned char*>(to);
    z.avail_out = static_cast<unsigned>(std::min<size_t>(count, 1U << 30U));
    const unsigned wanted = z.avail_out;
    while (z.avail_out > 0 && damage_.empty()) {
      if (z.avail_in == 0 && !refill())
        break;
      inflate_some(z);
    }
    return wanted - z.avail_out;
  }

  std::unique_ptr<mark> here() const override {
    return std::make_unique<place>(inflater_, consumed(), in_member_);
  }

  void go_to(const mark& m) override {
    const auto& to = dynamic_cast<const place&>(m);
    inflater_ = to.state;
    next_offset_ = to.offset;
    in_member_ = to.in_member;
    damage_.clear();
  }

  bool is_unchanged() const override { return file_.is_unchanged(); }

private:
  struct place final : mark {
    place(const inflater& s, uint64_t at, bool inside) : state(s), offset(at), in_member(inside) {}
    inflater state;
    uint64_t offset;
    bool in_member;
  };

  /// Position in the file up to which zlib has taken the input.
  [[nodiscard]] uint64_t consumed() const { return next_offset_ - inflater_.state().avail_in; }

  /// False at the end of the file; inside a member that is damage.
  bool refill() {
    const ssize_t got = file_.read(next_offset_, input_.data(), input_.size());
    if (got < 0)
      damage_ = system_text("cannot be read");
    else if (got == 0 && in_member_)
      damage_ = "the gzip data ends too early: the file was cut off";
    if (got <= 0)
      return false;
    next_offset_ += static_cast<uint64_t>(got);
    inflater_.state().next_in = reinterpret_cast<unsigned char*>(input_.data());
    inflater_.state().avail_in = static_cast<unsigned>(got);
    return true;
  }

  void inflate_some(z_stream& z) {
    in_member_ = true;
    const uint64_t before = consumed();
    switch (::inflate(&z, Z_NO_FLUSH)) {
      case Z_OK:
      case Z_BUF_ERROR: // Needs more input or room; the caller's loop gives it.
        break;
      case Z_STREAM_END:
        in_member_ = false;
        ::inflateReset(&z);
        break;
      case Z_MEM_ERROR:
        throw std::bad_alloc{};
      default:
        damage_ = "the gzip data is damaged at byte " + std::to_string(before)
                  + " or after it: " + (z.msg != nullptr ? z.msg : "no gzip data");
    }
  }

  input_file file_;
  std::vector<char> input_;
  inflater inflater_;
  uint64_t next_offset_ = 0;
  bool in_member_ = true; ///< an empty file is a member that ends too early
};

} // namespace

trading::result<std::unique_ptr<byte_stream>, std::string>
byte_stream::open(const std::string& path) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return system_text("cannot be opened");
  input_file file{descriptor};
  if (auto reason = file.inspect(); !reason.empty())
    return reason;
  constexpr std::string_view gzip_magic = "\x1f\x8b";
  char first[2] = {};
  const ssize_t got = file.read(0, first, sizeof first);
  if (got < 0)
    return system_text("cannot be read");
  if (got == 0)
    return std::string{"the file is empty"};
  const bool is_gzip = std::string_view{first, static_cast<size_t>(got)} == gzip_magic;
  if (!is_gzip && path.ends_with(".gz"))
    return std::string{"not a gzip file, in spite of its name"};
  std::unique_ptr<byte_stream> stream;
  if (is_gzip)
    stream = std::make_unique<gzip_stream>(std::move(file));
  else
    stream = std::make_unique<plain_stream>(std::move(file));
  return stream;
}

} // namespace supreme::venues
