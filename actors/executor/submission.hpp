#pragma once

#include "actors/executor/executor.hpp"

#include <string>
#include <vector>

namespace supreme::actors {

using executor_pointer = protocols::executor::stateful_pointer<executor_state>;

[[nodiscard]] const config::account_settings& account_of(const unit_context& context);

/// An order that is to go out, and what must be committed before.
struct sendable {
  enum class permission : uint8_t {
    committed = 1, ///< its SUBMITTING is committed for this life, and this life has not sent it
    intent = 2,    ///< T2 makes it SUBMITTING
    /// The venue has been asked under a session that shuts out the earlier ones, and does not have
    /// it. Event time has not moved on, so the same order goes out after all, under its own id,
    /// when T2 has said so.
    proven_unsent = 3,
  };
  trading::order order;
  permission allowed = permission::intent;
  trading::timestamp valid_until; ///< process time, as committed with SUBMITTING; T2 sets it
};

/// T2 where it is needed, then the send: each order exactly once, while the lease holds and its
/// committed window is open, and in the given order, because the venue numbers trades by it.
void submit_orders(executor_pointer self, std::vector<sendable> orders);

/// Stores what the venue said about these orders (T3). Orders that rest or are over are marked so.
void store_reports(executor_pointer self, const std::vector<trading::order>& orders,
                   const std::vector<protocols::venue_report>& reports,
                   std::function<void()> stored);

/// Stores what a step ended at the venue without a fill (T3), in groups.
void store_ends(executor_pointer self, const std::vector<protocols::venue_report>& ended,
                trading::timestamp at, std::function<void()> stored);

void mark_at_rest(executor_pointer self, const trading::client_order_id& id);

/// Answers the conductor once every order of the step is at rest.
void answer_barrier(executor_pointer self);

/// Ends this life: the next one finds out by asking.
void restart_executor(executor_pointer self, const std::string& why);

} // namespace supreme::actors
