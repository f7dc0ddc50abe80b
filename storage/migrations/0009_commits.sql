-- The entrances for the program: one statement, one round trip, one commit.

-- A step of a replay is finished for ever. The same step again changes nothing, any other is refused.
CREATE FUNCTION trading.commit_step(m jsonb, raw text, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  p_replay constant text := m->>'replay';
  p_step constant bigint := (m->>'step')::bigint;
  p_event_time_ns constant bigint := (m->>'event_time_ns')::bigint;
  p_finished constant boolean := (m->>'finished')::boolean;
  conductor_epoch constant bigint := (m->'conductor'->>'epoch')::bigint;
  conductor_node text;
  at_time timestamptz;
  progress trading.replays;
BEGIN
  IF NOT trading.holds(held, m->'conductor') THEN
    RETURN trading.fenced(m->'conductor');
  END IF;
  at_time := clock_timestamp();
  conductor_node := held #>> ARRAY[m->'conductor'->>'unit', 'node'];
  IF p_step = 1 THEN
    INSERT INTO trading.replays (replay, step, event_time_ns, finished, updated_at)
      VALUES (p_replay, p_step, p_event_time_ns, p_finished, at_time) ON CONFLICT (replay) DO NOTHING;
  ELSE
    UPDATE trading.replays SET step = p_step, event_time_ns = p_event_time_ns, finished = p_finished, updated_at = at_time
      WHERE replay = p_replay AND step = p_step - 1 AND NOT finished;
  END IF;
  IF NOT FOUND THEN
    SELECT * INTO progress FROM trading.replays WHERE replay = p_replay;
    IF progress.step = p_step THEN
      RETURN trading.outcome('unchanged', 'this step is finished already');
    ELSIF p_step <> coalesce(progress.step, 0) + 1 THEN
      RETURN trading.outcome('refused', format('step %s is the last finished one', coalesce(progress.step, 0)));
    END IF;
    RETURN trading.outcome('refused', 'the replay is finished');
  END IF;
  INSERT INTO trading.replay_steps (replay, step, event_time_ns, bars, signals, finished, epoch, node, recorded_at)
    VALUES (p_replay, p_step, p_event_time_ns, (m->>'bars')::bigint, (m->>'signals')::bigint, p_finished, conductor_epoch,
            conductor_node, at_time);
  INSERT INTO trading.equity (account, replay, step, event_time_ns, equity, cash, recorded_at)
    SELECT e->>'account', p_replay, p_step, p_event_time_ns, (e->>'equity')::numeric, (e->>'cash')::numeric, at_time
      FROM jsonb_array_elements(m->'equity') e;
  PERFORM audit.append('replay/' || p_replay, at_time, conductor_node, conductor_epoch, m->'conductor'->>'unit', 'step',
    trading.audit_payload(raw, 'null'));
  RETURN trading.outcome('applied', '');
END
$$;

-- Held shared by every group and exclusively by a change of mode. Its queue is fair, the ones of row locks are not:
-- a ledger that commits without a pause would otherwise get the gate rows again before a waiting halt does.
CREATE FUNCTION trading.gate() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 5276912011;

-- Runs a group of members in one transaction and answers their outcomes in the same order. Units and accounts name
-- everything the members touch.
CREATE FUNCTION trading.commit_group(p_units text[], p_accounts text[], p_members text[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw text;
  m jsonb;
  held jsonb;
  result json;
  results text := '';
  stopped text[] := '{}'; -- guards of which a decision was fenced: what they decided after it must wait as well
BEGIN
  -- FOR SHARE makes a takeover wait for this transaction, and this transaction see the epoch of a takeover it waited for.
  SELECT jsonb_object_agg(u.unit, jsonb_build_object('epoch', u.epoch, 'node', u.holder)) INTO held
    FROM (SELECT unit, epoch, holder FROM cluster.units WHERE unit = ANY (p_units) AND holder IS NOT NULL
            ORDER BY unit FOR SHARE) u;
  PERFORM pg_advisory_xact_lock_shared(trading.gate());
  IF cardinality(p_accounts) > 1 THEN
    PERFORM 1 FROM trading.accounts WHERE account = ANY (p_accounts) ORDER BY account FOR NO KEY UPDATE;
  END IF;
  FOREACH raw IN ARRAY p_members LOOP
    m := raw;
    CASE m->>'t'
      WHEN 'decide' THEN
        IF m->'guard'->>'unit' = ANY (stopped) THEN
          result := trading.outcome('fenced', 'a decision before it was fenced');
        ELSE
          result := trading.decide(m, raw, held);
          IF result->>'status' = 'fenced' THEN
            stopped := stopped || (m->'guard'->>'unit');
          END IF;
        END IF;
      WHEN 'submit' THEN result := trading.submit(m, raw, held);
      WHEN 'report' THEN result := trading.report(m, raw, held);
      WHEN 'fill' THEN result := trading.apply_fill(m, raw, held);
      WHEN 'step' THEN result := trading.commit_step(m, raw, held);
    END CASE;
    results := results || CASE results WHEN '' THEN '[' ELSE ',' END || result;
  END LOOP;
  RETURN results || ']';
END
$$;

CREATE FUNCTION trading.park(p_kind text, p_account text, p_reason text, p_member text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO trading.parked (kind, account, reason, member, recorded_at)
    VALUES (p_kind, p_account, p_reason, p_member, clock_timestamp())
$$;

CREATE FUNCTION trading.open_account(p_account text, p_venue text, p_initial jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time constant timestamptz := clock_timestamp();
BEGIN
  INSERT INTO trading.accounts (account, venue, recorded_at, updated_at) VALUES (p_account, p_venue, at_time, at_time)
    ON CONFLICT (account) DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  INSERT INTO trading.movements (account, account_seq, asset, kind, delta, recorded_at)
    SELECT p_account, 0, key, 'initial', value::numeric, at_time FROM jsonb_each_text(p_initial);
  INSERT INTO trading.balances (account, asset, amount, updated_at)
    SELECT p_account, key, value::numeric, at_time FROM jsonb_each_text(p_initial);
  PERFORM audit.append('account/' || p_account, at_time, '', 0, 'ledger', 'account_opened',
    json_build_object('account', p_account, 'venue', p_venue, 'initial', p_initial)::text);
END
$$;

-- The kill switch. It holds the gate rows, so no intent commits after it; whoever tightened cannot loosen.
CREATE FUNCTION trading.change_mode(p_scope text, p_name text, p_mode text, p_principal text, p_reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  old trading.modes;
  change integer;
BEGIN
  IF p_principal = '' THEN
    RAISE EXCEPTION 'a mode is changed by somebody' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(trading.gate());
  IF (p_scope = 'global') <> (p_name = '')
     OR (p_scope = 'account' AND NOT EXISTS (SELECT 1 FROM trading.accounts WHERE account = p_name)) THEN
    RETURN 'unknown_scope';
  END IF;
  PERFORM 1 FROM trading.accounts WHERE p_scope <> 'account' OR account = p_name ORDER BY account FOR NO KEY UPDATE;
  SELECT * INTO old FROM trading.modes WHERE scope = p_scope AND name = p_name;
  change := trading.mode_rank(p_mode) - coalesce(trading.mode_rank(old.mode), 1);
  IF change = 0 THEN
    RETURN 'unchanged';
  ELSIF change < 0 AND old.tightened_by = p_principal THEN
    RETURN 'needs_second_person';
  END IF;
  at_time := clock_timestamp();
  INSERT INTO trading.modes (scope, name, mode, principal, reason, tightened_by, updated_at)
    VALUES (p_scope, p_name, p_mode, p_principal, p_reason,
            CASE WHEN p_mode = 'active' THEN '' WHEN change > 0 THEN p_principal ELSE old.tightened_by END, at_time)
    ON CONFLICT (scope, name) DO UPDATE
      SET mode = excluded.mode, principal = excluded.principal, reason = excluded.reason,
          tightened_by = excluded.tightened_by, updated_at = at_time;
  INSERT INTO trading.mode_changes (scope, name, from_mode, to_mode, principal, reason, recorded_at)
    VALUES (p_scope, p_name, coalesce(old.mode, 'active'), p_mode, p_principal, p_reason, at_time);
  PERFORM audit.append('modes', at_time, '', 0, p_principal, 'mode_changed',
    json_build_object('scope', p_scope, 'name', p_name, 'from', coalesce(old.mode, 'active'), 'to', p_mode,
                      'principal', p_principal, 'reason', p_reason)::text);
  RETURN 'applied';
END
$$;
