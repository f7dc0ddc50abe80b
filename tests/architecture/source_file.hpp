#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace supreme::tests {

/// An `#include` line.
struct inclusion {
  std::size_t line = 0; ///< Counted from 1.
  std::string target;   ///< What stands between the quotes or the angle brackets.
  bool quoted = false;  ///< Whether those were quotes.
};

/// One file of the source tree, as the rules see it.
class source_file {
public:
  /// `path` is relative to the root of the tree, with forward slashes.
  source_file(std::string path, std::string text);

  const std::string& path() const { return path_; }

  /// The lines as written.
  const std::vector<std::string>& lines() const { return lines_; }

  /// The lines of a C++ file with comments and the contents of literals replaced by blanks, so that
  /// a rule about code is not broken by talking about it. Empty for other files.
  const std::vector<std::string>& code() const { return code_; }

  const std::vector<inclusion>& inclusions() const { return inclusions_; }

  bool is_header() const { return path_.ends_with(".hpp"); }
  bool is_cpp() const { return is_header() || path_.ends_with(".cpp"); }

  /// Whether the file lies in that folder (no slash at its end), at any depth.
  bool is_in(std::string_view folder) const;

private:
  std::string path_;
  std::vector<std::string> lines_;
  std::vector<std::string> code_;
  std::vector<inclusion> inclusions_;
};

/// Replaces comments and the contents of string and character literals by blanks; keeps every line
/// break.
std::string without_comments_and_literals(std::string_view text);

/// Every text file of the tree below `root`. Leaves out what is generated (var/, node_modules/,
/// dist/), hidden folders except .ci/, lock files, the licence, and recorded data.
std::vector<source_file> read_source_tree(const std::filesystem::path& root);

} // namespace supreme::tests
