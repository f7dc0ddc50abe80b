#include "actors/replay/resume.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <memory>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;

/// One instrument of one feed shard whose last close is to be found.
struct stream {
  std::string unit;
  trading::instrument_id instrument;
};

struct resumption : std::enable_shared_from_this<resumption> {
  conductor::stateful_pointer<conductor_state> self;
  std::function<void()> resumed;
  std::function<void(const caf::error&)> failed;
  std::vector<stream> streams;
  size_t next = 0;
  trading::timestamp after;

  void read_progress() {
    auto& st = self->state;
    auto keep = shared_from_this();
    self->request(st.context.books, limits::ledger_deadline, load_progress{st.context.spec.subject})
      .then([keep](const storage::replay_progress& p) { keep->take(p); },
            [keep](const caf::error& why) { keep->failed(why); });
  }

  void take(const storage::replay_progress& p) {
    auto& st = self->state;
    st.step = p.step;
    st.event_time = p.event_time;
    st.finished = p.finished;
    st.merger = bar_merger{st.context.config->settings, p.event_time};
    log(log_level::info, conductor_state::name, "resuming", "after step " + std::to_string(p.step));
    if (p.step != 0)
      list_streams();
    read_marks();
  }

  void list_streams() {
    for (const auto& feed : self->state.context.config->settings.feeds) {
      for (uint32_t shard = 0; shard < feed.shards; ++shard) {
        for (const auto& id : symbols_of(feed, shard))
          streams.push_back({feed_unit(feed.name, shard), id});
      }
    }
  }

  void read_marks() {
    if (next == streams.size()) {
      resumed();
      return;
    }
    auto& st = self->state;
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, streams[next].unit,
      [keep](const protocols::unit_address& found) { keep->ask(found); },
      [keep](const caf::error& why) { keep->failed(why); });
  }

  void ask(const protocols::unit_address& feed) {
    protocols::bar_query query{
      {streams[next].instrument}, after, self->state.event_time, limits::history_batch_bars};
    auto keep = shared_from_this();
    self
      ->request(caf::actor_cast<protocols::feed>(feed.handle), limits::history_deadline,
                protocols::history_atom_v, query)
      .then([keep](const protocols::bar_batch& batch) { keep->take_bars(batch); },
            [keep](const caf::error& why) { keep->failed(why); });
  }

  void take_bars(const protocols::bar_batch& batch) {
    for (const auto& b : batch.bars) {
      self->state.marks[b.instrument] = {b.instrument, b.close, b.close_time()};
      after = b.close_time();
    }
    if (batch.end_of_input) {
      ++next;
      after = {};
    }
    read_marks();
  }
};

} // namespace

void resume_run(conductor::stateful_pointer<conductor_state> self, std::function<void()> resumed,
                std::function<void(const caf::error&)> failed) {
  auto r = std::make_shared<resumption>();
  r->self = self;
  r->resumed = std::move(resumed);
  r->failed = std::move(failed);
  r->read_progress();
}

} // namespace supreme::actors
