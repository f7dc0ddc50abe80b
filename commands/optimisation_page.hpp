#pragma once

#include "commands/optimisation_report.hpp"

#include <iosfwd>

namespace supreme::commands {

/// Writes the search as one HTML page that needs nothing but itself: no network, no script, no
/// other file. Every text is escaped. The stream's own state tells whether all was written.
void write_page(std::ostream& out, const optimisation_outcome& outcome);

} // namespace supreme::commands
