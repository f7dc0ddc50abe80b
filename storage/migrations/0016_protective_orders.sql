-- Orders that wait at the venue to close what an entry opens: a stop and a target, decided with their entry.
--
-- They are reduce-only, and so is every order that a wish for less has become: the venue never fills more of them than
-- their slot has open there, and cancels them when nothing is left to close. They reserve nothing.
ALTER TABLE trading.orders ADD COLUMN reduce_only boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN trading.orders.reduce_only IS 'Closes what its slot has open at the venue and never more.';
ALTER TABLE trading.signals ADD COLUMN take_profit_distance trading.positive;

CREATE OR REPLACE FUNCTION trading.order_json(o trading.orders) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object(
  'id', (o).id, 'number', (o).number, 'slot', (o).slot, 'cause', (o).cause, 'leg', (o).leg, 'child', (o).child,
  'strategy', (o).strategy, 'account', (o).account, 'venue', (o).venue, 'instrument', (o).instrument,
  'direction', (o).direction, 'type', (o).type, 'size', (o).size::text, 'limit_price', (o).limit_price::text,
  'stop_price', (o).stop_price::text, 'decision_price', (o).decision_price::text, 'event_time_ns', (o).event_time_ns,
  'state', (o).state, 'filled', (o).filled::text, 'reserved_quantity', (o).reserved_quantity::text,
  'reserved_cash', (o).reserved_cash::text, 'incarnation', (o).incarnation,
  'valid_until_ns', audit.microseconds((o).valid_until) * 1000,
  'venue_order', (o).venue_order, 'reason', (o).reason, 'reduce_only', (o).reduce_only);

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
  kind constant text := coalesce(v->>'type', 'market');
  only_reduces constant boolean := coalesce((v->>'reduce_only')::boolean, false);
  qty constant numeric := (v->>'size')::numeric;
  cost constant numeric := (v->>'reserve_cash')::numeric;
  -- It waits to close what its entry opens, and adds nothing to its slot.
  protects constant boolean := only_reduces AND kind <> 'market';
  promised constant numeric := CASE WHEN protects THEN 0 ELSE qty END;
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
    ELSIF protects THEN
      decided_by := 'guard';
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
                                type, size, limit_price, stop_price, reduce_only, decision_price, event_time_ns, reserve_cash,
                                state, reserved_quantity, reserved_cash, incarnation, valid_until, guard_epoch, node,
                                recorded_at, updated_at)
      VALUES ((m->>'shard') || trading.base36(guard_epoch) || '-' || trading.base36(number), number, k_slot, k_cause, k_leg,
              k_child, w->>'strategy', p_account, m->>'venue', p_instrument, m->>'quote', direction, kind, qty,
              (v->>'limit_price')::numeric, (v->>'stop_price')::numeric, only_reduces, (m->>'mark')::numeric, (w->>'event_time_ns')::bigint, cost,
              CASE WHEN m ? 'fused' THEN 'submitting' ELSE 'intent' END, promised, cost,
              coalesce((m->'fused'->>'incarnation')::bigint, 0),
              at_time + (m->'fused'->>'valid_for_ms')::bigint * interval '1 millisecond',
              guard_epoch, guard_node, at_time, at_time)
      RETURNING * INTO o;
    -- The rows decide: the conditions stand here again, so that no path can reserve beyond a limit.
    INSERT INTO trading.positions AS p (account, instrument, reserved_buy, reserved_sell, updated_at)
      VALUES (p_account, p_instrument, CASE direction WHEN 'buy' THEN promised ELSE 0 END,
              CASE direction WHEN 'sell' THEN promised ELSE 0 END, at_time)
      ON CONFLICT (account, instrument) DO UPDATE
        SET reserved_buy = p.reserved_buy + excluded.reserved_buy, reserved_sell = p.reserved_sell + excluded.reserved_sell,
            updated_at = at_time
        WHERE protects OR CASE direction
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
                               weight_ppb, take_profit_distance)
    VALUES (k_slot, k_cause, k_leg, k_child, w->>'strategy', p_account, p_instrument, w->>'wanted',
            (w->>'reference_price')::numeric, w->>'reason', w->'inputs', (w->>'event_time_ns')::bigint,
            (w->>'account_seq')::bigint, (m->'strategy'->>'epoch')::bigint, guard_node, at_time,
            (w->>'stop_distance')::numeric, (w->>'volatility_ppb')::bigint, (w->>'weight_ppb')::bigint,
            (w->>'take_profit_distance')::numeric);
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

-- T4. Applied once per (venue, account, trade id). The new positions are computed by the caller and go in only if they
-- were computed from the rows that are there.
CREATE OR REPLACE FUNCTION trading.apply_fill(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  f constant jsonb := m->'fill';
  p_account constant text := f->>'account';
  qty constant numeric := (f->>'size')::numeric;
  signed_qty constant numeric := CASE f->>'direction' WHEN 'buy' THEN qty ELSE -qty END;
  pa constant jsonb := m->'account_after';
  sa constant jsonb := m->'slot_after';
  portfolio_epoch constant bigint := (m->'portfolio'->>'epoch')::bigint;
  portfolio_node text;
  at_time timestamptz;
  new_seq bigint;
  why text;
  kind text;
  stored trading.fills;
  before trading.orders;
  o trading.orders;
  pos_size numeric; pos_count bigint;
  slot_size numeric; slot_count bigint;
  new_filled numeric;
  rest numeric;
  rest_cash numeric;
  new_state text;
BEGIN
  IF NOT trading.holds(held, m->'portfolio') THEN
    RETURN trading.fenced(m->'portfolio');
  END IF;
  SELECT account_seq + 1 INTO new_seq FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such account');
  END IF;

  SELECT * INTO before FROM trading.orders WHERE id = f->>'order' AND account = p_account;
  SELECT * INTO stored FROM trading.fills
    WHERE venue = f->>'venue' AND account = p_account AND trade_id = f->>'trade_id';
  IF FOUND THEN
    IF stored.order_id <> f->>'order' OR stored.instrument <> f->>'instrument' OR stored.direction <> f->>'direction'
       OR stored.price <> (f->>'price')::numeric OR stored.size <> qty OR stored.fee <> (f->>'fee')::numeric
       OR stored.fee_asset <> f->>'fee_asset' THEN
      RETURN trading.quarantine(m, raw, held, 'another fill with this trade id is stored');
    END IF;
    RETURN json_build_object('status', 'unchanged', 'text', 'applied before', 'account_seq', stored.account_seq,
                              'order', trading.order_json(before));
  END IF;
  IF before.id IS NULL THEN
    RETURN trading.quarantine(m, raw, held, 'no such order');
  END IF;
  why := trading.contradiction(f, before);
  IF why IS NOT NULL THEN
    RETURN trading.quarantine(m, raw, held, why);
  ELSIF before.slot <> m->>'slot' THEN
    RETURN json_build_object('status', 'refused', 'text', format('the order belongs to slot %s', before.slot),
                              'order', trading.order_json(before));
  END IF;

  SELECT size, fill_count INTO pos_size, pos_count FROM trading.positions
    WHERE account = p_account AND instrument = before.instrument;
  SELECT size, fill_count INTO slot_size, slot_count FROM trading.slots WHERE account = p_account AND slot = before.slot;
  IF coalesce(pos_count, 0) + 1 <> (pa->>'fill_count')::bigint OR coalesce(slot_count, 0) + 1 <> (sa->>'fill_count')::bigint THEN
    RETURN trading.outcome('stale', format('the rows have %s and %s fills', coalesce(pos_count, 0), coalesce(slot_count, 0)));
  ELSIF coalesce(pos_size, 0) + signed_qty <> (pa->>'size')::numeric
        OR coalesce(slot_size, 0) + signed_qty <> (sa->>'size')::numeric THEN
    RETURN trading.outcome('refused', 'the quantities do not add up');
  END IF;

  at_time := clock_timestamp();
  portfolio_node := held #>> ARRAY[m->'portfolio'->>'unit', 'node'];
  UPDATE trading.accounts SET account_seq = new_seq, updated_at = at_time WHERE account = p_account;
  INSERT INTO trading.fills (venue, account, trade_id, order_id, slot, instrument, direction, price, size, fee, fee_asset,
                             event_time_ns, account_seq, position_size, position_cost, position_realised, position_fees,
                             position_fill_count, slot_size, slot_cost, slot_realised, slot_fees, slot_fill_count,
                             portfolio_epoch, node, recorded_at)
    VALUES (f->>'venue', p_account, f->>'trade_id', before.id, before.slot, before.instrument, before.direction,
            (f->>'price')::numeric, qty, (f->>'fee')::numeric, f->>'fee_asset', (f->>'event_time_ns')::bigint, new_seq,
            (pa->>'size')::numeric, (pa->>'cost')::numeric, (pa->>'realised_gross')::numeric, (pa->>'fees_quote')::numeric,
            (pa->>'fill_count')::bigint, (sa->>'size')::numeric, (sa->>'cost')::numeric, (sa->>'realised_gross')::numeric,
            (sa->>'fees_quote')::numeric, (sa->>'fill_count')::bigint, portfolio_epoch, portfolio_node, at_time);

  -- A late fill changes what is held, never the terminal state. A fill of an order that was never marked as sent
  -- proves that it was.
  new_filled := before.filled + qty;
  rest := greatest(before.size - new_filled, 0);
  kind := CASE WHEN NOT before.is_open THEN 'late_fill' WHEN before.state = 'intent' THEN 'unsent_fill'
               WHEN new_filled > before.size THEN 'overfill' ELSE 'fill' END;
  IF before.is_open THEN
    new_state := CASE WHEN rest = 0 THEN 'filled' ELSE 'partially_filled' END;
    -- Exactly truncated: numeric division would round after a fixed number of digits.
    rest_cash := div(before.reserve_cash * rest * 100000000, before.size) * 0.00000001;
  ELSE
    new_state := before.state;
    rest := 0;
    rest_cash := 0;
  END IF;
  UPDATE trading.orders
    SET state = new_state, is_open = before.is_open AND rest > 0, filled = new_filled,
        -- What waits to close reserves nothing from the beginning.
        reserved_quantity = least(before.reserved_quantity, rest), reserved_cash = rest_cash,
        event_count = event_count + 1, updated_at = at_time
    WHERE id = before.id AND event_count = before.event_count RETURNING * INTO STRICT o;
  INSERT INTO trading.positions AS p (account, instrument, size, cost, realised_gross, fees_quote, fill_count, updated_at)
    VALUES (p_account, before.instrument, (pa->>'size')::numeric, (pa->>'cost')::numeric, (pa->>'realised_gross')::numeric,
            (pa->>'fees_quote')::numeric, (pa->>'fill_count')::bigint, at_time)
    ON CONFLICT (account, instrument) DO UPDATE
      SET size = excluded.size, cost = excluded.cost, realised_gross = excluded.realised_gross,
          fees_quote = excluded.fees_quote, fill_count = excluded.fill_count, updated_at = at_time,
          reserved_buy = p.reserved_buy
                         - CASE before.direction WHEN 'buy' THEN before.reserved_quantity - o.reserved_quantity ELSE 0 END,
          reserved_sell = p.reserved_sell
                          - CASE before.direction WHEN 'sell' THEN before.reserved_quantity - o.reserved_quantity ELSE 0 END
      WHERE p.fill_count = excluded.fill_count - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the position changed under the lock of its account';
  END IF;
  INSERT INTO trading.slots AS s (account, slot, instrument, size, cost, realised_gross, fees_quote, fill_count, updated_at)
    VALUES (p_account, before.slot, before.instrument, (sa->>'size')::numeric, (sa->>'cost')::numeric,
            (sa->>'realised_gross')::numeric, (sa->>'fees_quote')::numeric, (sa->>'fill_count')::bigint, at_time)
    ON CONFLICT (account, slot) DO UPDATE
      SET size = excluded.size, cost = excluded.cost, realised_gross = excluded.realised_gross,
          fees_quote = excluded.fees_quote, fill_count = excluded.fill_count, updated_at = at_time
      WHERE s.fill_count = excluded.fill_count - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the slot changed under the lock of its account';
  END IF;
  INSERT INTO trading.movements (account, account_seq, asset, kind, delta, recorded_at)
    SELECT p_account, new_seq, b->>'asset', 'fill', (b->>'delta')::numeric, at_time
      FROM jsonb_array_elements(m->'balances') b;
  INSERT INTO trading.balances AS b (account, asset, amount, updated_at)
    SELECT p_account, x->>'asset', (x->>'delta')::numeric, at_time FROM jsonb_array_elements(m->'balances') x
    ON CONFLICT (account, asset) DO UPDATE SET amount = b.amount + excluded.amount, updated_at = at_time;
  IF before.reserved_cash <> o.reserved_cash THEN
    UPDATE trading.balances SET reserved = reserved - (before.reserved_cash - o.reserved_cash), updated_at = at_time
      WHERE account = p_account AND asset = before.quote;
  END IF;
  INSERT INTO trading.order_events (order_id, seq, account, kind, from_state, to_state, detail, event_time_ns, actor, epoch,
                                    node, recorded_at)
    VALUES (o.id, o.event_count, p_account, kind, before.state, o.state,
            format('trade %s: %s at %s', f->>'trade_id', f->>'size', f->>'price'), (f->>'event_time_ns')::bigint,
            m->'portfolio'->>'unit', portfolio_epoch, portfolio_node, at_time);
  PERFORM audit.append('account/' || p_account, at_time, portfolio_node, portfolio_epoch, m->'portfolio'->>'unit', kind,
    trading.audit_payload(raw, json_build_object('account_seq', new_seq, 'from', before.state)));
  RETURN json_build_object('status', 'applied', 'text', CASE kind WHEN 'fill' THEN '' ELSE kind END,
                            'account_seq', new_seq, 'order', trading.order_json(o));
END
$$;

CREATE OR REPLACE VIEW trading.v_orders AS
  SELECT o.number, o.id, o.account, o.strategy, o.slot, o.instrument, o.venue, o.direction, o.type, o.size, o.filled, o.state,
         o.decision_price, o.limit_price, o.stop_price, o.reserved_quantity, o.reserved_cash, o.venue_order, o.reason, o.cause,
         o.leg, o.child, trading.at_ns(o.event_time_ns) AS event_time, o.event_time_ns, o.incarnation, o.valid_until,
         o.guard_epoch, o.node, o.recorded_at, o.updated_at,
         (SELECT json_agg(json_build_object('at', trading.iso(e.recorded_at), 'kind', e.kind, 'from', e.from_state, 'to', e.to_state,
                                            'detail', e.detail, 'actor', e.actor, 'node', e.node) ORDER BY e.seq)
            FROM trading.order_events e WHERE e.order_id = o.id) AS life,
         o.reduce_only
  FROM trading.orders o;

CREATE OR REPLACE VIEW trading.v_signals AS
  SELECT s.recorded_at, trading.at_ns(s.event_time_ns) AS event_time, s.event_time_ns, s.strategy, s.account, s.slot,
         s.instrument, s.wanted, s.reference_price, s.reason, s.inputs, s.cause, s.leg, s.child, v.refusal, v.order_id,
         s.seen_account_seq, s.strategy_epoch, s.node, s.stop_distance, s.volatility_ppb, s.weight_ppb,
         s.take_profit_distance
  FROM trading.signals s JOIN trading.verdicts v USING (slot, cause, leg, child);

CREATE OR REPLACE VIEW trading.v_why AS
  SELECT o.id AS order_id, e.at, e.sort, e.what, e.who, e.node, e.epoch, e.detail
  FROM trading.orders o
  CROSS JOIN LATERAL (
    SELECT s.recorded_at AS at, 0::bigint AS sort, 'signal' AS what, s.strategy AS who, s.node, s.strategy_epoch AS epoch,
           json_build_object('slot', s.slot, 'cause', s.cause, 'leg', s.leg, 'child', s.child, 'instrument', s.instrument,
             'wanted', s.wanted, 'reference_price', trading.plain(s.reference_price), 'reason', s.reason, 'inputs', s.inputs,
             'event_time', trading.iso(trading.at_ns(s.event_time_ns)), 'seen_account_seq', s.seen_account_seq::text,
             'hints', json_strip_nulls(json_build_object('stop_distance', trading.plain(s.stop_distance),
               'take_profit_distance', trading.plain(s.take_profit_distance),
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
