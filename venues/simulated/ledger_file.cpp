#include "venues/simulated/ledger_file.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

// Frame: magic, payload length, frame number, checksum of these 16 bytes, checksum of the payload,
// the payload, trailer. Numbers are little-endian. The first and the last byte are not zero, and no
// payload holds a whole sector of zeros, so a part of a frame that reads as zeros was never
// written.
constexpr std::string_view magic = "SVL1";
constexpr size_t header_bytes = 24;
constexpr char trailer = '\xA5';
/// Disks write whole sectors of at least this size.
constexpr uint64_t sector_bytes = 512;

struct frame_header {
  uint32_t length = 0;
  uint64_t number = 0;
  uint32_t payload_checksum = 0;
};

uint32_t checksum(std::string_view bytes) noexcept {
  return static_cast<uint32_t>(
    ::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

void put_number(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i)
    out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

uint64_t take_number(std::string_view bytes, size_t at, size_t count) noexcept {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i)
    value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}

void put_header(std::string& out, uint64_t number, std::string_view payload) {
  const size_t start = out.size();
  out += magic;
  put_number(out, payload.size(), 4);
  put_number(out, number, 8);
  put_number(out, checksum(std::string_view{out}.substr(start)), 4);
  put_number(out, checksum(payload), 4);
}

/// Nothing when the bytes are no header.
std::optional<frame_header> take_header(std::string_view bytes) noexcept {
  if (bytes.size() < header_bytes || bytes.substr(0, magic.size()) != magic
      || take_number(bytes, 16, 4) != checksum(bytes.substr(0, 16)))
    return std::nullopt;
  frame_header h;
  h.length = static_cast<uint32_t>(take_number(bytes, 4, 4));
  h.number = take_number(bytes, 8, 8);
  h.payload_checksum = static_cast<uint32_t>(take_number(bytes, 20, 4));
  return h;
}

std::string system_text(const char* action) {
  return std::string{action} + ": " + std::strerror(errno);
}

/// Reads exactly `count` bytes at `offset`; false with errno set, or with errno 0 at an early end.
bool read_exactly(int descriptor, uint64_t offset, char* to, size_t count) {
  while (count > 0) {
    const ssize_t got = ::pread(descriptor, to, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      errno = got == 0 ? 0 : errno;
      return false;
    }
    to += got;
    offset += static_cast<uint64_t>(got);
    count -= static_cast<size_t>(got);
  }
  return true;
}

/// Whether a sector's part of `bytes`, which stand at `offset` of the file, is all zeros. With
/// `within`, only parts that begin in the first `within` bytes count.
bool has_unwritten_sector(std::string_view bytes, uint64_t offset, size_t within) noexcept {
  for (size_t at = 0; at < std::min(bytes.size(), within);) {
    const auto to_boundary = static_cast<size_t>(sector_bytes - (offset + at) % sector_bytes);
    const std::string_view part = bytes.substr(at, to_boundary);
    if (part.find_first_not_of('\0') == std::string_view::npos)
      return true;
    at += part.size();
  }
  return false;
}

/// Whether a frame with a later number begins anywhere in the bytes. It proves that the frame
/// before it had been synced, so that this one is damaged and not torn.
bool holds_later_frame(std::string_view bytes, uint64_t number) noexcept {
  for (size_t at = bytes.find(magic); at != std::string_view::npos; at = bytes.find(magic, at + 1))
    if (const auto h = take_header(bytes.substr(at)); h && h->number > number)
      return true;
  return false;
}

/// Whether the bytes at the end of the file, shorter than a header, may begin the frame of this
/// number.
bool begins_header(std::string_view bytes, uint64_t number) {
  std::string expected{magic};
  put_number(expected, 0, 4);
  put_number(expected, number, 8);
  for (size_t i = 0; i < std::min(bytes.size(), expected.size()); ++i)
    if (const bool is_length = i >= 4 && i < 8; !is_length && bytes[i] != expected[i])
      return false;
  return true;
}

/// Walks over the frames of an open file.
class frame_scanner {
public:
  frame_scanner(const std::string& path, int descriptor, uint64_t size)
    : path_(path), descriptor_(descriptor), size_(size) {}

  trading::result<ledger_extent, ledger_defect> scan(const frame_visitor& visit) {
    while (extent_.end < size_ && extent_.torn_bytes == 0)
      if (auto defect = scan_frame(visit))
        return std::move(*defect);
    return extent_;
  }

private:
  using maybe_defect = std::optional<ledger_defect>;

  maybe_defect scan_frame(const frame_visitor& visit) {
    const uint64_t rest = size_ - extent_.end;
    const uint64_t number = extent_.frames + 1;
    if (!load(std::min<uint64_t>(rest, header_bytes)))
      return unreadable();
    const auto header = take_header(bytes_);
    if (!header)
      return judge_headless(rest, number);
    if (header->number != number)
      return damage("frame " + std::to_string(header->number) + " stands where frame "
                    + std::to_string(number) + " belongs");
    if (header->length == 0 || header->length > defaults::venue_ledger_frame_bytes_max)
      return damage("a frame of " + std::to_string(header->length) + " bytes");
    const uint64_t whole = header_bytes + header->length + 1;
    if (rest < whole)
      return tear(rest);
    if (!load(whole))
      return unreadable();
    const auto payload = std::string_view{bytes_}.substr(header_bytes, header->length);
    if (checksum(payload) != header->payload_checksum || bytes_.back() != trailer) {
      if (rest == whole && has_unwritten_sector(bytes_, extent_.end, bytes_.size()))
        return tear(rest);
      return damage("checksum of frame " + std::to_string(number) + " does not match");
    }
    if (auto reason = visit(payload))
      return damage("frame " + std::to_string(number) + ": " + *reason);
    ++extent_.frames;
    extent_.end += whole;
    return std::nullopt;
  }

  /// What begins here is no header: the rest of the file is a torn frame, or damaged.
  maybe_defect judge_headless(uint64_t rest, uint64_t number) {
    if (rest > header_bytes + defaults::venue_ledger_frame_bytes_max)
      return damage("header of frame " + std::to_string(number) + " is damaged");
    if (!load(rest))
      return unreadable();
    const bool cut = rest < header_bytes && begins_header(bytes_, number);
    const bool unwritten =
      has_unwritten_sector(bytes_, extent_.end, header_bytes) && !holds_later_frame(bytes_, number);
    if (cut || unwritten)
      return tear(rest);
    if (number == 1)
      return damage("not the ledger of a simulated venue");
    return damage("header of frame " + std::to_string(number) + " is damaged");
  }

  bool load(uint64_t count) {
    bytes_.resize(static_cast<size_t>(count));
    return read_exactly(descriptor_, extent_.end, bytes_.data(), bytes_.size());
  }

  maybe_defect tear(uint64_t rest) {
    extent_.torn_bytes = rest;
    return std::nullopt;
  }

  maybe_defect damage(std::string reason) const {
    return ledger_defect{path_, extent_.end, std::move(reason)};
  }

  maybe_defect unreadable() const {
    return damage(errno == 0 ? "the file became shorter while it was read" : system_text("read"));
  }

  const std::string& path_;
  int descriptor_;
  uint64_t size_;
  ledger_extent extent_;
  std::string bytes_;
};

trading::result<ledger_extent, ledger_defect> scan(const std::string& path, int descriptor,
                                                   const frame_visitor& visit) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0)
    return ledger_defect{path, 0, system_text("stat")};
  if (!S_ISREG(status.st_mode))
    return ledger_defect{path, 0, "not a regular file"};
  return frame_scanner{path, descriptor, static_cast<uint64_t>(status.st_size)}.scan(visit);
}

/// A file is found again after a crash only when its folder has been synced, too.
bool sync_folder_of(const std::string& path) {
  auto folder = std::filesystem::path{path}.parent_path();
  const int descriptor =
    ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  const bool synced = ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return synced;
}

/// Closes a descriptor unless it was released.
class descriptor_guard {
public:
  explicit descriptor_guard(int descriptor) : descriptor_(descriptor) {}
  descriptor_guard(const descriptor_guard&) = delete;
  descriptor_guard& operator=(const descriptor_guard&) = delete;
  ~descriptor_guard() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
  int descriptor_;
};

} // namespace

std::string ledger_defect::to_string() const {
  return file + ": byte " + std::to_string(offset) + ": " + reason;
}

trading::result<ledger_file::opened, ledger_defect> ledger_file::open(const std::string& path,
                                                                      const frame_visitor& visit) {
  descriptor_guard descriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (descriptor.get() < 0)
    return ledger_defect{path, 0, system_text("open")};
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0)
    return ledger_defect{
      path, 0, errno == EWOULDBLOCK ? "another process has this ledger open" : system_text("lock")};
  auto extent = scan(path, descriptor.get(), visit);
  if (!extent)
    return extent.error();
  if (extent->torn_bytes > 0
      && (::ftruncate(descriptor.get(), static_cast<off_t>(extent->end)) != 0
          || ::fdatasync(descriptor.get()) != 0))
    return ledger_defect{path, extent->end, system_text("cut off the torn tail")};
  if (!sync_folder_of(path))
    return ledger_defect{path, 0, system_text("sync the folder")};
  return opened{ledger_file{path, descriptor.release(), *extent}, *extent};
}

trading::result<ledger_extent, ledger_defect> ledger_file::read(const std::string& path,
                                                                const frame_visitor& visit) {
  const descriptor_guard descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (descriptor.get() < 0)
    return ledger_defect{path, 0, system_text("open")};
  return scan(path, descriptor.get(), visit);
}

ledger_file::ledger_file(std::string path, int descriptor, const ledger_extent& extent)
  : path_(std::move(path)), descriptor_(descriptor), end_(extent.end), frames_(extent.frames) {}

ledger_file::ledger_file(ledger_file&& other) noexcept
  : path_(std::move(other.path_)),
    descriptor_(std::exchange(other.descriptor_, -1)),
    end_(other.end_),
    frames_(other.frames_),
    buffer_(std::move(other.buffer_)) {}

ledger_file::~ledger_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void ledger_file::append(std::string_view payload) {
  SUPREME_CHECK(!payload.empty() && payload.size() <= defaults::venue_ledger_frame_bytes_max,
                "a frame has a payload within its limit");
  buffer_.clear();
  put_header(buffer_, frames_ + 1, payload);
  buffer_ += payload;
  buffer_ += trailer;
  for (size_t done = 0; done < buffer_.size();) {
    const ssize_t written = ::pwrite(descriptor_, buffer_.data() + done, buffer_.size() - done,
                                     static_cast<off_t>(end_ + done));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      throw ledger_failure{path_ + ": " + system_text("write")};
    done += static_cast<size_t>(written);
  }
  // A sync that failed is not tried again: the kernel may have dropped the pages that it could not
  // write.
  if (::fdatasync(descriptor_) != 0)
    throw ledger_failure{path_ + ": " + system_text("sync")};
  end_ += buffer_.size();
  ++frames_;
}

} // namespace supreme::venues
