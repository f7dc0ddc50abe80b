#include "actors/strategy/recovery.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <deque>
#include <memory>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using self_pointer = protocols::strategy::stateful_pointer<strategy_state>;

const config::strategy_settings& settings_of(const unit_context& context) {
  const auto* found =
    context.config->settings.find_strategy(trading::strategy_id{context.spec.subject});
  SUPREME_CHECK(found != nullptr, "a strategy unit is configured");
  return *found;
}

/// One recovery under way; its callbacks keep it alive.
struct recovery : std::enable_shared_from_this<recovery> {
  self_pointer self;
  trading::timestamp up_to;
  std::function<void()> recovered;
  std::function<void(const caf::error&)> failed;
  std::map<trading::slot_id, std::deque<storage::fill_row>> fills;
  uint64_t account_seq = 0;
  size_t slot = 0;
  trading::timestamp after;

  void read_fills() {
    auto& context = self->state.context;
    auto keep = shared_from_this();
    self
      ->request(context.books, limits::ledger_deadline,
                load_fills{settings_of(context).account, account_seq, limits::fills_batch_rows})
      .then([keep](const fill_rows& rows) { keep->take_fills(rows); },
            [keep](const caf::error& why) { keep->failed(why); });
  }

  void take_fills(const fill_rows& rows) {
    for (const auto& row : rows) {
      account_seq = row.account_seq;
      if (row.fill.event_time <= up_to)
        fills[row.slot].push_back(row);
    }
    if (rows.size() == limits::fills_batch_rows)
      read_fills();
    else
      read_bars();
  }

  void read_bars() {
    auto& st = self->state;
    if (slot == st.slots.size()) {
      recovered();
      return;
    }
    const auto& settings = settings_of(st.context);
    const auto* feed = st.context.config->settings.find_feed(settings.feed);
    SUPREME_CHECK(feed != nullptr, "a strategy's feed is configured");
    auto shard = shard_of(*feed, st.slots[slot].instrument());
    SUPREME_CHECK(shard.has_value(), "a feed has its strategies' instruments");
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, feed_unit(feed->name, *shard),
      [keep](const protocols::unit_address& found) { keep->ask_feed(found); },
      [keep](const caf::error& why) { keep->failed(why); });
  }

  void ask_feed(const protocols::unit_address& feed) {
    protocols::bar_query query{
      {self->state.slots[slot].instrument()}, after, up_to, limits::history_batch_bars};
    auto keep = shared_from_this();
    self
      ->request(caf::actor_cast<protocols::feed>(feed.handle), limits::history_deadline,
                protocols::history_atom_v, query)
      .then([keep](const protocols::bar_batch& batch) { keep->take_bars(batch); },
            [keep, unit = feed.unit](const caf::error& why) {
              keep->self->state.addresses.forget(keep->self, unit);
              keep->failed(why);
            });
  }

  void take_bars(const protocols::bar_batch& batch) {
    auto& target = self->state.slots[slot];
    auto& own = fills[target.id()];
    for (const auto& b : batch.bars) {
      for (; !own.empty() && own.front().fill.event_time <= b.close_time(); own.pop_front()) {
        const auto& after_fill = own.front().slot_after;
        target.on_fill({after_fill.size, after_fill.average_price()}, own.front().account_seq);
      }
      (void)target.on_bar(b);
      after = b.close_time();
    }
    if (batch.end_of_input) {
      ++slot;
      after = {};
    }
    read_bars();
  }
};

} // namespace

std::vector<trading::strategy_slot> make_slots(const unit_context& context) {
  const auto& settings = settings_of(context);
  const auto* kind = trading::find_strategy_kind(settings.kind);
  SUPREME_CHECK(kind != nullptr, "a configured strategy's kind exists");
  std::vector<trading::strategy_slot> slots;
  for (const auto& instrument : slots_of(settings, context.spec.index))
    slots.emplace_back(settings.id, settings.account, instrument, kind->make(settings.parameters));
  return slots;
}

void recover_slots(protocols::strategy::stateful_pointer<strategy_state> self,
                   trading::timestamp up_to, std::function<void()> recovered,
                   std::function<void(const caf::error&)> failed) {
  if (up_to == trading::timestamp{}) {
    recovered();
    return;
  }
  auto r = std::make_shared<recovery>();
  r->self = self;
  r->up_to = up_to;
  r->recovered = std::move(recovered);
  r->failed = std::move(failed);
  r->read_fills();
}

} // namespace supreme::actors
