#pragma once

#include "storage/failure.hpp"
#include "storage/memory/memory_database.hpp"

namespace supreme::storage {

/// Throws what an injected fault asks for, before or after `work`.
template <class Work>
auto with_fault(injected_fault fault, Work work) {
  if (fault == injected_fault::before)
    throw store_failure(failure_kind::transient, "the database is down (injected)");
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    if (fault == injected_fault::after)
      throw store_failure(failure_kind::unknown, "the connection was lost (injected)");
  } else {
    auto result = work();
    if (fault == injected_fault::after)
      throw store_failure(failure_kind::unknown, "the connection was lost (injected)");
    return result;
  }
}

} // namespace supreme::storage
