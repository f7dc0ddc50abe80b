#pragma once

#include "protocols/interfaces.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace supreme::tests {

/// Stands between an executor and the real venue: remembers what was asked and loses what it is
/// told to lose.
struct venue_tap {
  protocols::venue_port real;
  bool lose_submits = false;           ///< the venue never gets them
  bool lose_submit_answers = false;    ///< the venue takes them, and says nothing
  std::function<void()> before_submit; ///< something that happens while a submit is on its way
  std::vector<int64_t> windows;        ///< valid_until_ns of each submit
  std::vector<std::string> log;        ///< "logon 7", "submit m1-1 m1-2", "query m1-1", ...

  [[nodiscard]] size_t count(const std::string& entry) const;
};

[[nodiscard]] protocols::venue_port::behavior_type
make_venue_tap(protocols::venue_port::pointer self, std::shared_ptr<venue_tap> tap);

} // namespace supreme::tests
