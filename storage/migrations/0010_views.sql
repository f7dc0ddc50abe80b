-- What people read. One view answers one question; COMMENT says which. Decimals keep eight digits; event times are given as
-- a timestamp for reading and in nanoseconds for comparing.
CREATE INDEX signals_by_time ON trading.signals (recorded_at);
CREATE INDEX fills_by_time ON trading.fills (recorded_at);

CREATE FUNCTION trading.at_ns(ns bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN timestamptz '1970-01-01 00:00:00+00' + ns / 1000 * interval '1 microsecond';

-- ISO 8601 in UTC, for times inside JSON, which would otherwise follow the session's time zone.
CREATE FUNCTION trading.iso(t timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- a / b rounded half-even to eight digits, as trading::divide does; 0 when b is 0.
CREATE FUNCTION trading.quotient(a numeric, b numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  numerator constant numeric := abs(a) * 100000000;
  whole numeric;
  twice_rest numeric;
BEGIN
  IF b = 0 THEN
    RETURN 0;
  END IF;
  whole := div(numerator, abs(b));
  twice_rest := (numerator - whole * abs(b)) * 2;
  IF twice_rest > abs(b) OR (twice_rest = abs(b) AND whole % 2 = 1) THEN
    whole := whole + 1;
  END IF;
  RETURN whole * 0.00000001 * sign(a) * sign(b);
END
$$;

CREATE VIEW trading.v_positions AS
  SELECT account, instrument, size, trading.quotient(cost, size) AS average_price, cost, realised_gross, fees_quote,
         realised_gross - fees_quote AS realised_net, fill_count, reserved_buy, reserved_sell, updated_at
  FROM trading.positions;
COMMENT ON VIEW trading.v_positions IS
  'What do I hold? One row per account and instrument: signed size at average cost, realised profit, what open orders have reserved.';

CREATE VIEW trading.v_slots AS
  SELECT account, slot, instrument, size, trading.quotient(cost, size) AS average_price, cost, realised_gross, fees_quote,
         realised_gross - fees_quote AS realised_net, fill_count, updated_at
  FROM trading.slots;
COMMENT ON VIEW trading.v_slots IS
  'What does each strategy hold? One row per slot (strategy and instrument); the slots of an instrument add up to its position.';

CREATE VIEW trading.v_balances AS
  SELECT account, asset, amount, reserved, amount - reserved AS free, updated_at FROM trading.balances;
COMMENT ON VIEW trading.v_balances IS 'How much of each asset is there, and how much of it have open orders reserved?';

CREATE VIEW trading.v_trades AS
  SELECT f.recorded_at, trading.at_ns(f.event_time_ns) AS event_time, f.event_time_ns, f.account, f.venue, f.trade_id, f.order_id,
         f.slot, f.instrument, f.direction, f.price, f.size, f.fee, f.fee_asset, f.account_seq, f.position_size,
         f.position_realised, f.slot_size, f.slot_realised, f.portfolio_epoch, f.node
  FROM trading.fills f;
COMMENT ON VIEW trading.v_trades IS
  'What did I trade? One row per execution, with the position of the account and of the slot after it.';

CREATE VIEW trading.v_orders AS
  SELECT o.number, o.id, o.account, o.strategy, o.slot, o.instrument, o.venue, o.direction, o.type, o.size, o.filled, o.state,
         o.decision_price, o.limit_price, o.stop_price, o.reserved_quantity, o.reserved_cash, o.venue_order, o.reason, o.cause,
         o.leg, o.child, trading.at_ns(o.event_time_ns) AS event_time, o.event_time_ns, o.incarnation, o.valid_until,
         o.guard_epoch, o.node, o.recorded_at, o.updated_at,
         (SELECT json_agg(json_build_object('at', trading.iso(e.recorded_at), 'kind', e.kind, 'from', e.from_state, 'to', e.to_state,
                                            'detail', e.detail, 'actor', e.actor, 'node', e.node) ORDER BY e.seq)
            FROM trading.order_events e WHERE e.order_id = o.id) AS life
  FROM trading.orders o;
COMMENT ON VIEW trading.v_orders IS
  'Which orders were made, where do they stand, and how did they get there? `life` lists every change with its time and actor.';

CREATE VIEW trading.v_signals AS
  SELECT s.recorded_at, trading.at_ns(s.event_time_ns) AS event_time, s.event_time_ns, s.strategy, s.account, s.slot,
         s.instrument, s.wanted, s.reference_price, s.reason, s.inputs, s.cause, s.leg, s.child, v.refusal, v.order_id,
         s.seen_account_seq, s.strategy_epoch, s.node
  FROM trading.signals s JOIN trading.verdicts v USING (slot, cause, leg, child);
COMMENT ON VIEW trading.v_signals IS
  'What did the strategies want, why, and what became of it? `inputs` are the numbers the reason rests on; refusal is "none" for an order.';

CREATE VIEW trading.v_refusals AS
  SELECT v.recorded_at, trading.at_ns(s.event_time_ns) AS event_time, v.account, s.strategy, v.slot, s.instrument, v.refusal,
         v.decided_by, c.failed ->> 'limit' AS limit_value, c.failed ->> 'seen' AS seen_value, s.wanted, s.reason, v.cause, v.leg,
         v.child, v.checks, v.config_version, v.guard_epoch, v.node
  FROM trading.verdicts v JOIN trading.signals s USING (slot, cause, leg, child)
  LEFT JOIN LATERAL (SELECT x AS failed FROM jsonb_array_elements(v.checks) x WHERE NOT (x ->> 'passed')::boolean LIMIT 1) c ON true
  WHERE v.refusal <> 'none';
COMMENT ON VIEW trading.v_refusals IS
  'What was refused, by which check, at which limit? decided_by says whether the guard''s checks or the rows themselves refused.';

CREATE VIEW trading.v_equity AS
  SELECT e.id, e.account, e.replay, e.step, trading.at_ns(e.event_time_ns) AS event_time, e.event_time_ns, e.equity, e.cash,
         e.recorded_at
  FROM trading.equity e;
COMMENT ON VIEW trading.v_equity IS 'How did the equity of each account move? One row per account and finished step.';

CREATE VIEW trading.v_modes AS
  SELECT scope, name, mode, principal, reason, tightened_by, updated_at FROM trading.modes;
COMMENT ON VIEW trading.v_modes IS
  'What is halted or reducing now, since when, by whom and why? The strictest of all scopes an order belongs to is in force.';

CREATE VIEW trading.v_mode_changes AS
  SELECT id, recorded_at, scope, name, from_mode, to_mode, principal, reason FROM trading.mode_changes;
COMMENT ON VIEW trading.v_mode_changes IS 'Who halted or resumed what, when and why?';

CREATE VIEW trading.v_parked AS
  SELECT id, recorded_at, kind, account, reason, member FROM trading.parked;
COMMENT ON VIEW trading.v_parked IS
  'Which transactions did the database refuse outright? Each is a fault of the program and needs a person.';

CREATE VIEW trading.v_quarantine AS
  SELECT id, recorded_at, trading.at_ns(event_time_ns) AS event_time, venue, account, trade_id, order_id, instrument, direction,
         price, size, fee, fee_asset, reason, portfolio_epoch, node
  FROM trading.quarantine_fill;
COMMENT ON VIEW trading.v_quarantine IS
  'Which fills fit no order of ours, or contradict one? They change nothing until a reconciliation explains them.';

CREATE VIEW cluster.v_nodes AS
  SELECT n.node, n.incarnation, CASE WHEN n.state = 'live' AND n.expires_at <= clock_timestamp() THEN 'expired' ELSE n.state END AS state,
         n.host, n.port, n.build, n.config_version, n.labels, n.registered_at, n.renewed_at, n.expires_at, n.ended_at,
         (SELECT count(*) FROM cluster.units u WHERE u.holder_incarnation = n.incarnation) AS units
  FROM cluster.nodes n;
COMMENT ON VIEW cluster.v_nodes IS 'Which nodes are there, and when were they last heard of? One row per start of a node.';

CREATE VIEW cluster.v_units AS
  SELECT u.unit, u.holder AS node, u.holder_incarnation AS incarnation, u.epoch, u.changed_at,
         EXISTS (SELECT 1 FROM cluster.nodes n WHERE n.incarnation = u.holder_incarnation AND n.state = 'live'
                                                 AND n.expires_at > clock_timestamp()) AS held
  FROM cluster.units u;
COMMENT ON VIEW cluster.v_units IS 'Which node runs which unit, in which epoch?';

CREATE VIEW cluster.v_node_history AS
  SELECT id, recorded_at, node, incarnation, kind, unit, epoch, detail FROM cluster.node_events;
COMMENT ON VIEW cluster.v_node_history IS
  'Which node ran what, when? Registrations, deaths, departures, and every unit that was claimed or released.';

CREATE VIEW cluster.v_actor_history AS
  SELECT id, recorded_at, node, incarnation, actor, kind, epoch, detail FROM cluster.actor_events;
COMMENT ON VIEW cluster.v_actor_history IS 'What happened to each actor? Starts, crashes, restarts, quarantines, poison messages.';

CREATE VIEW cluster.v_config_versions AS
  SELECT version, recorded_at, applied_by, sha256, text FROM cluster.config_versions;
COMMENT ON VIEW cluster.v_config_versions IS 'Which configuration was in force when, and who applied it?';

CREATE VIEW audit.v_log AS
  SELECT stream, seq, at, node, epoch, actor, kind, convert_from(payload, 'UTF8')::json AS payload, encode(hash, 'hex') AS hash
  FROM audit.log;
COMMENT ON VIEW audit.v_log IS 'The audit trail in readable form. One stream per account, replay, and for modes, configuration and cluster.';

CREATE VIEW audit.v_changes AS
  SELECT at, stream, seq, actor, node, epoch, kind, payload FROM audit.v_log WHERE stream IN ('modes', 'config', 'cluster');
COMMENT ON VIEW audit.v_changes IS
  'Who changed what? Modes, configuration versions, nodes and the epochs of units, as the audit trail has them.';

-- Everything that led to an order and came of it: one row per thing that happened.
CREATE VIEW trading.v_why AS
  SELECT o.id AS order_id, e.at, e.sort, e.what, e.who, e.node, e.epoch, e.detail
  FROM trading.orders o
  CROSS JOIN LATERAL (
    SELECT s.recorded_at AS at, 0::bigint AS sort, 'signal' AS what, s.strategy AS who, s.node, s.strategy_epoch AS epoch,
           json_build_object('slot', s.slot, 'cause', s.cause, 'leg', s.leg, 'child', s.child, 'instrument', s.instrument,
             'wanted', s.wanted, 'reference_price', trading.plain(s.reference_price), 'reason', s.reason, 'inputs', s.inputs,
             'event_time', trading.iso(trading.at_ns(s.event_time_ns)), 'seen_account_seq', s.seen_account_seq::text) AS detail
      FROM trading.signals s WHERE (s.slot, s.cause, s.leg, s.child) = (o.slot, o.cause, o.leg, o.child)
    UNION ALL
    SELECT v.recorded_at, 1, 'verdict', 'guard/' || v.account, v.node, v.guard_epoch,
           json_build_object('refusal', v.refusal, 'decided_by', v.decided_by, 'direction', v.direction, 'size', trading.plain(v.size),
             'mark', trading.plain(v.mark), 'worst_price', trading.plain(v.worst_price), 'reserve_cash', trading.plain(v.reserve_cash),
             'max_position', trading.plain(v.max_position), 'allow_short', v.allow_short,
             'config_version', v.config_version::text, 'checks', v.checks)
      FROM trading.verdicts v WHERE (v.slot, v.cause, v.leg, v.child) = (o.slot, o.cause, o.leg, o.child)
    UNION ALL
    SELECT x.recorded_at, 1 + x.seq, x.kind, x.actor, x.node, x.epoch,
           json_build_object('from', x.from_state, 'to', x.to_state, 'detail', x.detail,
             'event_time', trading.iso(trading.at_ns(x.event_time_ns)),
             'fill', (SELECT json_build_object('trade_id', f.trade_id, 'price', trading.plain(f.price), 'size', trading.plain(f.size),
                               'fee', trading.plain(f.fee), 'fee_asset', f.fee_asset, 'account_seq', f.account_seq::text,
                               'position_after', trading.plain(f.position_size), 'position_realised_after', trading.plain(f.position_realised),
                               'slot_after', trading.plain(f.slot_size), 'slot_realised_after', trading.plain(f.slot_realised))
                        FROM trading.fills f
                        WHERE f.order_id = x.order_id AND f.recorded_at = x.recorded_at AND x.kind LIKE '%fill'))
      FROM trading.order_events x WHERE x.order_id = o.id
  ) e;
COMMENT ON VIEW trading.v_why IS
  'Why was this order sent, and what came of it? SELECT * FROM trading.v_why WHERE order_id = ... ORDER BY sort.';

CREATE FUNCTION trading.why(p_order_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
             'order', json_build_object('id', o.id, 'number', o.number::text, 'account', o.account, 'strategy', o.strategy,
               'slot', o.slot, 'instrument', o.instrument, 'venue', o.venue, 'direction', o.direction, 'type', o.type,
               'size', trading.plain(o.size), 'filled', trading.plain(o.filled),
               'decision_price', trading.plain(o.decision_price), 'limit_price', trading.plain(o.limit_price),
               'stop_price', trading.plain(o.stop_price), 'state', o.state, 'venue_order', o.venue_order,
               'reason', o.reason, 'reserved_quantity', trading.plain(o.reserved_quantity),
               'reserved_cash', trading.plain(o.reserved_cash), 'event_time', trading.iso(trading.at_ns(o.event_time_ns)),
               'recorded_at', trading.iso(o.recorded_at), 'updated_at', trading.iso(o.updated_at)),
             'events', (SELECT json_agg(json_build_object('at', trading.iso(w.at), 'what', w.what, 'who', w.who, 'node', w.node,
                                                          'epoch', w.epoch::text, 'detail', w.detail) ORDER BY w.sort)
                          FROM trading.v_why w WHERE w.order_id = o.id),
             'configuration', (SELECT json_build_object('version', c.version::text, 'applied_by', c.applied_by,
                                                        'applied_at', trading.iso(c.recorded_at))
                                 FROM cluster.config_versions c JOIN trading.verdicts v ON v.config_version = c.version
                                 WHERE (v.slot, v.cause, v.leg, v.child) = (o.slot, o.cause, o.leg, o.child)))
      FROM trading.orders o WHERE o.id = p_order_id);
END
$$;
COMMENT ON FUNCTION trading.why(text) IS 'Everything that led to an order and came of it, in order of time; null when there is no such order.';

CREATE FUNCTION trading.summary() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'bars', (SELECT coalesce(sum(bars), 0)::bigint FROM trading.replay_steps),
      'steps', (SELECT count(*) FROM trading.replay_steps),
      'replays', (SELECT coalesce(jsonb_object_agg(replay, jsonb_build_object('step', step, 'finished', finished,
                           'event_time', trading.iso(trading.at_ns(event_time_ns)))), '{}') FROM trading.replays),
      'signals', (SELECT count(*) FROM trading.signals),
      'orders', (SELECT coalesce(jsonb_object_agg(state, n), '{}')
                   FROM (SELECT state, count(*) AS n FROM trading.orders GROUP BY state) s),
      'refusals', (SELECT coalesce(jsonb_object_agg(refusal, n), '{}')
                     FROM (SELECT refusal, count(*) AS n FROM trading.verdicts WHERE refusal <> 'none' GROUP BY refusal) r),
      'fills', (SELECT count(*) FROM trading.fills),
      'late_fills', (SELECT count(*) FROM trading.order_events WHERE kind = 'late_fill'),
      'parked', (SELECT count(*) FROM trading.parked),
      'quarantined', (SELECT count(*) FROM trading.quarantine_fill),
      'equity', (SELECT coalesce(jsonb_object_agg(account, jsonb_build_object('equity', trading.plain(equity),
                          'cash', trading.plain(cash), 'event_time', trading.iso(trading.at_ns(event_time_ns)))), '{}')
                   FROM (SELECT DISTINCT ON (account) * FROM trading.equity ORDER BY account, id DESC) e),
      'audit_rows', (SELECT coalesce(sum(seq), 0)::bigint FROM audit.heads)));
END
$$;
COMMENT ON FUNCTION trading.summary() IS 'Counts of everything, for the end of a session.';
