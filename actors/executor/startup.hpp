#pragma once

#include "actors/executor/submission.hpp"

namespace supreme::actors {

/// Brings rows and venue together; afterwards the executor is ready, or it has ended itself.
void start_up(executor_pointer self);

} // namespace supreme::actors
