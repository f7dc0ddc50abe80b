#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace supreme::tests {

/// A folder that is there for one test and gone after it.
class temporary_folder {
public:
  temporary_folder() : temporary_folder(std::filesystem::temp_directory_path()) {}

  explicit temporary_folder(const std::filesystem::path& parent) {
    std::string name = (parent / "supreme-venues-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code
      ignored; // What is left behind in /tmp does no harm, and a destructor may not throw.
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

/// A place for files that are synced thousands of times by a test of something else than the disk.
inline std::filesystem::path fast_parent() {
  const std::filesystem::path memory{"/dev/shm"};
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

/// Replaces the file by a new one: overwriting would make some file systems write through to disk.
inline void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush())
    throw std::runtime_error{"cannot write " + path};
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace supreme::tests
