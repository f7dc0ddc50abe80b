#pragma once

#include <fstream>
#include <string>

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

} // namespace supreme::commands
