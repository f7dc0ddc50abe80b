#pragma once

#include "actors/executor/executor.hpp"

#include <string>
#include <vector>

namespace supreme::actors {

using executor_pointer = protocols::executor::stateful_pointer<executor_state>;

[[nodiscard]] const config::account_settings& account_of(const unit_context& context);

/// T2 for intents, then the send. `proven`: the venue has been asked under a session that shuts out the earlier ones, and does
/// not have them; event time has not moved on, so the same orders go out after all, under their own ids.
void submit_orders(executor_pointer self, std::vector<trading::order> orders, bool proven);

/// Sends orders whose SUBMITTING is committed for this life: each exactly once, while the lease holds.
void send_orders(executor_pointer self, std::vector<trading::order> orders);

/// Stores what the venue said about these orders (T3). Orders that rest or are over are marked so.
void store_reports(executor_pointer self, const std::vector<trading::order>& orders,
                   const std::vector<protocols::venue_report>& reports, std::function<void()> stored);

void mark_at_rest(executor_pointer self, const trading::client_order_id& id);

/// Answers the conductor once every order of the step is at rest.
void answer_barrier(executor_pointer self);

/// Ends this life: the next one finds out by asking.
void restart_executor(executor_pointer self, const std::string& why);

} // namespace supreme::actors
