#pragma once

#include "trading/market/instrument.hpp"
#include "trading/matching/bar_matching.hpp"
#include "trading/result.hpp"
#include "venues/simulated/ledger_file.hpp"
#include "venues/simulated/venue_books.hpp"
#include "venues/simulated/venue_messages.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace supreme::venues {

/// What accounts pay their buys from. An asset that is not named of an account that is: none. An
/// account that is not named has no limit, its balances may go below zero.
using account_deposits = std::map<trading::account_id, std::map<trading::asset_id, trading::money>>;

struct bar_venue_settings {
  trading::venue_id id;
  std::string ledger_file; ///< made when absent
  std::vector<trading::instrument> instruments;
  trading::execution_costs costs;
  account_deposits deposits;
};

/// A simulated exchange that matches orders against bars. Its ledger file is its only state: every
/// answer is given after what it says has been synced, so that killing the process at any moment
/// loses nothing that anybody was told, and a new process on the same file goes on where it
/// stopped.
///
/// Deterministic: the same commands in the same order give the same answers and the same file.
/// Blocking; one owner at a time.
class bar_venue {
public:
  /// Takes the ledger file for itself (a second process is refused) and rebuilds the books from it.
  /// A record that a crash left unfinished at the end is cut off; any other damage is definitive,
  /// and so is the ledger of another venue. Throws contract_violation when instruments repeat or
  /// have no steps.
  [[nodiscard]] static trading::result<std::unique_ptr<bar_venue>, ledger_defect>
  open(const bar_venue_settings& settings);

  bar_venue(const bar_venue&) = delete;
  bar_venue& operator=(const bar_venue&) = delete;

  /// Carries out the commands in order, with one sync for all of them unless they fill more than
  /// venue_ledger_batch_bytes; answers stand in the same order. Nothing is written when nothing
  /// changed. `now_ns` is process time (UTC, ns), compared with valid_until_ns only. Throws
  /// ledger_failure when the file cannot be written: what was asked is in doubt then, this object
  /// refuses all further work, and the process must end and open the file again.
  [[nodiscard]] std::vector<answer> handle(const std::vector<command>& commands, int64_t now_ns);

  /// What the venue holds, for summaries.
  [[nodiscard]] const venue_books& books() const noexcept { return books_; }
  /// Bytes that opening cut off the end of the file; 0 after a clean end.
  [[nodiscard]] uint64_t torn_bytes() const noexcept { return torn_bytes_; }

private:
  bar_venue(const bar_venue_settings& settings, ledger_file file, venue_books books,
            uint64_t torn_bytes);

  answer execute(const logon& c);
  answer execute(const submit& c);
  answer execute(const cancel& c);
  answer execute(const query& c) const;
  answer execute(const open_orders& c) const;
  answer execute(const trades_after& c) const;
  answer execute(const balances& c) const;
  answer execute(const step& c);

  [[nodiscard]] venue_refusal refuse_session(const trading::account_id& account,
                                             uint64_t session) const;
  [[nodiscard]] venue_refusal judge_order(const submit& c) const;
  [[nodiscard]] venue_refusal judge_amounts(const submit& c, const trading::instrument& i) const;
  [[nodiscard]] step_refusal judge_step(const step& c) const;
  [[nodiscard]] std::vector<order_execution> match(const step& c) const;
  [[nodiscard]] const order_report* find_order(const trading::account_id& account,
                                               const trading::client_order_id& id) const;
  [[nodiscard]] uint64_t session_of(const trading::account_id& account) const;

  /// Applies a fact to the books and to the batch that goes into the file.
  void record_fact(const record& r);
  void flush();

  trading::execution_costs costs_;
  account_deposits deposits_;
  std::map<trading::instrument_id, trading::instrument> instruments_;
  ledger_file file_;
  venue_books books_;
  uint64_t torn_bytes_ = 0;
  std::string batch_;  ///< facts that are not in the file yet
  int64_t now_ns_ = 0; ///< of the batch in hand
  bool failed_ = false;
};

/// Everything a ledger file says, for checks and for people.
struct ledger_contents {
  trading::venue_id venue;
  std::string run; ///< empty before the first step
  uint64_t last_step = 0;
  trading::timestamp event_time; ///< of the last step
  std::map<trading::account_id, uint64_t> sessions;
  std::vector<order_report> orders; ///< all ever recorded, refused ones included, as they came in
  std::vector<venue_trade> trades;  ///< all ever made, as they were made
  std::vector<balances_report> balances; ///< by account
  uint64_t torn_bytes = 0;               ///< of an unfinished record at the end, left alone

  friend bool operator==(const ledger_contents&, const ledger_contents&) = default;
};

/// Reads a ledger without changing or locking it, also while its venue runs: then up to the last
/// whole frame.
[[nodiscard]] trading::result<ledger_contents, ledger_defect> read_ledger(const std::string& path);

} // namespace supreme::venues
