#include "actors/venue/venue_host.hpp"

#include "actors/log.hpp"
#include "config/defaults.hpp"
#include "trading/check.hpp"

#include <map>

namespace supreme::actors {

namespace {

using protocols::venue_verdict;
using self_pointer = protocols::venue_port::stateful_pointer<venue_host_state>;

venue_verdict to_verdict(const venues::order_report& r) {
  if (r.refusal == venues::venue_refusal::session_superseded
      || r.refusal == venues::venue_refusal::not_logged_on)
    return venue_verdict::shut_out;
  if (r.refusal == venues::venue_refusal::window_closed)
    return venue_verdict::window_closed;
  return r.state == trading::order_state::rejected ? venue_verdict::rejected
                                                   : venue_verdict::accepted;
}

protocols::venue_report to_report(const venues::order_report& r) {
  protocols::venue_report report;
  report.order = r.id;
  report.verdict = to_verdict(r);
  report.state = r.state;
  report.venue_order = r.venue_id;
  report.filled = r.filled;
  report.reason = r.refusal == venues::venue_refusal::none ? "" : venues::to_string(r.refusal);
  return report;
}

protocols::venue_report not_found(const trading::client_order_id& id) {
  protocols::venue_report report;
  report.order = id;
  report.verdict = venue_verdict::not_found;
  return report;
}

venues::submit to_command(const protocols::venue_submit& s, const trading::order& o) {
  venues::submit c;
  c.account = s.account;
  c.session = s.session;
  c.id = o.id;
  c.instrument = o.instrument;
  c.direction = o.direction;
  c.type = o.type;
  c.size = o.size;
  c.limit_price = o.limit_price;
  c.stop_price = o.stop_price;
  c.slot = o.key.slot;
  c.reduce_only = o.reduce_only;
  c.valid_until_ns = s.valid_until_ns;
  return c;
}

protocols::venue_trade to_trade(const venues::venue_trade& t, const trading::venue_id& venue) {
  protocols::venue_trade out;
  out.seq = t.seq;
  out.fill = {venue, t.account, t.id,  t.order,     t.instrument, t.direction,
              t.at,  t.size,    t.fee, t.fee_asset, t.event_time};
  return out;
}

protocols::venue_stepped to_stepped(const venues::step_report& r, const trading::venue_id& venue) {
  protocols::venue_stepped out;
  out.step = r.number;
  std::map<trading::account_id, protocols::account_step> by_account;
  for (const auto& a : r.accounts) {
    by_account[a.account].trades.account = a.account;
    by_account[a.account].trades.last_seq = a.last_seq;
  }
  for (const auto& t : r.trades)
    by_account.at(t.account).trades.trades.push_back(to_trade(t, venue));
  for (const auto& o : r.ended)
    by_account.at(o.account).ended.push_back(to_report(o));
  for (auto& [account, moved] : by_account)
    out.accounts.push_back(std::move(moved));
  return out;
}

/// The engine with what the port needs around it.
class venue_desk {
public:
  venue_desk(venues::bar_venue& engine, trading::venue_id id, const process_clock& clock)
    : engine_(engine), id_(std::move(id)), clock_(clock) {}

  [[nodiscard]] std::vector<venues::answer> run(const std::vector<venues::command>& commands) {
    return engine_.handle(commands, clock_.wall().ns());
  }

  [[nodiscard]] protocols::venue_session log_on(const protocols::venue_logon& l) {
    auto answers =
      run({venues::logon{l.account, l.session}, venues::trades_after{l.account, 0, 1}});
    const auto& session = std::get<venues::logon_report>(answers[0]);
    return {l.account, session.current_session,
            std::get<venues::trades_report>(answers[1]).last_seq};
  }

  [[nodiscard]] protocols::venue_reports submit(const protocols::venue_submit& s) {
    std::vector<venues::command> commands;
    for (const auto& o : s.orders)
      commands.emplace_back(to_command(s, o));
    protocols::venue_reports out;
    out.current_session = s.session;
    for (const auto& a : run(commands))
      out.reports.push_back(to_report(std::get<venues::order_report>(a)));
    return out;
  }

  [[nodiscard]] protocols::venue_reports query(const protocols::venue_query& q) {
    std::vector<venues::command> commands;
    for (const auto& id : q.orders)
      commands.emplace_back(venues::query{q.account, id});
    protocols::venue_reports out;
    for (const auto& a : run(commands)) {
      const auto& r = std::get<venues::query_report>(a);
      out.current_session = r.current_session;
      out.reports.push_back(r.order ? to_report(*r.order) : not_found(r.id));
    }
    return out;
  }

  [[nodiscard]] protocols::venue_reports cancel(const protocols::venue_cancel& c) {
    auto answers = run({venues::cancel{c.account, c.session, c.order}});
    const auto& r = std::get<venues::cancel_report>(answers[0]);
    protocols::venue_reports out;
    out.current_session = r.current_session;
    out.reports.push_back(r.order ? to_report(*r.order) : not_found(c.order));
    if (r.refusal == venues::venue_refusal::session_superseded)
      out.reports.back().verdict = venue_verdict::shut_out;
    return out;
  }

  [[nodiscard]] protocols::venue_trades trades(const protocols::venue_trades_query& q) {
    auto answers = run({venues::trades_after{q.account, q.after_seq, q.limit}});
    const auto& r = std::get<venues::trades_report>(answers[0]);
    protocols::venue_trades out{q.account, r.last_seq, {}};
    for (const auto& t : r.trades)
      out.trades.push_back(to_trade(t, id_));
    return out;
  }

  [[nodiscard]] caf::result<protocols::venue_stepped> step(const protocols::venue_step& s) {
    auto answers = run({venues::step{s.id.run, s.id.step, s.id.event_time, s.bars}});
    const auto& r = std::get<venues::step_report>(answers[0]);
    if (r.refusal == venues::step_refusal::none)
      return to_stepped(r, id_);
    auto text = std::string{"the venue refuses step "} + std::to_string(s.id.step) + " of "
                + s.id.run + ": " + venues::to_string(r.refusal) + "; its last is "
                + std::to_string(r.last_step) + " of " + r.run;
    log(log_level::error, venue_host_state::name, "step_refused", text);
    return protocols::make_error(protocols::fault::bad_input, text);
  }

private:
  venues::bar_venue& engine_;
  trading::venue_id id_;
  const process_clock& clock_;
};

} // namespace

protocols::venue_port::behavior_type
make_venue_host(protocols::venue_port::stateful_pointer<venue_host_state> self,
                std::shared_ptr<venues::bar_venue> engine, trading::venue_id id,
                const process_clock* clock, std::function<void(const std::string&)> give_up) {
  self->state.engine = engine;
  auto desk = std::make_shared<venue_desk>(*engine, std::move(id), *clock);
  // A throw means that the file is in doubt: the process must end and open it again.
  self->set_exception_handler([give_up](std::exception_ptr& problem) -> caf::error {
    try {
      std::rethrow_exception(problem);
    } catch (const std::exception& why) {
      give_up(why.what());
      return caf::make_error(caf::sec::runtime_error, std::string{why.what()});
    }
  });
  return {
    [desk](const protocols::venue_logon& l) { return desk->log_on(l); },
    [desk](const protocols::venue_submit& s) { return desk->submit(s); },
    [desk](const protocols::venue_query& q) { return desk->query(q); },
    [desk](const protocols::venue_cancel& c) { return desk->cancel(c); },
    [desk](const protocols::venue_trades_query& q) { return desk->trades(q); },
    [desk](const protocols::venue_step& s) { return desk->step(s); },
  };
}

} // namespace supreme::actors
