#include "commands/result_file.hpp"

#include "commands/verbs.hpp"

#include <cstdio>

namespace supreme::commands {

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
