-- T3 and T4: what became of an order at the venue.

-- Lowers what an order has reserved on its position and balance.
CREATE FUNCTION trading.release(o trading.orders, p_quantity numeric, p_cash numeric, at_time timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF p_quantity <> 0 THEN
    UPDATE trading.positions
      SET reserved_buy = reserved_buy - CASE o.direction WHEN 'buy' THEN p_quantity ELSE 0 END,
          reserved_sell = reserved_sell - CASE o.direction WHEN 'sell' THEN p_quantity ELSE 0 END,
          updated_at = at_time
      WHERE account = o.account AND instrument = o.instrument;
  END IF;
  IF p_cash <> 0 THEN
    UPDATE trading.balances SET reserved = reserved - p_cash, updated_at = at_time
      WHERE account = o.account AND asset = o.quote;
  END IF;
END
$$;

-- T3. Reports repeat and come in any order: only a legal move forward changes the state. A venue's order id is
-- taken whenever it first becomes known, because the report that brings it may come after the fills.
CREATE FUNCTION trading.report(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  p_account constant text := m->>'account';
  new_state constant text := m->>'state';
  executor_epoch constant bigint := (m->'executor'->>'epoch')::bigint;
  executor_node text;
  at_time timestamptz;
  before trading.orders;
  o trading.orders;
  moves boolean;
  learns boolean;
  ends boolean;
BEGIN
  IF NOT trading.holds(held, m->'executor') THEN
    RETURN trading.fenced(m->'executor');
  END IF;
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  SELECT * INTO before FROM trading.orders WHERE id = m->>'id' AND account = p_account;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such order');
  ELSIF new_state IN ('intent', 'submitting', 'partially_filled', 'filled') THEN
    RETURN json_build_object('status', 'refused', 'text', format('%s is not for a report to say', new_state),
                              'order', trading.order_json(before));
  END IF;
  moves := EXISTS (SELECT 1 FROM trading.order_edges WHERE from_state = before.state AND to_state = new_state);
  learns := before.venue_order = '' AND m->>'venue_order' <> '';
  IF NOT moves AND NOT learns THEN
    RETURN json_build_object('status', 'unchanged', 'text', format('the order is %s already', before.state),
                              'order', trading.order_json(before));
  END IF;
  ends := moves AND new_state NOT IN ('unknown', 'open');
  at_time := clock_timestamp();
  executor_node := held #>> ARRAY[m->'executor'->>'unit', 'node'];
  UPDATE trading.orders
    SET state = CASE WHEN moves THEN new_state ELSE state END, is_open = is_open AND NOT ends,
        venue_order = CASE WHEN learns THEN m->>'venue_order' ELSE venue_order END,
        reason = CASE WHEN moves AND m->>'reason' <> '' THEN m->>'reason' ELSE reason END,
        reserved_quantity = CASE WHEN ends THEN 0 ELSE reserved_quantity END,
        reserved_cash = CASE WHEN ends THEN 0 ELSE reserved_cash END,
        event_count = event_count + 1, updated_at = at_time
    WHERE id = before.id AND state = before.state RETURNING * INTO STRICT o;
  IF ends THEN
    PERFORM trading.release(before, before.reserved_quantity, before.reserved_cash, at_time);
  END IF;
  INSERT INTO trading.order_events (order_id, seq, account, kind, from_state, to_state, detail, event_time_ns, actor, epoch,
                                    node, recorded_at)
    VALUES (o.id, o.event_count, p_account, CASE WHEN moves THEN 'reported' ELSE 'venue_order' END, before.state, o.state,
            m->>'reason', (m->>'event_time_ns')::bigint, m->'executor'->>'unit', executor_epoch, executor_node, at_time);
  PERFORM audit.append('account/' || p_account, at_time, executor_node, executor_epoch, m->'executor'->>'unit', 'reported',
    trading.audit_payload(raw, json_build_object('from', before.state, 'moves', moves, 'learns', learns)));
  RETURN json_build_object('status', 'applied', 'text', '', 'order', trading.order_json(o));
END
$$;

-- A fill that fits no order of ours, or contradicts the rows, is kept where people and reconciliation find it.
CREATE FUNCTION trading.quarantine(m jsonb, raw text, held jsonb, why text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  f constant jsonb := m->'fill';
  portfolio_node constant text := held #>> ARRAY[m->'portfolio'->>'unit', 'node'];
  at_time constant timestamptz := clock_timestamp();
BEGIN
  INSERT INTO trading.quarantine_fill (venue, account, trade_id, order_id, instrument, direction, price, size, fee, fee_asset,
                                       event_time_ns, reason, portfolio_epoch, node, recorded_at)
    VALUES (f->>'venue', f->>'account', f->>'trade_id', f->>'order', f->>'instrument', f->>'direction', (f->>'price')::numeric,
            (f->>'size')::numeric, (f->>'fee')::numeric, f->>'fee_asset', (f->>'event_time_ns')::bigint, why,
            (m->'portfolio'->>'epoch')::bigint, portfolio_node, at_time)
    ON CONFLICT (venue, account, trade_id, reason) DO NOTHING;
  IF FOUND THEN
    PERFORM audit.append('account/' || (f->>'account'), at_time, portfolio_node, (m->'portfolio'->>'epoch')::bigint,
      m->'portfolio'->>'unit', 'quarantined', trading.audit_payload(raw, json_build_object('reason', why)));
  END IF;
  RETURN trading.outcome('quarantined', why);
END
$$;

-- Why a fill cannot belong to the order it names; null when it can.
CREATE FUNCTION trading.contradiction(f jsonb, o trading.orders) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN (o).venue <> f->>'venue' THEN 'the order was sent to another venue'
  WHEN (o).instrument <> f->>'instrument' THEN 'the order is for another instrument'
  WHEN (o).direction <> f->>'direction' THEN 'the order goes the other way'
END;

-- T4. Applied once per (venue, account, trade id). The new positions are computed by the caller and go in only if they
-- were computed from the rows that are there.
CREATE FUNCTION trading.apply_fill(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
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
    SET state = new_state, is_open = before.is_open AND rest > 0, filled = new_filled, reserved_quantity = rest, reserved_cash = rest_cash,
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
