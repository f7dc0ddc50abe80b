#include "actors/ledger/anchorer.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"

namespace supreme::actors {

namespace {

void sign_heads(anchorer_state& st) {
  try {
    st.file->append(st.heads->read());
    if (st.failing)
      log(log_level::info, anchorer_state::name, "anchors_back", "heads are signed again");
    st.failing = false;
  } catch (const storage::store_failure& why) {
    if (!st.failing)
      log(log_level::error, anchorer_state::name, "anchors_fail", why.what());
    st.failing = true;
  }
}

} // namespace

anchorer::behavior_type make_anchorer(anchorer::stateful_pointer<anchorer_state> self,
                                      std::shared_ptr<storage::audit_heads> heads,
                                      std::shared_ptr<storage::anchor_writer> file) {
  self->state.heads = std::move(heads);
  self->state.file = std::move(file);
  self->send(self, protocols::tick_atom_v);
  return {[self](protocols::tick_atom) {
    sign_heads(self->state);
    self->delayed_send(self, config::defaults::anchor_interval, protocols::tick_atom_v);
  }};
}

} // namespace supreme::actors
