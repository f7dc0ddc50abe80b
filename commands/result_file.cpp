#include "commands/result_file.hpp"

#include "commands/verbs.hpp"

#include <cstdio>
#include <filesystem>
#include <set>

namespace supreme::commands {

namespace {

namespace fs = std::filesystem;

/// The same for two names of one file, also of one that does not exist yet.
fs::path place_of(const std::string& name) { return fs::weakly_canonical(fs::absolute(name)); }

void require_writable(const std::string& name) {
  const auto place = place_of(name);
  if (fs::is_directory(place))
    throw verb_error("cannot write " + name + ": it is a directory");
  if (!fs::is_directory(place.parent_path()))
    throw verb_error("cannot write " + name + ": there is no such directory");
}

} // namespace

void require_apart(const std::vector<std::string>& written, const std::vector<std::string>& read) {
  std::set<fs::path> places;
  for (const auto& name : written) {
    if (name.empty())
      continue;
    require_writable(name);
    if (!places.insert(place_of(name)).second)
      throw verb_error("cannot write " + name + " twice: each result needs a file of its own");
  }
  for (const auto& name : read)
    if (!name.empty() && places.contains(place_of(name)))
      throw verb_error("cannot write " + name + ": it is read by this run");
}

result_file::result_file(std::string name) : name_(std::move(name)) {
  if (name_.empty())
    return;
  stream_.open(name_ + ".part", std::ios::trunc);
  if (!stream_)
    throw verb_error("cannot write " + name_ + ".part");
}

void result_file::finish() {
  if (name_.empty())
    return;
  stream_.close();
  if (!stream_ || std::rename((name_ + ".part").c_str(), name_.c_str()) != 0)
    throw verb_error("cannot write " + name_);
}

} // namespace supreme::commands
