#include "actors/executor/startup.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

namespace supreme::actors {

namespace {

namespace limits = config::defaults;
using stage = executor_state::stage;

/// Trades are numbered by the venue, gap-free per account; the id of a booked trade is that number.
uint64_t trade_number(const trading::trade_id& id) {
  uint64_t number = 0;
  const auto& text = id.str();
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

/// One start-up: venue → session → rows → what became of open orders → missing trades.
struct startup : std::enable_shared_from_this<startup> {
  executor_pointer self;
  std::vector<trading::order> asked;
  size_t next = 0;

  void find_venue() {
    auto& st = self->state;
    auto keep = shared_from_this();
    find_unit(
      self, st.addresses, st.context.names, venue_unit(account_of(st.context).venue),
      [keep](const protocols::unit_address& found) {
        keep->self->state.venue = caf::actor_cast<protocols::venue_port>(found.handle);
        keep->log_on();
      },
      [keep](caf::error& why) { keep->fail(why); });
  }

  void log_on() {
    auto& st = self->state;
    auto keep = shared_from_this();
    self
      ->request(st.venue, limits::venue_deadline,
                protocols::venue_logon{account_of(st.context).id, st.context.number})
      .then(
        [keep](const protocols::venue_session& s) {
          if (s.current == keep->self->state.context.number)
            keep->read_rows();
          else
            keep->fail(protocols::make_error(protocols::fault::venue,
                                             "a newer session is in force at the venue"));
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  void read_rows() {
    auto& st = self->state;
    auto keep = shared_from_this();
    self
      ->request(st.context.books, limits::ledger_deadline, load_account{account_of(st.context).id})
      .then(
        [keep](const storage::account_snapshot& rows) {
          for (const auto& o : rows.open_orders) {
            // An intent was never sent; it waits for its step to be asked for again.
            if (o.state != trading::order_state::intent)
              keep->asked.push_back(o.order);
          }
          keep->read_last_fill(rows.account_seq);
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  void read_last_fill(uint64_t account_seq) {
    auto& st = self->state;
    if (account_seq == 0) {
      ask_orders();
      return;
    }
    auto keep = shared_from_this();
    self
      ->request(st.context.books, limits::ledger_deadline,
                load_fills{account_of(st.context).id, account_seq - 1, 1})
      .then(
        [keep](const fill_rows& rows) {
          if (!rows.empty())
            keep->self->state.last_trade_seq = trade_number(rows.back().fill.id);
          keep->ask_orders();
        },
        [keep](const caf::error& why) { keep->fail(why); });
  }

  void ask_orders() {
    if (next == asked.size()) {
      ready();
      return;
    }
    auto& st = self->state;
    auto end = std::min(asked.size(), next + limits::commit_group_max);
    protocols::venue_query query{account_of(st.context).id, {}};
    for (auto i = next; i < end; ++i)
      query.orders.push_back(asked[i].id);
    next = end;
    auto keep = shared_from_this();
    self->request(st.venue, limits::venue_deadline, query)
      .then([keep](const protocols::venue_reports& answer) { keep->take(answer); },
            [keep](const caf::error& why) { keep->fail(why); });
  }

  void take(const protocols::venue_reports& answer) {
    auto& st = self->state;
    if (answer.current_session != st.context.number) {
      fail(
        protocols::make_error(protocols::fault::venue, "a newer session is in force at the venue"));
      return;
    }
    std::vector<protocols::venue_report> known;
    for (auto r : answer.reports) {
      // What a step ended at the venue, which gives a reason then, is told by that step's
      // settlement: after its trades, and at its time.
      const bool by_step =
        !r.reason.empty()
        && (r.state == trading::order_state::cancelled || r.state == trading::order_state::expired);
      if (by_step)
        r.state = trading::order_state::open;
      // Every earlier session is shut out: what the venue does not have now it never will.
      if (r.verdict == protocols::venue_verdict::not_found)
        st.orders[r.order] = stage::proven_unsent;
      else
        known.push_back(r);
    }
    auto keep = shared_from_this();
    if (known.empty())
      ask_orders();
    else
      store_reports(self, asked, known, [keep] { keep->ask_orders(); });
  }

  void ready() {
    self->state.ready = true;
    log(log_level::info, executor_state::name, "ready",
        "session " + std::to_string(self->state.context.number) + ", "
          + std::to_string(asked.size()) + " orders asked for");
  }

  void fail(const caf::error& why) {
    self->quit(
      protocols::make_error(protocols::fault::venue, "start-up: " + protocols::describe(why)));
  }
};

} // namespace

void start_up(executor_pointer self) {
  auto s = std::make_shared<startup>();
  s->self = self;
  s->find_venue();
}

} // namespace supreme::actors
