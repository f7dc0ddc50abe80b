#include "config/loader.hpp"

#include "config/defaults.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace supreme::config {

namespace {

/// Closes a file descriptor on every way out.
class open_file {
public:
  explicit open_file(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~open_file() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
  int descriptor_;
};

problems one_problem(const std::string& path, std::string expected) {
  return {{path, 0, "", std::move(expected)}};
}

std::string last_error() { return std::strerror(errno); }

std::optional<problem> check_readable(const std::string& file, const std::string& key,
                                      const std::string& path, bool is_private) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return problem{file, 0, key, "expected a readable file, " + path + ": " + last_error()};
  if (!S_ISREG(found.st_mode) || ::access(path.c_str(), R_OK) != 0)
    return problem{file, 0, key, "expected a readable file, " + path + " is none"};
  if (is_private && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return problem{file, 0, key,
                   "expected a file that only its owner may read, " + path
                     + " is open to others: chmod 600"};
  return std::nullopt;
}

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
  };
}

std::variant<std::string, problems> read_text_file(const std::string& path) {
  const open_file file{path};
  struct stat found {};
  if (file.get() < 0 || ::fstat(file.get(), &found) != 0)
    return one_problem(path, "expected a readable file: " + last_error());
  // A directory or a device has no text, and a pipe might never end.
  if (!S_ISREG(found.st_mode))
    return one_problem(path, "expected a regular file");
  std::string text;
  char block[16 * 1024];
  while (text.size() <= defaults::config_bytes_max) {
    const auto bytes = ::read(file.get(), block, sizeof block);
    if (bytes == 0)
      return text;
    if (bytes > 0)
      text.append(block, static_cast<size_t>(bytes));
    else if (errno != EINTR)
      return one_problem(path, "expected a readable file: " + last_error());
  }
  return one_problem(path,
                     "expected at most " + std::to_string(defaults::config_bytes_max) + " bytes");
}

problems check_tls_files(const tls_settings& tls, const std::string& file) {
  problems out;
  for (auto& wrong : {check_readable(file, "tls.ca_file", tls.ca_file, false),
                      check_readable(file, "tls.certificate_file", tls.certificate_file, false),
                      check_readable(file, "tls.key_file", tls.key_file, true)})
    if (wrong)
      out.push_back(*wrong);
  return out;
}

} // namespace supreme::config
