#include "venues/simulated/bar_venue.hpp"

#include "config/defaults.hpp"
#include "trading/check.hpp"
#include "trading/matching/cash_limit.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace supreme::venues {

namespace {

namespace defaults = config::defaults;

bool is_printable(char c) { return c > ' ' && c <= '~'; }

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
         || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= defaults::name_length_max
         && std::ranges::all_of(text, is_printable);
}

bool is_client_order_id(std::string_view text) {
  return !text.empty() && text.size() <= defaults::client_order_id_length_max
         && std::ranges::all_of(text, is_id_character);
}

bool has_limit(trading::order_type t) {
  return t == trading::order_type::limit || t == trading::order_type::stop_limit;
}

bool has_stop(trading::order_type t) {
  return t == trading::order_type::stop || t == trading::order_type::stop_limit;
}

/// Whether the command can be written down at all. What arrives over a wire may carry any number.
bool is_well_formed(const submit& c) {
  return is_name(c.account.str()) && c.session > 0 && is_client_order_id(c.id.str())
         && is_name(c.instrument.str()) && c.direction >= trading::side::buy
         && c.direction <= trading::side::sell && c.type >= trading::order_type::market
         && c.type <= trading::order_type::stop_limit
         && (c.slot.empty() ? !c.reduce_only : is_name(c.slot.str()));
}

/// Whether a price is there exactly when its order type wants it, and positive.
bool is_right(bool wanted, const std::optional<trading::price>& p) {
  return p.has_value() == wanted && (!p || p->is_positive());
}

/// Whether the bar has closed at `time`. Written so that no time that a wire may carry overflows.
bool has_closed(const trading::bar& b, trading::timestamp time) {
  int64_t latest_open = 0;
  return !__builtin_sub_overflow(time.ns(), int64_t{b.interval.count()}, &latest_open)
         && b.open_time.ns() <= latest_open;
}

/// The refused order as the caller wrote it, when the venue keeps no trace of it.
order_report refuse_at_the_door(const submit& c, venue_refusal why) {
  order_report out;
  out.account = c.account;
  out.id = c.id;
  out.instrument = c.instrument;
  out.direction = c.direction;
  out.type = c.type;
  out.size = c.size;
  out.limit_price = c.limit_price;
  out.stop_price = c.stop_price;
  out.reduce_only = c.reduce_only;
  out.state = trading::order_state::rejected;
  out.refusal = why;
  out.session = c.session;
  return out;
}

/// Decodes a frame's records and applies them.
std::optional<std::string> apply_frame(venue_books& books, std::string_view payload) {
  while (!payload.empty()) {
    const auto r = decode(payload);
    if (!r)
      return "bytes that are no record";
    if (auto why = books.apply(*r))
      return why;
  }
  return std::nullopt;
}

} // namespace

trading::result<std::unique_ptr<bar_venue>, ledger_defect>
bar_venue::open(const bar_venue_settings& settings) {
  SUPREME_CHECK(is_name(settings.id.str()), "a venue has a name");
  venue_books books;
  auto file = ledger_file::open(
    settings.ledger_file, [&](std::string_view payload) { return apply_frame(books, payload); });
  if (!file)
    return file.error();
  if (books.opened() && books.opened()->venue != settings.id)
    return ledger_defect{settings.ledger_file, 0,
                         "the ledger of venue " + books.opened()->venue.str() + ", not of "
                           + settings.id.str()};
  auto [ledger, extent] = std::move(file).value();
  std::unique_ptr<bar_venue> venue{
    new bar_venue{settings, std::move(ledger), std::move(books), extent.torn_bytes}};
  if (!venue->books_.opened()) {
    venue->record_fact(ledger_opened{.venue = settings.id});
    venue->flush();
  }
  return venue;
}

bar_venue::bar_venue(const bar_venue_settings& settings, ledger_file file, venue_books books,
                     uint64_t torn_bytes)
  : costs_(settings.costs),
    deposits_(settings.deposits),
    file_(std::move(file)),
    books_(std::move(books)),
    torn_bytes_(torn_bytes) {
  for (const auto& i : settings.instruments) {
    SUPREME_CHECK(i.tick_size.is_positive() && i.lot_size.is_positive()
                    && !i.min_notional.is_negative(),
                  "an instrument has positive steps");
    SUPREME_CHECK(instruments_.emplace(i.id, i).second, "an instrument is listed once");
  }
}

std::vector<answer> bar_venue::handle(const std::vector<command>& commands, int64_t now_ns) {
  SUPREME_CHECK(!failed_, "a venue whose ledger is in doubt does no further work");
  // Stays set when anything below throws: the books may be ahead of the file then.
  failed_ = true;
  now_ns_ = now_ns;
  std::vector<answer> answers;
  answers.reserve(commands.size());
  for (const auto& c : commands) {
    answers.push_back(std::visit([this](const auto& content) { return execute(content); }, c));
    if (batch_.size() >= defaults::venue_ledger_batch_bytes)
      flush();
  }
  flush();
  failed_ = false;
  return answers;
}

void bar_venue::record_fact(const record& r) {
  encode(batch_, r);
  const auto complaint = books_.apply(r);
  SUPREME_CHECK(!complaint, complaint ? complaint->c_str() : "");
}

void bar_venue::flush() {
  if (batch_.empty())
    return;
  file_.append(batch_);
  batch_.clear();
}

const order_report* bar_venue::find_order(const trading::account_id& account,
                                          const trading::client_order_id& id) const {
  const auto* entry = books_.find_account(account);
  if (entry == nullptr)
    return nullptr;
  const auto found = entry->orders.find(id);
  return found == entry->orders.end() ? nullptr : &books_.order(found->second).report;
}

uint64_t bar_venue::session_of(const trading::account_id& account) const {
  const auto* entry = books_.find_account(account);
  return entry == nullptr ? 0 : entry->session;
}

venue_refusal bar_venue::refuse_session(const trading::account_id& account,
                                        uint64_t session) const {
  const uint64_t current = session_of(account);
  if (current == 0 || session > current)
    return venue_refusal::not_logged_on;
  return session < current ? venue_refusal::session_superseded : venue_refusal::none;
}

answer bar_venue::execute(const logon& c) {
  logon_report out;
  out.account = c.account;
  const uint64_t current = session_of(c.account);
  if (!is_name(c.account.str()) || c.session == 0)
    out.refusal = venue_refusal::malformed;
  else if (current == 0 && books_.accounts().size() >= defaults::venue_accounts_max)
    out.refusal = venue_refusal::too_many_accounts;
  else if (c.session < current)
    out.refusal = venue_refusal::session_superseded;
  else if (c.session > current)
    record_fact(session_opened{c.account, c.session});
  out.current_session = session_of(c.account);
  return out;
}

answer bar_venue::execute(const submit& c) {
  if (!is_well_formed(c))
    return refuse_at_the_door(c, venue_refusal::malformed);
  // Known ids come before the session: a report about an order is always the truth about that
  // order, whoever asks. A shut-out session must not read "rejected" of an order that rests.
  if (const auto* known = find_order(c.account, c.id)) {
    order_report out = *known;
    out.duplicate = true;
    return out;
  }
  if (const auto why = refuse_session(c.account, c.session); why != venue_refusal::none)
    return refuse_at_the_door(c, why);
  // As at real venues, a late request never becomes an order: its id stays free for the same order
  // sent in time.
  if (c.valid_until_ns && now_ns_ > *c.valid_until_ns)
    return refuse_at_the_door(c, venue_refusal::window_closed);
  order_received r;
  r.number = books_.orders().size() + 1;
  r.account = c.account;
  r.session = c.session;
  r.id = c.id;
  r.instrument = c.instrument;
  if (const auto i = instruments_.find(c.instrument); i != instruments_.end())
    r.quote = i->second.quote;
  r.direction = c.direction;
  r.type = c.type;
  r.size = c.size;
  r.limit_price = c.limit_price;
  r.stop_price = c.stop_price;
  r.slot = c.slot;
  r.reduce_only = c.reduce_only;
  r.refusal = judge_order(c);
  record_fact(r);
  return books_.order(r.number).report;
}

venue_refusal bar_venue::judge_order(const submit& c) const {
  const auto i = instruments_.find(c.instrument);
  if (i == instruments_.end())
    return venue_refusal::unknown_instrument;
  if (!c.size.is_positive())
    return venue_refusal::size_not_positive;
  if (!trading::is_multiple(c.size, i->second.lot_size))
    return venue_refusal::off_lot;
  if (!is_right(has_limit(c.type), c.limit_price) || !is_right(has_stop(c.type), c.stop_price))
    return venue_refusal::wrong_prices;
  if ((c.limit_price && !trading::is_multiple(*c.limit_price, i->second.tick_size))
      || (c.stop_price && !trading::is_multiple(*c.stop_price, i->second.tick_size)))
    return venue_refusal::off_tick;
  if (const auto why = judge_amounts(c, i->second); why != venue_refusal::none)
    return why;
  if (books_.find_account(c.account)->resting >= defaults::venue_open_orders_max)
    return venue_refusal::too_many_open_orders;
  return venue_refusal::none;
}

venue_refusal bar_venue::judge_amounts(const submit& c, const trading::instrument& i) const {
  auto at = c.limit_price ? c.limit_price : c.stop_price;
  if (!at)
    at = books_.last_close(c.instrument);
  // A market order before the first bar has no price to be judged at.
  if (!at)
    return venue_refusal::none;
  const auto notional = trading::checked_multiply(*at, c.size, trading::rounding::half_even);
  if (!notional)
    return venue_refusal::out_of_range;
  return *notional < i.min_notional ? venue_refusal::below_min_notional : venue_refusal::none;
}

answer bar_venue::execute(const cancel& c) {
  cancel_report out;
  out.account = c.account;
  out.id = c.id;
  out.refusal = refuse_session(c.account, c.session);
  out.current_session = session_of(c.account);
  const auto* known = find_order(c.account, c.id);
  if (out.refusal == venue_refusal::none && known == nullptr)
    out.refusal = venue_refusal::unknown_order;
  if (known == nullptr)
    return out;
  const uint64_t number = books_.find_account(c.account)->orders.at(c.id);
  if (out.refusal == venue_refusal::none && books_.resting().contains(number))
    record_fact(order_cancelled{number});
  out.order = books_.order(number).report;
  return out;
}

answer bar_venue::execute(const query& c) const {
  query_report out;
  out.account = c.account;
  out.id = c.id;
  out.current_session = session_of(c.account);
  if (const auto* known = find_order(c.account, c.id))
    out.order = *known;
  return out;
}

answer bar_venue::execute(const open_orders& c) const {
  open_orders_report out;
  out.account = c.account;
  out.current_session = session_of(c.account);
  for (const uint64_t number : books_.resting())
    if (const auto& report = books_.order(number).report; report.account == c.account)
      out.orders.push_back(report);
  return out;
}

answer bar_venue::execute(const trades_after& c) const {
  trades_report out;
  out.account = c.account;
  const auto* account = books_.find_account(c.account);
  if (account == nullptr)
    return out;
  out.last_seq = account->trades.size();
  const uint64_t limit = c.limit == 0 ? defaults::venue_page_rows_max
                                      : std::min<uint64_t>(c.limit, defaults::venue_page_rows_max);
  for (uint64_t seq = c.trade_seq; seq < out.last_seq && out.trades.size() < limit; ++seq)
    out.trades.push_back(books_.trades()[account->trades[seq]]);
  return out;
}

answer bar_venue::execute(const balances& c) const { return books_.balances_of(c.account); }

answer bar_venue::execute(const step& c) {
  const auto& last = books_.last_step();
  const auto refusal = judge_step(c);
  if (refusal == step_refusal::none && c.number != last.number)
    record_fact(step_taken{c, match(c)});
  if (refusal == step_refusal::none)
    return books_.last_report();
  step_report out;
  out.run = last.run;
  out.number = c.number;
  out.refusal = refusal;
  out.last_step = last.number;
  out.event_time = last.event_time;
  return out;
}

/// none for the next step and for an exact repetition of the last one.
step_refusal bar_venue::judge_step(const step& c) const {
  const auto& last = books_.last_step();
  if (!is_name(c.run) || c.number == 0 || c.bars.size() > defaults::venue_step_bars_max)
    return step_refusal::malformed;
  if (last.number > 0 && c.run != last.run)
    return step_refusal::other_run;
  if (c.number < last.number)
    return step_refusal::stale;
  if (c.number == last.number)
    return c == last ? step_refusal::none : step_refusal::content_differs;
  if (c.number > last.number + 1)
    return step_refusal::gap;
  if (last.number > 0 && c.event_time < last.event_time)
    return step_refusal::time_backwards;
  std::set<trading::instrument_id> seen;
  for (const auto& b : c.bars)
    if (!is_name(b.instrument.str()) || trading::find_defect(b) != trading::bar_defect::none
        || !has_closed(b, c.event_time) || !seen.insert(b.instrument).second)
      return step_refusal::bad_bar;
  return step_refusal::none;
}

namespace {

/// What one step does, tried on copies: the books stay as they are.
class step_matching {
public:
  step_matching(const venue_books& books,
                const std::map<trading::instrument_id, trading::instrument>& instruments,
                const trading::execution_costs& costs, const account_deposits& deposits,
                const step& c)
    : books_(books), instruments_(instruments), costs_(costs), deposits_(deposits), sums_(books) {
    for (const auto& b : c.bars)
      bars_.emplace(b.instrument, &b);
  }

  [[nodiscard]] std::vector<order_execution> run() {
    withdraw_entries();
    for (int turn = 0; turn < trading::bar_turns; ++turn)
      for (const uint64_t number : books_.resting())
        if (const auto& report = books_.order(number).report;
            trading::bar_turn(report.type, report.reduce_only) == turn)
          match(number);
    for (const uint64_t number : books_.resting())
      if (books_.order(number).report.reduce_only)
        cancel_if_pointless(number);
    return std::move(out_);
  }

private:
  using slot_key = std::pair<trading::account_id, trading::slot_id>;

  /// Ends entries whose slot has an exit that meets a bar, before anything fills.
  void withdraw_entries() {
    std::map<slot_key, std::vector<uint64_t>> exits;
    for (const uint64_t number : books_.resting()) {
      const auto& entry = books_.order(number);
      if (entry.report.reduce_only && meets_bar(entry))
        exits[{entry.report.account, entry.slot}].push_back(number);
    }
    if (exits.empty())
      return;
    for (const uint64_t number : books_.resting()) {
      const auto& entry = books_.order(number);
      const auto of_slot = exits.find({entry.report.account, entry.slot});
      if (of_slot == exits.end())
        continue;
      const bool is_withdrawn = std::ranges::any_of(of_slot->second, [&](uint64_t exit) {
        return exit > number && trading::withdraws(books_.order(exit).resting(), entry.resting());
      });
      if (is_withdrawn)
        end_untouched(entry, number, venue_refusal::withdrawn);
    }
  }

  [[nodiscard]] bool meets_bar(const venue_books::order_entry& entry) const {
    return bars_.contains(entry.report.instrument)
           && instruments_.contains(entry.report.instrument);
  }

  void match(uint64_t number) {
    const auto& entry = books_.order(number);
    if (!meets_bar(entry) || places_.contains(number)) // It was withdrawn.
      return;
    const auto& bar = *bars_.at(entry.report.instrument);
    const auto& traded = instruments_.at(entry.report.instrument);
    order_execution e;
    e.number = number;
    e.triggered = entry.triggered;
    auto* const opened = opened_by(entry);
    const auto whole = entry.resting();
    auto rest = whole;
    if (rest.reduce_only)
      rest.open_size = std::min(rest.open_size, opened->closable(rest.direction));
    const bool waits = opened != nullptr && !rest.reduce_only && opened->waits();
    if (rest.open_size.is_zero() || waits)
      return;
    try {
      const auto [done, all_paid] =
        pay(entry, trading::execute_on_bar(rest, bar, traded, costs_), traded.lot_size);
      e.triggered = done.triggered;
      if (done.size.is_positive() && !sums_.add(entry, done.size, done.at, done.fee)) {
        e.ending = venue_refusal::out_of_range;
      } else {
        if (done.size.is_positive()) {
          e.size = done.size;
          e.at = done.at;
          e.fee = done.fee;
          e.maker = done.maker;
        }
        if (!all_paid)
          e.ending = venue_refusal::unpaid;
      }
      if (opened != nullptr)
        *opened = after(*opened, whole, e);
    } catch (const std::overflow_error&) {
      // One order whose amounts no decimal can hold must not stop the market for all others.
      e.ending = venue_refusal::out_of_range;
      e.size = {};
      if (opened != nullptr)
        *opened = after(*opened, whole, e);
    }
    if (e.ending != venue_refusal::none || e.size.is_positive() || e.triggered != entry.triggered)
      tell(e);
  }

  void tell(const order_execution& e) {
    places_.emplace(e.number, out_.size());
    out_.push_back(e);
  }

  /// Ends an order of which nothing has been told in this step.
  void end_untouched(const venue_books::order_entry& entry, uint64_t number, venue_refusal why) {
    order_execution e;
    e.number = number;
    e.triggered = entry.triggered;
    e.ending = why;
    if (auto* const opened = opened_by(entry))
      *opened = after(*opened, entry.resting(), e);
    tell(e);
  }

  /// What the account's cash pays of a fill.
  trading::paid_execution pay(const venue_books::order_entry& entry,
                              const trading::bar_execution& done, trading::quantity lot) const {
    const auto& report = entry.report;
    const auto account = deposits_.find(report.account);
    if (account == deposits_.end()
        || !trading::is_paid_from_cash(report.direction, report.reduce_only))
      return {done};
    const auto deposit = account->second.find(entry.quote);
    const auto cash =
      sums_.cash_with(entry, deposit == account->second.end() ? trading::money{} : deposit->second);
    return cash ? trading::within_cash(done, *cash, lot, costs_) : trading::paid_execution{done};
  }

  static trading::opened_size after(trading::opened_size opened,
                                    const trading::resting_order& whole, const order_execution& e) {
    auto left = trading::as_slot_order(whole);
    if (e.size.is_positive())
      opened.fills(left, e.size);
    left.open_size -= e.size;
    if (e.ending != venue_refusal::none || left.open_size.is_zero())
      opened.ends(left);
    return opened;
  }

  void cancel_if_pointless(uint64_t number) {
    const auto& entry = books_.order(number);
    const auto known = places_.find(number);
    if (is_over(number) || opened_by(entry)->closable(entry.report.direction).is_positive()
        || has_entry_before(number, entry))
      return;
    if (known != places_.end()) {
      out_[known->second].ending = venue_refusal::nothing_to_close;
      return;
    }
    end_untouched(entry, number, venue_refusal::nothing_to_close);
  }

  /// Whether an order that is still at rest may open what this one closes.
  bool has_entry_before(uint64_t number, const venue_books::order_entry& entry) {
    if (!opened_by(entry)->has_entries(trading::opposite(entry.report.direction)))
      return false;
    return std::any_of(
      books_.resting().begin(), books_.resting().lower_bound(number), [&](uint64_t earlier) {
        const auto& other = books_.order(earlier);
        return other.report.account == entry.report.account && other.slot == entry.slot
               && !is_over(earlier) && trading::may_open_for(entry.resting(), other.resting());
      });
  }

  /// Whether what the step has done to an order leaves nothing of it.
  [[nodiscard]] bool is_over(uint64_t number) const {
    const auto known = places_.find(number);
    if (known == places_.end())
      return false;
    const auto& report = books_.order(number).report;
    const auto& done = out_[known->second];
    return done.ending != venue_refusal::none || done.size == report.size - report.filled;
  }

  /// Of the order's slot; nullptr for an order on its own.
  trading::opened_size* opened_by(const venue_books::order_entry& entry) {
    if (entry.slot.empty())
      return nullptr;
    const auto& account = *books_.find_account(entry.report.account);
    return &opened_.try_emplace({entry.report.account, entry.slot}, account.opened.at(entry.slot))
              .first->second;
  }

  const venue_books& books_;
  const std::map<trading::instrument_id, trading::instrument>& instruments_;
  const trading::execution_costs& costs_;
  const account_deposits& deposits_;
  trial_sums sums_;
  std::map<trading::instrument_id, const trading::bar*> bars_;
  std::map<std::pair<trading::account_id, trading::slot_id>, trading::opened_size> opened_;
  std::map<uint64_t, size_t> places_; ///< of orders in out_
  std::vector<order_execution> out_;
};

} // namespace

/// What the step does to the orders at rest, in the order of their turns and their acceptance.
/// Changes nothing.
std::vector<order_execution> bar_venue::match(const step& c) const {
  return step_matching{books_, instruments_, costs_, deposits_, c}.run();
}

trading::result<ledger_contents, ledger_defect> read_ledger(const std::string& path) {
  venue_books books;
  const auto extent =
    ledger_file::read(path, [&](std::string_view payload) { return apply_frame(books, payload); });
  if (!extent)
    return extent.error();
  ledger_contents out;
  out.torn_bytes = extent->torn_bytes;
  if (books.opened())
    out.venue = books.opened()->venue;
  out.run = books.last_step().run;
  out.last_step = books.last_step().number;
  out.event_time = books.last_step().event_time;
  for (const auto& [id, account] : books.accounts()) {
    out.sessions.emplace(id, account.session);
    out.balances.push_back(books.balances_of(id));
  }
  for (const auto& entry : books.orders())
    out.orders.push_back(entry.report);
  out.trades = books.trades();
  return out;
}

} // namespace supreme::venues
