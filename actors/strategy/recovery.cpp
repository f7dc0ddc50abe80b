#include "actors/strategy/recovery.hpp"

#include "config/defaults.hpp"
#include "config/strategy_instances.hpp"
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
  /// Of all slots of the unit, in account-event order.
  std::map<trading::slot_id, std::deque<storage::fill_row>> fills;
  uint64_t account_seq = 0;
  size_t slot = 0;
  /// The history of one instrument of the slot in hand, as far as it has been read.
  struct leg_history {
    std::deque<trading::bar> bars;
    trading::timestamp after;
    bool ended = false;
  };
  std::vector<leg_history> legs;

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

  /// Reads where bars are missing, replays what can be replayed, and goes on to the next slot.
  void read_bars() {
    auto& st = self->state;
    while (slot < st.slots.size()) {
      auto& target = st.slots[slot];
      legs.resize(target.legs().size());
      for (size_t l = 0; l < legs.size(); ++l) {
        if (legs[l].bars.empty() && !legs[l].ended) {
          find_feed(l);
          return;
        }
      }
      if (auto l = earliest_leg())
        replay_bar(target, *l);
      else
        next_slot();
    }
    recovered();
  }

  void next_slot() {
    ++slot;
    legs.clear();
  }

  /// The leg whose bar closes first; nothing when the history is over.
  [[nodiscard]] std::optional<size_t> earliest_leg() const {
    std::optional<size_t> first;
    for (size_t l = 0; l < legs.size(); ++l) {
      if (!legs[l].bars.empty()
          && (!first || legs[l].bars.front().close_time() < legs[*first].bars.front().close_time()))
        first = l;
    }
    return first;
  }

  void replay_bar(trading::strategy_slot& target, size_t leg) {
    auto& bars = legs[leg].bars;
    tell_fills(target, bars.front().close_time());
    std::vector<trading::signal> said_then;
    target.on_bar(leg, bars.front(), said_then);
    bars.pop_front();
  }

  /// Fills of all legs up to this time, in account-event order.
  void tell_fills(trading::strategy_slot& target, trading::timestamp time) {
    while (true) {
      std::deque<storage::fill_row>* next = nullptr;
      size_t of_leg = 0;
      for (size_t l = 0; l < target.legs().size(); ++l) {
        auto& own = fills[target.legs()[l].id];
        if (!own.empty() && own.front().fill.event_time <= time
            && (next == nullptr || own.front().account_seq < next->front().account_seq)) {
          next = &own;
          of_leg = l;
        }
      }
      if (next == nullptr)
        return;
      const auto& row = next->front();
      target.on_fill(of_leg, {row.slot_after.size, row.slot_after.average_price()},
                     row.account_seq);
      next->pop_front();
    }
  }

  void find_feed(size_t leg) {
    auto& st = self->state;
    const auto& settings = settings_of(st.context);
    const auto* feed = st.context.config->settings.find_feed(settings.feed);
    SUPREME_CHECK(feed != nullptr, "a strategy's feed is configured");
    auto shard = shard_of(*feed, st.slots[slot].legs()[leg].instrument);
    SUPREME_CHECK(shard.has_value(), "a feed has its strategies' instruments");
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, feed_unit(feed->name, *shard),
      [keep, leg](const protocols::unit_address& found) { keep->ask_feed(leg, found); },
      [keep](const caf::error& why) { keep->failed(why); });
  }

  void ask_feed(size_t leg, const protocols::unit_address& feed) {
    protocols::bar_query query{{self->state.slots[slot].legs()[leg].instrument},
                               legs[leg].after,
                               up_to,
                               limits::history_batch_bars};
    auto keep = shared_from_this();
    self
      ->request(caf::actor_cast<protocols::feed>(feed.handle), limits::history_deadline,
                protocols::history_atom_v, query)
      .then([keep, leg](const protocols::bar_batch& batch) { keep->take_bars(leg, batch); },
            [keep, unit = feed.unit](const caf::error& why) {
              keep->self->state.addresses.forget(keep->self, unit);
              keep->failed(why);
            });
  }

  void take_bars(size_t leg, const protocols::bar_batch& batch) {
    auto& history = legs[leg];
    history.bars.insert(history.bars.end(), batch.bars.begin(), batch.bars.end());
    if (!batch.bars.empty())
      history.after = batch.bars.back().close_time();
    history.ended = batch.end_of_input;
    read_bars();
  }
};

} // namespace

std::vector<trading::strategy_slot> make_slots(const unit_context& context) {
  const auto& settings = settings_of(context);
  const auto* kind = trading::find_strategy_kind(settings.kind);
  SUPREME_CHECK(kind != nullptr, "a configured strategy's kind exists");
  auto slots = trading::make_strategy_slots(settings.id, settings.account,
                                            config::instruments_of(settings, context.spec.index),
                                            *kind, settings.parameters);
  if (settings.size.mode == trading::sizing_mode::volatility_target)
    for (auto& slot : slots)
      slot.measure_volatility(settings.size.volatility_returns);
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
