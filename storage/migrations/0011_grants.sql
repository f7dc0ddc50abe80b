-- Who may do what. The writer runs the transaction functions and reads; it has no right to change any row by itself.
-- The reader sees the views, the auditor every table. Functions are executable by everybody unless that is taken away.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit, cluster, market, trading FROM PUBLIC;
REVOKE ALL ON ALL PROCEDURES IN SCHEMA audit, cluster, market, trading FROM PUBLIC;

GRANT USAGE ON SCHEMA audit, cluster, market, trading TO supreme_writer, supreme_reader, supreme_auditor;

GRANT SELECT ON ALL TABLES IN SCHEMA audit, cluster, market, trading TO supreme_writer, supreme_auditor;
GRANT INSERT ON market.bars, market.quarantine TO supreme_writer;
GRANT INSERT, UPDATE ON market.instruments TO supreme_writer;

GRANT EXECUTE ON FUNCTION
  trading.commit_group(text[], text[], text[]), trading.park(text, text, text, text), trading.open_account(text, text, jsonb),
  trading.change_mode(text, text, text, text, text), trading.find_order(text), trading.load_account(text),
  trading.fills_after(text, bigint, bigint), trading.account_names(), trading.load_progress(text),
  cluster.register_node(jsonb), cluster.renew(text, bigint, bigint, bigint), cluster.view(),
  cluster.leave(text, bigint), cluster.claim(text, text, bigint), cluster.release(text, text, bigint, bigint),
  cluster.next_incarnation(), cluster.apply_config(text, text, text, bigint), cluster.config(bigint),
  cluster.record_event(text, bigint, text, text, bigint, text)
TO supreme_writer;

GRANT SELECT ON
  trading.v_positions, trading.v_slots, trading.v_balances, trading.v_trades, trading.v_orders, trading.v_signals,
  trading.v_refusals, trading.v_equity, trading.v_modes, trading.v_mode_changes, trading.v_parked, trading.v_quarantine,
  trading.v_why, cluster.v_nodes, cluster.v_units, cluster.v_node_history, cluster.v_actor_history,
  cluster.v_config_versions, audit.v_log, audit.v_changes, market.instruments, market.bars, market.quarantine
TO supreme_reader;
-- A view runs with its owner's rights on tables, but a function in it with the rights of whoever reads the view.
GRANT EXECUTE ON FUNCTION
  trading.why(text), trading.summary(), trading.quotient(numeric, numeric), trading.at_ns(bigint),
  trading.iso(timestamptz), trading.plain(numeric)
TO supreme_reader, supreme_writer, supreme_auditor;
