#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit and timeout of the system that is not a setting, each with the sentence that says
/// what it tunes. A queue, retry, string or payload without an entry here is a mistake. Durations
/// carry their unit in their type; sizes name theirs (`_bytes`, `_rows`, ...) and end in what they
/// bound (`_max`, `_default`).
namespace supreme::config::defaults {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Files and texts -----------------------------------------------------------------------------------------

/// A larger configuration file is refused before it is parsed.
inline constexpr size_t config_bytes_max = 1024 * 1024;
/// Problems of one file that are reported; a file with more has one cause that the first ones show.
inline constexpr size_t config_problems_max = 100;
/// Instruments, feeds, accounts, venues or strategies of one cluster file, each.
inline constexpr size_t config_entries_max = 10'000;
/// Bytes that an error message quotes of a wrong value.
inline constexpr size_t config_quote_bytes_max = 60;
/// A library of custom strategies is read as a whole for its hash; honest ones have some 100 KiB.
inline constexpr size_t plugin_bytes_max = 64 * 1024 * 1024;
/// What a custom strategy says about itself or a parameter: a line or two of a listing.
inline constexpr size_t plugin_text_bytes_max = 300;
/// Parameters of one custom strategy; whoever needs more has several strategies.
inline constexpr size_t plugin_parameters_max = 64;
/// Longest name of a node, feed, account, strategy or venue: they become part of unit names and SQL
/// keys.
inline constexpr size_t name_length_max = 40;
/// Longest path or host name that a configuration may give.
inline constexpr size_t path_length_max = 1024;
/// A longer line of a CSV file is refused; the longest honest bar row is far below 200 bytes.
inline constexpr size_t csv_line_bytes_max = 4096;
/// Rows of one CSV file that are accepted: 20 years of minute bars.
inline constexpr size_t csv_rows_max = 12'000'000;
/// Rows of one file of price factors that are accepted: one for each dividend and split.
inline constexpr size_t factor_rows_max = 100'000;
/// Rows of one file of ticks that are accepted: a year of a busy instrument.
inline constexpr size_t csv_ticks_max = 2'000'000'000;
/// Levels of changed depth that are kept for a snapshot that is older than they are; a snapshot
/// lags by a second or so, which is a few thousand.
inline constexpr size_t depth_replay_levels_max = 65'536;
/// Columns of a CSV file: bars have 5 to 10, and a line of commas is no table.
inline constexpr size_t csv_columns_max = 64;
/// Defects of one CSV file that are listed; the rest is only counted.
inline constexpr size_t csv_defects_max = 100;
/// Bytes that a defect quotes of the line it was found in.
inline constexpr size_t csv_quote_bytes_max = 80;
/// Bars of one file that a backtest keeps from checking the file to running over it, 48 MB of them;
/// a longer file is read a second time.
inline constexpr size_t bars_kept_max = 1'000'000;
/// Places of a bar file from which reading can go on without starting over; a compressed one costs
/// 48 KiB each.
inline constexpr size_t bar_file_marks_max = 64;
/// Rows between two such places of a file that is not longer than their number allows.
inline constexpr uint64_t bar_file_mark_rows = 2'048;
/// Venues cut or refuse longer client order ids (Binance's own limit is 36).
inline constexpr size_t client_order_id_length_max = 36;
/// A shard prefixes every client order id, next to an epoch and a number in base 36.
inline constexpr size_t shard_length_max = 8;
/// A signal's reason is one short sentence; it is stored with every decision.
inline constexpr size_t signal_reason_bytes_max = 120;
/// Inputs that one signal may carry along as its evidence.
inline constexpr size_t signal_inputs_max = 32;
/// A venue's reason for a rejection is stored up to this many bytes.
inline constexpr size_t venue_reason_bytes_max = 256;
/// The reason a person gives for halting or resuming.
inline constexpr size_t mode_reason_bytes_max = 500;
/// The name of a person or program that acts through the API or the command line.
inline constexpr size_t principal_length_max = 64;
/// Random bytes of an API token: 256 bits cannot be guessed.
inline constexpr size_t token_bytes = 32;
/// Random bytes of an API token's salt.
inline constexpr size_t token_salt_bytes = 16;
/// Tokens that one node file may list.
inline constexpr size_t tokens_max = 256;
/// Labels of a node, or of a placement.
inline constexpr size_t labels_max = 32;

// Database ------------------------------------------------------------------------------------------------

/// Transactions that share one commit: enough to hide the disk, few enough that one poisonous
/// member costs little.
inline constexpr size_t commit_group_max = 64;
/// Longer texts of actor events are cut: they are for people, and the row must stay small.
inline constexpr size_t event_detail_max = 2000;
/// Rows that one page of a view may hold.
inline constexpr size_t page_rows_max = 500;
/// Rows of a page when the caller does not say.
inline constexpr size_t page_rows_default = 100;
/// Rows of a page of configuration versions: each carries its whole text, of up to
/// config_bytes_max.
inline constexpr size_t config_page_rows_max = 20;
/// Defects that one verification lists; a rewritten trail would otherwise fill the memory.
inline constexpr size_t audit_defects_max = 100;
/// Rows that a verification fetches at once.
inline constexpr size_t audit_batch_rows = 5'000;
/// Fills that a portfolio or strategy reads at once when it catches up.
inline constexpr size_t fills_batch_rows = 500;
/// Entries of an account's history, and equity samples, that a guard reads at once when it catches
/// up; an entry is about two kilobytes.
inline constexpr size_t guard_events_rows = 500;
inline constexpr size_t guard_equity_rows = 10'000;
/// How long a statement may run before the server cancels it; a blocked ledger is worse than a
/// failed commit.
inline constexpr milliseconds statement_timeout{5'000};
/// How long a statement may wait for a row lock.
inline constexpr milliseconds lock_timeout{2'000};
/// A client that stops inside a transaction loses it after this long, so that its locks cannot
/// block a takeover.
inline constexpr milliseconds idle_in_transaction_timeout{2'000};
/// As statement_timeout, for people's reads and verification, which walk whole tables.
inline constexpr milliseconds reader_statement_timeout{30'000};
/// As statement_timeout, for `audit verify`, which reads everything in one snapshot.
inline constexpr milliseconds audit_statement_timeout{600'000};
/// As statement_timeout, for one migration step.
inline constexpr milliseconds migration_statement_timeout{300'000};
/// How long opening a connection may take before the server counts as unreachable.
inline constexpr seconds database_connect_timeout{3};
/// A server that answers nothing for this long has its socket shut down (libpq itself would block
/// for ever).
inline constexpr milliseconds database_watchdog{8'000};

// Lease ---------------------------------------------------------------------------------------------------

/// Shortest lease that a configuration may ask for; below it, ordinary scheduling delays look like
/// death.
inline constexpr milliseconds lease_ttl_min{500};
/// Longest lease: units of a dead node stay without an owner for this long.
inline constexpr milliseconds lease_ttl_max{60'000};

// Mesh ----------------------------------------------------------------------------------------------------

/// How often CAF probes a peer; CAF's own default is never.
inline constexpr milliseconds mesh_heartbeat{500};
/// A peer that is silent for this long is disconnected; four heartbeats, because one I/O thread
/// serves all peers.
inline constexpr milliseconds mesh_connection_timeout{2'000};
/// Worker threads of the scheduler: more halve the throughput of small machines.
inline constexpr size_t scheduler_threads_max = 2;
/// Messages that one actor may handle before it yields its worker.
inline constexpr size_t scheduler_throughput_max = 100;
/// A probe's own TCP connect to a peer; CAF connects one at a time and would block all others on a
/// dead host.
inline constexpr milliseconds mesh_probe_timeout{1'000};
/// How long a peer may take to answer the hello.
inline constexpr milliseconds mesh_hello_deadline{2'000};
/// Largest serialised message between nodes; larger ones would delay heartbeats on the shared link.
inline constexpr size_t message_bytes_max = 64 * 1024;

// Supervision ---------------------------------------------------------------------------------------------

/// An actor that ends more often than this within restart_window is not restarted again.
inline constexpr uint32_t restarts_max = 3;
/// The window in which restarts_max counts.
inline constexpr seconds restart_window{60};
/// Claims that a node has on their way at a time: far fewer than a lease has milliseconds, because
/// heartbeats queue behind them.
inline constexpr size_t claims_at_once = 256;
/// First wait before something is tried again; the ceiling of each further wait doubles
/// (backoff.hpp adds the jitter).
inline constexpr milliseconds backoff_initial{100};
/// Growth of the wait between two tries.
inline constexpr uint32_t backoff_factor = 2;
/// Longest wait between two tries.
inline constexpr milliseconds backoff_max{10'000};
/// What a process ends with when supervision gives up, so that its own supervisor restarts it.
inline constexpr int exit_supervision_exhausted = 70;
/// An ordered stop that takes longer ends with _exit: correctness never depends on it.
inline constexpr seconds shutdown_watchdog{10};
/// How long a strategy may take to drain when it moves or is rescaled.
inline constexpr milliseconds drain_deadline{5'000};

// Requests between actors ---------------------------------------------------------------------------------

/// How long a caller waits for a ledger commit; afterwards the outcome is unknown and is read back
/// from the rows.
inline constexpr milliseconds ledger_deadline{5'000};
/// How long the executor waits for the venue's answer; afterwards the order is UNKNOWN and is asked
/// for.
inline constexpr milliseconds venue_deadline{2'000};
/// How long the conductor waits for one phase of a step before it repeats that phase to the current
/// owners.
inline constexpr milliseconds step_deadline{5'000};
/// How long finding the owner of a unit may take.
inline constexpr milliseconds resolve_deadline{1'000};
/// How long a feed may take to answer a history request.
inline constexpr milliseconds history_deadline{5'000};
/// How long the gateway waits for an actor before it answers 503.
inline constexpr milliseconds gateway_deadline{3'000};

// Flow ----------------------------------------------------------------------------------------------------

/// Bars in one history answer.
inline constexpr size_t history_batch_bars = 256;
/// Bars in one batch from a feed to the conductor; about 20 KB on the wire.
inline constexpr size_t feed_batch_bars = 256;
/// Signals of one step that a guard decides; a step with more is refused at the source.
inline constexpr size_t guard_credit = 16'384;
/// Fills on their way into a portfolio before the executor stops reading the venue.
inline constexpr size_t portfolio_credit = 256;
/// How often one booking is computed anew because the rows were not what the portfolio remembered.
inline constexpr size_t booking_attempts_max = 5;
/// Requests that may wait for a node's ledger; a fuller one answers `overloaded`.
inline constexpr size_t ledger_credit = 4'096;
/// Orders in one message from a guard to its executor, which stays below message_bytes_max.
inline constexpr size_t approved_batch_orders = 128;

// Orders --------------------------------------------------------------------------------------------------

/// Longest receive window: a zombie's order may still arrive for this long, so it must stay short.
inline constexpr milliseconds receive_window_max{60'000};
/// Orders or trades in one answer of a venue.
inline constexpr size_t venue_page_rows_max = 1'000;
/// Trades that an executor asks for at once, so that an answer stays below message_bytes_max.
inline constexpr size_t venue_trades_batch = 128;
/// Accounts of one simulated venue.
inline constexpr size_t venue_accounts_max = 1'024;
/// Orders of one account that may rest at the simulated venue; further ones are rejected.
inline constexpr size_t venue_open_orders_max = 1'000;
/// Bars in one step of the simulated venue: one for each instrument that a cluster may have.
inline constexpr size_t venue_step_bars_max = 10'000;
/// Bytes of one synced batch in the simulated venue's ledger; a longer one is damage.
inline constexpr size_t venue_ledger_frame_bytes_max = 64 * 1024 * 1024;
/// A batch of commands that has grown to this many bytes goes into the simulated venue's ledger
/// before it grows on.
inline constexpr size_t venue_ledger_batch_bytes = 1024 * 1024;
/// Checkpoints of a generated market from which its bars can be made again.
inline constexpr size_t generator_checkpoints_max = 4'096;
/// Bars between two such checkpoints of a market that is not longer than their number allows.
inline constexpr uint64_t generator_checkpoint_bars = 1'024;

// HTTP gateway --------------------------------------------------------------------------------------------

/// Request line and headers of one request.
inline constexpr size_t http_header_bytes_max = 8 * 1024;
/// Body of one request, except a configuration, which may be config_bytes_max.
inline constexpr size_t http_body_bytes_max = 64 * 1024;
/// How long a client may take to send a request or to read its answer.
inline constexpr seconds http_timeout{10};
/// How long an idle connection is kept.
inline constexpr seconds http_idle_timeout{30};
/// Connections that one gateway serves at a time; further ones are refused at once.
inline constexpr size_t http_connections_max = 256;
/// Nesting of a JSON body.
inline constexpr size_t json_depth_max = 16;
/// Wrong tokens from one address within http_lockout_window before it is locked out.
inline constexpr uint32_t http_failures_max = 10;
/// The window in which http_failures_max counts, and how long the lockout lasts.
inline constexpr seconds http_lockout_window{60};
/// Addresses whose wrong tokens are counted at a time; the one that failed longest ago is forgotten
/// first.
inline constexpr size_t http_lockout_addresses_max = 1'024;
/// Longest bearer token that is compared at all; ours have 64 characters.
inline constexpr size_t http_token_length_max = 256;
/// Connections beyond http_connections_max that are told so at a time; further ones are closed
/// without a word.
inline constexpr size_t http_refusals_max = 32;
/// Pause before accepting again after the process has run out of file descriptors.
inline constexpr milliseconds http_accept_pause{100};
/// Reads that wait for the database at a time; further ones are answered 503.
inline constexpr size_t http_reads_waiting_max = 64;
/// Halts and resumes that wait for the database at a time. They have a queue of their own, so that
/// no read delays a halt.
inline constexpr size_t http_commands_waiting_max = 16;
/// How long the rest of a refused request is read and dropped, so that the client sees the answer
/// and not a reset.
inline constexpr milliseconds http_linger{1'000};
/// Bytes of a refused request that are read and dropped.
inline constexpr size_t http_linger_bytes_max = 256 * 1024;
/// How long a stopping gateway waits for requests that are being answered.
inline constexpr milliseconds http_drain_deadline{2'000};
/// When a client that was answered 503 may try again.
inline constexpr seconds http_retry_after{1};
/// How long one answer about readiness serves everybody who asks, because asking needs no token.
inline constexpr milliseconds http_readiness_age_max{500};
/// Parameters of one query string.
inline constexpr size_t http_query_parameters_max = 16;
/// Bytes of one value in a query string, decoded. A cursor holds a row's whole key in hexadecimal.
inline constexpr size_t http_query_value_bytes_max = 2'048;
/// Request ids of clients that are longer are replaced by our own.
inline constexpr size_t http_request_id_length_max = 64;
/// Idempotency keys are at most this long.
inline constexpr size_t idempotency_key_length_max = 64;
/// Idempotency keys that one gateway remembers with their answers; the oldest is forgotten first.
inline constexpr size_t idempotency_keys_max = 1'024;

// Audit ---------------------------------------------------------------------------------------------------

/// How often each node signs the heads of the audit streams into its anchor file.
inline constexpr seconds anchor_interval{10};

// Certificates --------------------------------------------------------------------------------------------

/// Days that an issued node certificate is valid unless told otherwise.
inline constexpr uint32_t certificate_days_default = 825;
/// Longest validity that may be asked for.
inline constexpr uint32_t certificate_days_max = 3'650;
/// Days that the node CA is valid.
inline constexpr uint32_t authority_days = 3'650;

} // namespace supreme::config::defaults
