-- What sizes are derived from is stored with its signal, and a guard reads its account's past back.
--
-- Absent means: the strategy said nothing, and a weight of 1.
ALTER TABLE trading.signals
  ADD COLUMN stop_distance  trading.positive,
  ADD COLUMN volatility_ppb bigint,
  ADD COLUMN weight_ppb     bigint;
COMMENT ON COLUMN trading.signals.volatility_ppb IS 'Annual volatility of the instrument, parts per billion.';
COMMENT ON COLUMN trading.signals.weight_ppb IS 'Of the configured size, parts per billion; absent is 1e9.';

-- T1. A refusal is a row like an approval; the same key always gets the row that is there.
CREATE OR REPLACE FUNCTION trading.decide(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  w constant jsonb := m->'wish';
  v constant jsonb := m->'verdict';
  k_slot constant text := w->>'slot';
  k_cause constant text := w->>'cause';
  k_leg constant bigint := (w->>'leg')::bigint;
  k_child constant bigint := (w->>'child')::bigint;
  p_account constant text := w->>'account';
  p_instrument constant text := w->>'instrument';
  direction constant text := v->>'direction';
  qty constant numeric := (v->>'size')::numeric;
  cost constant numeric := (v->>'reserve_cash')::numeric;
  max_position constant numeric := (m->>'max_position')::numeric;
  allow_short constant boolean := (m->>'allow_short')::boolean;
  guard_epoch constant bigint := (m->'guard'->>'epoch')::bigint;
  guard_node text;
  at_time timestamptz;
  code text := v->>'refusal';
  decided_by text := 'guard';
  checks jsonb := v->'checks';
  bound numeric := 0;
  seen numeric := 0;
  mode integer;
  net numeric := 0;
  promised_buy numeric := 0;
  promised_sell numeric := 0;
  free_cash numeric := 0;
  worst numeric;
  reducible numeric;
  number bigint;
  o trading.orders;
  stored record;
  result json;
BEGIN
  IF NOT trading.holds(held, m->'guard') THEN
    RETURN trading.fenced(m->'guard');
  ELSIF m->'strategy'->>'unit' <> '' AND NOT trading.holds(held, m->'strategy') THEN
    RETURN trading.fenced(m->'strategy');
  ELSIF m ? 'fused' AND NOT trading.holds(held, m->'fused'->'executor') THEN
    RETURN trading.fenced(m->'fused'->'executor');
  END IF;
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such account');
  END IF;
  at_time := clock_timestamp();
  guard_node := held #>> ARRAY[m->'guard'->>'unit', 'node'];

  SELECT refusal, order_id INTO stored FROM trading.verdicts
    WHERE slot = k_slot AND cause = k_cause AND leg = k_leg AND child = k_child;
  IF FOUND THEN
    RETURN json_build_object('status', 'unchanged', 'text', 'decided before', 'refusal', stored.refusal,
                              'order', trading.find_order(stored.order_id));
  END IF;

  IF code = 'none' THEN
    decided_by := 'rows';
    mode := trading.mode_in_force(p_account, w->>'strategy', p_instrument);
    SELECT size, reserved_buy, reserved_sell INTO net, promised_buy, promised_sell
      FROM trading.positions WHERE account = p_account AND instrument = p_instrument;
    IF NOT FOUND THEN
      net := 0; promised_buy := 0; promised_sell := 0;
    END IF;
    SELECT amount - reserved INTO free_cash FROM trading.balances WHERE account = p_account AND asset = m->>'quote';
    free_cash := coalesce(free_cash, 0);
    -- Seen from the order's side: what is held if it and everything promised on its side fills, and what may still be closed.
    IF direction = 'buy' THEN
      worst := net + promised_buy + qty;
      reducible := -net - promised_buy;
    ELSE
      worst := promised_sell + qty - net;
      reducible := net - promised_sell;
    END IF;
    -- The same checks in the same order as trading::decide makes them.
    IF mode = 3 THEN
      code := 'halted'; seen := 1;
    ELSIF worst > max_position THEN
      code := 'max_position'; bound := max_position; seen := worst;
    ELSIF direction = 'sell' AND NOT allow_short AND worst > 0 THEN
      code := 'short_not_allowed'; bound := reducible; seen := qty;
    ELSIF mode = 2 AND qty > reducible THEN
      code := 'reducing'; bound := reducible; seen := qty;
    ELSIF cost > 0 AND cost > free_cash THEN
      code := 'cash'; bound := free_cash; seen := cost;
    ELSE
      decided_by := 'guard';
    END IF;
    IF code <> 'none' THEN
      checks := checks || jsonb_build_object('code', code, 'passed', false, 'limit', trading.plain(bound),
                                             'seen', trading.plain(seen));
    END IF;
  END IF;

  IF code = 'none' THEN
    IF m->>'shard' !~ '^[a-z]{1,8}$' THEN
      RAISE EXCEPTION 'a shard is 1 to 8 of a-z' USING ERRCODE = 'check_violation';
    END IF;
    number := nextval('trading.order_numbers');
    INSERT INTO trading.orders (id, number, slot, cause, leg, child, strategy, account, venue, instrument, quote, direction,
                                type, size, decision_price, event_time_ns, reserve_cash, state, reserved_quantity,
                                reserved_cash, incarnation, valid_until, guard_epoch, node, recorded_at, updated_at)
      VALUES ((m->>'shard') || trading.base36(guard_epoch) || '-' || trading.base36(number), number, k_slot, k_cause, k_leg,
              k_child, w->>'strategy', p_account, m->>'venue', p_instrument, m->>'quote', direction, 'market', qty,
              (m->>'mark')::numeric, (w->>'event_time_ns')::bigint, cost,
              CASE WHEN m ? 'fused' THEN 'submitting' ELSE 'intent' END, qty, cost,
              coalesce((m->'fused'->>'incarnation')::bigint, 0),
              at_time + (m->'fused'->>'valid_for_ms')::bigint * interval '1 millisecond',
              guard_epoch, guard_node, at_time, at_time)
      RETURNING * INTO o;
    -- The rows decide: the conditions stand here again, so that no path can reserve beyond a limit.
    INSERT INTO trading.positions AS p (account, instrument, reserved_buy, reserved_sell, updated_at)
      VALUES (p_account, p_instrument, CASE direction WHEN 'buy' THEN qty ELSE 0 END,
              CASE direction WHEN 'sell' THEN qty ELSE 0 END, at_time)
      ON CONFLICT (account, instrument) DO UPDATE
        SET reserved_buy = p.reserved_buy + excluded.reserved_buy, reserved_sell = p.reserved_sell + excluded.reserved_sell,
            updated_at = at_time
        WHERE CASE direction
                WHEN 'buy' THEN max_position IS NULL OR p.size + p.reserved_buy + qty <= max_position
                ELSE (max_position IS NULL OR p.reserved_sell + qty - p.size <= max_position)
                     AND (allow_short OR p.reserved_sell + qty - p.size <= 0) END;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the position changed under the lock of its account';
    END IF;
    IF cost > 0 THEN
      UPDATE trading.balances SET reserved = reserved + cost, updated_at = at_time
        WHERE account = p_account AND asset = m->>'quote' AND amount - reserved >= cost;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the balance changed under the lock of its account';
      END IF;
    END IF;
    INSERT INTO trading.order_events (order_id, seq, account, kind, from_state, to_state, detail, event_time_ns, actor, epoch,
                                      node, recorded_at)
      VALUES (o.id, 1, p_account, 'decided', NULL, o.state, '', o.event_time_ns, m->'guard'->>'unit', guard_epoch, guard_node,
              at_time);
    result := json_build_object('status', 'applied', 'text', '', 'refusal', code, 'order', trading.order_json(o));
  ELSE
    result := json_build_object('status', 'refused', 'text', format('refused by the %s', decided_by), 'refusal', code);
  END IF;

  INSERT INTO trading.signals (slot, cause, leg, child, strategy, account, instrument, wanted, reference_price, reason, inputs,
                               event_time_ns, seen_account_seq, strategy_epoch, node, recorded_at, stop_distance, volatility_ppb,
                               weight_ppb)
    VALUES (k_slot, k_cause, k_leg, k_child, w->>'strategy', p_account, p_instrument, w->>'wanted',
            (w->>'reference_price')::numeric, w->>'reason', w->'inputs', (w->>'event_time_ns')::bigint,
            (w->>'account_seq')::bigint, (m->'strategy'->>'epoch')::bigint, guard_node, at_time,
            (w->>'stop_distance')::numeric, (w->>'volatility_ppb')::bigint, (w->>'weight_ppb')::bigint);
  INSERT INTO trading.verdicts (slot, cause, leg, child, account, refusal, decided_by, checks, direction, size, worst_price,
                                reserve_cash, mark, max_position, allow_short, config_version, order_id, guard_epoch, node,
                                recorded_at)
    VALUES (k_slot, k_cause, k_leg, k_child, p_account, code, decided_by, checks, direction, qty,
            (v->>'worst_price')::numeric, cost, (m->>'mark')::numeric, max_position, allow_short,
            (m->>'config_version')::bigint, o.id, guard_epoch, guard_node, at_time);
  PERFORM audit.append('account/' || p_account, at_time, guard_node, guard_epoch, m->'guard'->>'unit', 'decided',
    trading.audit_payload(raw, json_build_object('refusal', code, 'decided_by', decided_by, 'checks', checks, 'id', o.id,
      'number', o.number, 'valid_until_us', audit.microseconds(o.valid_until))));
  RETURN result;
END
$$;

-- The account's history in the order of its commits, which the audit trail is: at most p_limit of its entries. An order's end
-- says when the order was decided.
CREATE FUNCTION trading.events_after(p_account text, p_after bigint, p_limit bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
        'seq', e.seq, 'kind', e.kind, 'payload', convert_from(e.payload, 'UTF8')::json,
        'decided_ns', CASE e.kind WHEN 'reported' THEN (SELECT o.event_time_ns FROM trading.orders o
          WHERE o.id = convert_from(e.payload, 'UTF8')::json #>> '{in,id}') END)
        ORDER BY e.seq), '[]')
      FROM (SELECT seq, kind, payload FROM audit.log WHERE stream = 'account/' || p_account AND seq > p_after
              ORDER BY seq LIMIT p_limit) e);
END
$$;

CREATE FUNCTION trading.equity_after(p_account text, p_replay text, p_after bigint, p_limit bigint)
RETURNS SETOF trading.equity
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM trading.equity WHERE account = p_account AND replay = p_replay AND step > p_after ORDER BY step LIMIT p_limit
$$;

CREATE OR REPLACE VIEW trading.v_signals AS
  SELECT s.recorded_at, trading.at_ns(s.event_time_ns) AS event_time, s.event_time_ns, s.strategy, s.account, s.slot,
         s.instrument, s.wanted, s.reference_price, s.reason, s.inputs, s.cause, s.leg, s.child, v.refusal, v.order_id,
         s.seen_account_seq, s.strategy_epoch, s.node, s.stop_distance, s.volatility_ppb, s.weight_ppb
  FROM trading.signals s JOIN trading.verdicts v USING (slot, cause, leg, child);
COMMENT ON VIEW trading.v_signals IS
  'What did the strategies want, why, and what became of it? `inputs` are the numbers the reason rests on; refusal is "none" for an order.';

-- Everything that led to an order and came of it: one row per thing that happened.
CREATE OR REPLACE VIEW trading.v_why AS
  SELECT o.id AS order_id, e.at, e.sort, e.what, e.who, e.node, e.epoch, e.detail
  FROM trading.orders o
  CROSS JOIN LATERAL (
    SELECT s.recorded_at AS at, 0::bigint AS sort, 'signal' AS what, s.strategy AS who, s.node, s.strategy_epoch AS epoch,
           json_build_object('slot', s.slot, 'cause', s.cause, 'leg', s.leg, 'child', s.child, 'instrument', s.instrument,
             'wanted', s.wanted, 'reference_price', trading.plain(s.reference_price), 'reason', s.reason, 'inputs', s.inputs,
             'event_time', trading.iso(trading.at_ns(s.event_time_ns)), 'seen_account_seq', s.seen_account_seq::text,
             'hints', json_strip_nulls(json_build_object('stop_distance', trading.plain(s.stop_distance),
               'volatility_ppb', s.volatility_ppb::text, 'weight_ppb', s.weight_ppb::text))) AS detail
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

REVOKE ALL ON FUNCTION trading.events_after(text, bigint, bigint), trading.equity_after(text, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trading.events_after(text, bigint, bigint), trading.equity_after(text, text, bigint, bigint)
TO supreme_writer;
