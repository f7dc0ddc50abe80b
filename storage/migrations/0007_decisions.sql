-- T1 and T2: what must be committed before an order may be sent.
--
-- Every transaction function gets the member, its text as it came (which goes into the audit trail), and `held`, the
-- epoch rows that commit_group() has locked FOR SHARE: {"unit": {"epoch": 3, "node": "a"}, ...}. It answers an outcome.
-- Lock order everywhere: units, gate rows of accounts, other rows of the account, audit head.
--
-- A function in SQL that cannot be inlined is planned again in every transaction, so only trivial ones are in SQL here.

CREATE FUNCTION trading.holds(held jsonb, claim jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(held #>> ARRAY[claim->>'unit', 'epoch'] = claim->>'epoch', false);

CREATE FUNCTION trading.outcome(status text, reason text) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('status', status, 'text', reason);

CREATE FUNCTION trading.audit_payload(raw text, outcome json) RETURNS text LANGUAGE sql STABLE
RETURN '{"in":' || raw || ',"out":' || outcome::text || '}';

CREATE FUNCTION trading.fenced(claim jsonb) RETURNS json LANGUAGE sql STABLE
RETURN trading.outcome('fenced', format('%s is no longer held in epoch %s', claim->>'unit', claim->>'epoch'));

CREATE FUNCTION trading.plain(value numeric) RETURNS text LANGUAGE sql IMMUTABLE
RETURN trim_scale(value)::text;

CREATE FUNCTION trading.base36(value bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  digits constant text := '0123456789abcdefghijklmnopqrstuvwxyz';
  rest bigint := value;
  result text := '';
BEGIN
  IF value < 0 THEN
    RAISE EXCEPTION 'base36 of a negative number' USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  LOOP
    result := substr(digits, (rest % 36)::integer + 1, 1) || result;
    rest := rest / 36;
    EXIT WHEN rest = 0;
  END LOOP;
  RETURN result;
END
$$;

-- The strictest mode of all scopes an order belongs to, as a rank.
CREATE FUNCTION trading.mode_in_force(p_account text, p_strategy text, p_instrument text) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  strictest integer;
BEGIN
  SELECT max(trading.mode_rank(mode)) INTO strictest FROM trading.modes
    WHERE (scope = 'global' AND name = '') OR (scope = 'account' AND name = p_account)
          OR (scope = 'strategy' AND name = p_strategy) OR (scope = 'instrument' AND name = p_instrument);
  RETURN coalesce(strictest, 1);
END
$$;

-- T1. A refusal is a row like an approval; the same key always gets the row that is there.
CREATE FUNCTION trading.decide(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
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
                               event_time_ns, seen_account_seq, strategy_epoch, node, recorded_at)
    VALUES (k_slot, k_cause, k_leg, k_child, w->>'strategy', p_account, p_instrument, w->>'wanted',
            (w->>'reference_price')::numeric, w->>'reason', w->'inputs', (w->>'event_time_ns')::bigint,
            (w->>'account_seq')::bigint, (m->'strategy'->>'epoch')::bigint, guard_node, at_time);
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

-- T2. INTENT becomes SUBMITTING, which is the only permission to send. A halt that came in between refuses it.
CREATE FUNCTION trading.submit(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  p_account constant text := m->>'account';
  new_incarnation constant bigint := (m->>'incarnation')::bigint;
  executor_epoch constant bigint := (m->'executor'->>'epoch')::bigint;
  executor_node text;
  at_time timestamptz;
  before text;
  kind text := 'submitting';
  o trading.orders;
BEGIN
  IF NOT trading.holds(held, m->'executor') THEN
    RETURN trading.fenced(m->'executor');
  END IF;
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  SELECT * INTO o FROM trading.orders WHERE id = m->>'id' AND account = p_account;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such order');
  END IF;
  before := o.state;
  IF before IN ('submitting', 'unknown') AND (m->>'proven_not_accepted')::boolean THEN
    IF o.incarnation >= new_incarnation THEN
      RETURN json_build_object('status', 'refused', 'text', 'its incarnation is not an earlier one',
                                'order', trading.order_json(o));
    END IF;
    kind := 'resubmitting';
  ELSIF before <> 'intent' THEN
    RETURN json_build_object('status', 'unchanged', 'text', format('the order is %s already', before),
                              'order', trading.order_json(o));
  END IF;
  IF trading.mode_in_force(p_account, o.strategy, o.instrument) = 3 THEN
    RETURN json_build_object('status', 'refused', 'text', 'halted before it was sent', 'refusal', 'halted',
                              'order', trading.order_json(o));
  END IF;
  at_time := clock_timestamp();
  executor_node := held #>> ARRAY[m->'executor'->>'unit', 'node'];
  UPDATE trading.orders
    SET state = 'submitting', incarnation = new_incarnation, event_count = event_count + 1, updated_at = at_time,
        valid_until = at_time + (m->>'valid_for_ms')::bigint * interval '1 millisecond'
    WHERE id = o.id AND state = before RETURNING * INTO STRICT o;
  INSERT INTO trading.order_events (order_id, seq, account, kind, from_state, to_state, detail, event_time_ns, actor, epoch,
                                    node, recorded_at)
    VALUES (o.id, o.event_count, p_account, kind, before, o.state, format('incarnation %s', new_incarnation), o.event_time_ns,
            m->'executor'->>'unit', executor_epoch, executor_node, at_time);
  PERFORM audit.append('account/' || p_account, at_time, executor_node, executor_epoch, m->'executor'->>'unit', kind,
    trading.audit_payload(raw, json_build_object('from', before, 'valid_until_us', audit.microseconds(o.valid_until))));
  RETURN json_build_object('status', 'applied', 'text', '', 'order', trading.order_json(o));
END
$$;
