#include "actors/ledger/ledger.hpp"

#include "config/defaults.hpp"
#include "protocols/interfaces.hpp"
#include "trading/check.hpp"

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = ledger::stateful_pointer<ledger_state>;

/// Marks the time spent inside the store, so that the heartbeat notices a database that hangs.
class store_visit {
public:
  explicit store_visit(lease& l) : lease_(l) { lease_.enter_ledger(); }
  ~store_visit() { lease_.leave_ledger(); }
  store_visit(const store_visit&) = delete;
  store_visit& operator=(const store_visit&) = delete;

private:
  lease& lease_;
};

caf::error to_fault(const storage::store_failure& why) {
  auto kind = why.kind() == storage::failure_kind::unknown ? protocols::fault::database_unknown
                                                           : protocols::fault::database;
  return protocols::make_error(kind, why.what());
}

/// Runs a read; its failure is an answer, not the end of the actor.
template <class T, class F>
caf::result<T> read(self_pointer self, F&& f) {
  store_visit visit{*self->state.node_lease};
  try {
    if constexpr (std::is_void_v<T>) {
      f(*self->state.store);
      return caf::unit;
    } else {
      return f(*self->state.store);
    }
  } catch (const storage::store_failure& why) {
    return to_fault(why);
  }
}

/// Every transaction is idempotent by its key, so running a group again whose COMMIT was lost reads
/// its members back.
outcomes commit_or_read_back(storage::ledger_store& store, const transactions& group) {
  try {
    return store.commit(group);
  } catch (const storage::store_failure& why) {
    if (why.kind() != storage::failure_kind::unknown)
      throw;
    try {
      return store.commit(group);
    } catch (const storage::store_failure& again) {
      // The first attempt may have committed, whatever became of the second.
      throw storage::store_failure(storage::failure_kind::unknown, again.what(), again.sqlstate());
    }
  }
}

void commit_waiting(self_pointer self) {
  auto& st = self->state;
  auto batches = std::exchange(st.waiting, {});
  st.waiting_members = 0;
  transactions group;
  for (auto& batch : batches)
    group.insert(group.end(), batch.members.begin(), batch.members.end());
  store_visit visit{*st.node_lease};
  try {
    auto done = commit_or_read_back(*st.store, group);
    SUPREME_CHECK(done.size() == group.size(), "a store answers every member of a group");
    auto next = done.begin();
    for (auto& batch : batches) {
      auto end = next + static_cast<std::ptrdiff_t>(batch.members.size());
      batch.promise.deliver(outcomes{std::make_move_iterator(next), std::make_move_iterator(end)});
      next = end;
    }
  } catch (const storage::store_failure& why) {
    for (auto& batch : batches)
      batch.promise.deliver(to_fault(why));
  }
}

caf::result<outcomes> enqueue(self_pointer self, transactions& members) {
  auto& st = self->state;
  if (members.empty())
    return outcomes{};
  if (self->mailbox().size() > limits::ledger_credit)
    return protocols::make_error(protocols::fault::overloaded,
                                 "the ledger has more to do than it may put off");
  if (members.size() > limits::commit_group_max)
    return protocols::make_error(protocols::fault::overloaded,
                                 "a batch has more members than one commit may");
  if (st.waiting_members + members.size() > limits::commit_group_max)
    commit_waiting(self);
  // The flush goes to the end of the mailbox: whatever is already there joins this commit.
  if (st.waiting.empty())
    self->send(self, protocols::tick_atom_v);
  auto promise = self->make_response_promise<outcomes>();
  st.waiting_members += members.size();
  st.waiting.push_back({std::move(members), promise});
  return promise;
}

} // namespace

ledger::behavior_type make_ledger(ledger::stateful_pointer<ledger_state> self,
                                  std::shared_ptr<storage::ledger_store> store,
                                  std::shared_ptr<lease> node_lease) {
  self->state.store = std::move(store);
  self->state.node_lease = std::move(node_lease);
  return {
    [self](transactions& members) { return enqueue(self, members); },
    [self](protocols::tick_atom) {
      if (!self->state.waiting.empty())
        commit_waiting(self);
    },
    [self](const load_account& q) {
      return read<storage::account_snapshot>(self,
                                             [&](auto& s) { return s.load_account(q.account); });
    },
    [self](const load_fills& q) {
      return read<fill_rows>(self,
                             [&](auto& s) { return s.fills_after(q.account, q.after, q.limit); });
    },
    [self](const load_events& q) {
      return read<storage::account_events>(
        self, [&](auto& s) { return s.events_after(q.account, q.after, q.limit); });
    },
    [self](const load_equity& q) {
      return read<equity_points>(
        self, [&](auto& s) { return s.equity_after(q.account, q.replay, q.after, q.limit); });
    },
    [self](const load_progress& q) {
      return read<storage::replay_progress>(self,
                                            [&](auto& s) { return s.load_progress(q.replay); });
    },
    [self](const open_account& q) {
      return read<void>(self, [&](auto& s) { s.open_account(q.account, q.venue, q.initial); });
    },
    [self](const storage::mode_change& change) {
      return read<storage::change_outcome>(self, [&](auto& s) { return s.change_mode(change); });
    },
  };
}

} // namespace supreme::actors
