#pragma once

#include "actors/cluster/lease.hpp"
#include "protocols/interfaces.hpp"
#include "storage/ledger_store.hpp"

#include <caf/all.hpp>

#include <memory>
#include <vector>

namespace supreme::actors {

// Local messages: the ledger never leaves its node, so these types have no wire form.

using transactions = std::vector<storage::transaction>;
using outcomes = std::vector<storage::outcome>;

struct load_account {
  trading::account_id account;
};
struct load_fills {
  trading::account_id account;
  uint64_t after = 0;
  size_t limit = 0;
};
struct load_events {
  trading::account_id account;
  uint64_t after = 0;
  size_t limit = 0;
};
struct load_equity {
  trading::account_id account;
  std::string replay;
  uint64_t after = 0;
  size_t limit = 0;
};
struct load_progress {
  std::string replay;
};
struct open_account {
  trading::account_id account;
  trading::venue_id venue;
  std::map<trading::asset_id, trading::money> initial;
};
using fill_rows = std::vector<storage::fill_row>;
using equity_points = std::vector<storage::equity_point>;

} // namespace supreme::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::transactions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::outcomes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::load_account)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::load_fills)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::load_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::load_equity)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::equity_points)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::account_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::load_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::open_account)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::actors::fill_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::account_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::replay_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::mode_change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supreme::storage::change_outcome)

namespace supreme::actors {

/// The only writer of trading rows on a node. A batch is answered after it is durable, with one
/// outcome per member, and is never split over two commits. `fault::database`: nothing was written.
/// `fault::database_unknown`: read the rows.
using ledger =
  caf::typed_actor<caf::replies_to<transactions>::with<outcomes>,
                   caf::reacts_to<protocols::tick_atom>,
                   caf::replies_to<load_account>::with<storage::account_snapshot>,
                   caf::replies_to<load_fills>::with<fill_rows>,
                   caf::replies_to<load_events>::with<storage::account_events>,
                   caf::replies_to<load_equity>::with<equity_points>,
                   caf::replies_to<load_progress>::with<storage::replay_progress>,
                   caf::replies_to<open_account>::with<void>,
                   caf::replies_to<storage::mode_change>::with<storage::change_outcome>>;

struct ledger_state {
  static inline const char* name = "ledger";
  struct waiting_batch {
    transactions members;
    caf::typed_response_promise<outcomes> promise;
  };
  std::shared_ptr<storage::ledger_store> store;
  std::shared_ptr<lease> node_lease;
  std::vector<waiting_batch> waiting;
  size_t waiting_members = 0;
};

/// Spawn detached in production: the store blocks. Everything that waits in the mailbox when a
/// commit begins shares that commit, up to defaults::commit_group_max members; a batch that is
/// larger by itself is refused as overloaded.
ledger::behavior_type make_ledger(ledger::stateful_pointer<ledger_state> self,
                                  std::shared_ptr<storage::ledger_store> store,
                                  std::shared_ptr<lease> node_lease);

} // namespace supreme::actors
