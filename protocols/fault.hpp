#pragma once

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace supreme::protocols {

/// Why an actor could not do what it was asked. Travels between nodes; values are never reused.
enum class fault : uint8_t {
  not_owner = 1,  ///< definitive: the epoch was superseded, or a newer conductor has been heard
  not_here = 2,   ///< transient: the unit does not live on this node
  unresolved = 3, ///< transient: nobody holds the unit, or its node cannot be reached
  database = 4,   ///< transient: nothing was written
  database_unknown = 5, ///< unknown: the commit's outcome is open; the rows decide
  venue = 6,            ///< unknown: the venue did not answer
  hello_refused = 7,    ///< definitive: other cluster, build or message set
  wrong_config = 8,     ///< transient: the sender acts on another configuration version
  stale_step = 9,       ///< definitive: the step is over
  bad_input = 10,       ///< definitive: the data is defective
  recovering = 11,      ///< transient: state is being rebuilt from rows
  overloaded = 12,      ///< transient: refused at the source, not queued
};

[[nodiscard]] const char* to_string(fault f) noexcept;

/// `context` is one sentence for logs.
[[nodiscard]] caf::error make_error(fault f, const std::string& context = {});

/// Whether an error is this fault.
[[nodiscard]] bool is(const caf::error& e, fault f) noexcept;

/// Text for logs of faults, CAF's own codes and runtime errors, without an actor system.
[[nodiscard]] std::string describe(const caf::error& e);

} // namespace supreme::protocols
