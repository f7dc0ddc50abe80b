#include "commands/key_files.hpp"

#include "commands/pki_store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace supreme::commands {

namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw pki_error(what + " " + path + ": " + std::strerror(errno));
}

/// A file that exists under a temporary name until it is whole.
class unfinished_file {
public:
  unfinished_file(const std::string& final_path, mode_t mode)
    : path_(final_path + ".new." + std::to_string(::getpid())),
      descriptor_(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)) {
    if (descriptor_ < 0)
      fail("cannot make", path_);
  }
  ~unfinished_file() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  unfinished_file(const unfinished_file&) = delete;
  unfinished_file& operator=(const unfinished_file&) = delete;

  void write(std::string_view content) const {
    while (!content.empty()) {
      const auto bytes = ::write(descriptor_, content.data(), content.size());
      if (bytes < 0 && errno != EINTR)
        fail("cannot write", path_);
      if (bytes > 0)
        content.remove_prefix(static_cast<size_t>(bytes));
    }
  }

  /// Gives the file its name, which must be free. Unlike a rename, a link never replaces.
  void publish(const std::string& final_path, mode_t mode) const {
    // The umask may have taken rights away that others need to read a certificate.
    if (::fchmod(descriptor_, mode) != 0 || ::fsync(descriptor_) != 0)
      fail("cannot write", path_);
    if (::link(path_.c_str(), final_path.c_str()) != 0)
      fail("cannot make", final_path);
  }

private:
  std::string path_;
  int descriptor_;
};

} // namespace

void make_private_folder(const std::string& path) {
  // Folders above it are ordinary folders; only the last one holds keys.
  const auto parent = std::filesystem::path{path}.parent_path();
  std::error_code ignored; // The mkdir below says why, in terms of the folder that was asked for.
  if (!parent.empty())
    std::filesystem::create_directories(parent, ignored);
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    fail("cannot make", path);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    fail("cannot read", path);
  if (!S_ISDIR(found.st_mode))
    throw pki_error(path + " is not a folder");
}

void write_new_file(const std::string& path, std::string_view content, mode_t mode) {
  const unfinished_file file{path, mode};
  file.write(content);
  file.publish(path, mode);
}

void refuse_existing(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0)
    throw pki_error(path + " is there already and is never overwritten: move it away first");
  if (errno != ENOENT && errno != ENOTDIR)
    fail("cannot read", path);
}

} // namespace supreme::commands
