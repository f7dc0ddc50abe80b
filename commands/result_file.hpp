#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace supreme::commands {

/// A file that is written beside its name and takes it when everything is in it: a name ending in
/// .part belongs to a run that failed.
class result_file {
public:
  /// Without a name there is no file. Throws verb_error when it cannot be opened.
  explicit result_file(std::string name);

  /// nullptr without a name.
  [[nodiscard]] std::ostream* stream() { return name_.empty() ? nullptr : &stream_; }
  /// Throws verb_error when something could not be written.
  void finish();

private:
  std::string name_;
  std::ofstream stream_;
};

/// Throws verb_error, before anything is written, where two of the files that a run writes are one,
/// one of them is a file that the run reads, or one cannot be a file: a directory, or in none.
/// Empty names are no files.
void require_apart(const std::vector<std::string>& written, const std::vector<std::string>& read);

} // namespace supreme::commands
