-- A circuit breaker of scope global: one account's guard watches it, and when it opens no account adds risk any more until
-- people say otherwise.
ALTER TABLE trading.risk_commands
  DROP CONSTRAINT risk_commands_scope_check,
  DROP CONSTRAINT risk_commands_check1,
  ADD CONSTRAINT risk_commands_scope_check CHECK (scope IN ('', 'global', 'account', 'strategy', 'instrument')),
  ADD CONSTRAINT risk_commands_name_check CHECK ((scope IN ('', 'global')) = (name = ''));

CREATE OR REPLACE FUNCTION trading.mode_in_force(p_account text, p_strategy text, p_instrument text) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  strictest integer;
BEGIN
  SELECT max(trading.mode_rank(mode)) INTO strictest FROM trading.modes
    WHERE (scope = 'global' AND name = '') OR (scope = 'account' AND name = p_account)
          OR (scope = 'strategy' AND name = p_strategy) OR (scope = 'instrument' AND name = p_instrument);
  IF coalesce(strictest, 1) = 1 THEN
    PERFORM 1 FROM trading.breaker_latches
      WHERE account = p_account AND latched
            AND (scope IN ('global', 'account') OR (scope = 'strategy' AND name = p_strategy)
                 OR (scope = 'instrument' AND name = p_instrument));
    IF FOUND THEN
      RETURN 2;
    END IF;
  END IF;
  RETURN coalesce(strictest, 1);
END
$$;

-- Writes a change of mode that is allowed; `old` is the scope's row, or null.
CREATE FUNCTION trading.apply_mode(old trading.modes, p_scope text, p_name text, p_mode text, p_principal text, p_reason text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  at_time constant timestamptz := clock_timestamp();
  p_from constant text := coalesce(old.mode, 'active');
BEGIN
  INSERT INTO trading.modes (scope, name, mode, principal, reason, tightened_by, updated_at)
    VALUES (p_scope, p_name, p_mode, p_principal, p_reason,
            CASE WHEN p_mode = 'active' THEN ''
                 WHEN trading.mode_rank(p_mode) > trading.mode_rank(p_from) THEN p_principal
                 ELSE old.tightened_by END, at_time)
    ON CONFLICT (scope, name) DO UPDATE
      SET mode = excluded.mode, principal = excluded.principal, reason = excluded.reason,
          tightened_by = excluded.tightened_by, updated_at = at_time;
  INSERT INTO trading.mode_changes (scope, name, from_mode, to_mode, principal, reason, recorded_at)
    VALUES (p_scope, p_name, p_from, p_mode, p_principal, p_reason, at_time);
  PERFORM audit.append('modes', at_time, '', 0, p_principal, 'mode_changed',
    json_build_object('scope', p_scope, 'name', p_name, 'from', p_from, 'to', p_mode,
                      'principal', p_principal, 'reason', p_reason)::text);
END
$$;

CREATE OR REPLACE FUNCTION trading.change_mode(p_scope text, p_name text, p_mode text, p_principal text, p_reason text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
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
  PERFORM trading.apply_mode(old, p_scope, p_name, p_mode, p_principal, p_reason);
  RETURN 'applied';
END
$$;

-- Puts the global mode to reducing unless it is as strict. The gate is held, shared by a group: no person changes a mode
-- meanwhile, and guards that do this at once wait for each other. The last lock of all: whoever waits for it holds its accounts
-- already, which the holder does not need.
CREATE FUNCTION trading.reduce_all(p_principal text, p_reason text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  old trading.modes;
BEGIN
  PERFORM pg_advisory_xact_lock(trading.gate() + 1);
  SELECT * INTO old FROM trading.modes WHERE scope = 'global' AND name = '';
  IF trading.mode_rank(coalesce(old.mode, 'active')) < trading.mode_rank('reducing') THEN
    PERFORM trading.apply_mode(old, 'global', '', 'reducing', p_principal, p_reason);
  END IF;
END
$$;

-- As before, and a global breaker that has opened since the guard told last speaks for everybody: in the transaction that
-- tells it, so that it is said once however often guards start. A rule that is new, or was changed, judges the account's past,
-- too; what would have opened it then stops nobody else now. Nor does the release of a latch, which leaves it open.
CREATE OR REPLACE FUNCTION trading.tell_breakers(m jsonb, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  p_account constant text := m->>'account';
  opened jsonb;
BEGIN
  IF NOT trading.holds(held, m->'guard') THEN
    RETURN trading.fenced(m->'guard');
  END IF;
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such account');
  END IF;
  SELECT b INTO opened FROM jsonb_array_elements(m->'breakers') b
      LEFT JOIN trading.breakers told ON told.account = p_account AND told.scope = 'global' AND told.name = ''
    WHERE b->>'scope' = 'global' AND b->>'state' = 'open'
          AND CASE WHEN told.account IS NULL THEN (b->>'since_ns')::bigint = (m->>'event_time_ns')::bigint
                   ELSE told.state <> 'open' AND (b->>'since_ns')::bigint > told.event_time_ns END;
  IF opened IS NOT NULL THEN
    PERFORM trading.reduce_all('breaker/' || p_account, 'the global breaker of ' || p_account || ' has opened: '
                               || (opened->>'trigger'));
  END IF;
  DELETE FROM trading.breakers WHERE account = p_account;
  INSERT INTO trading.breakers (account, scope, name, state, latched, trigger, limit_value, seen_value, since_ns, event_time_ns,
                                history_seq, guard_epoch, node, updated_at)
    SELECT p_account, b->>'scope', b->>'name', b->>'state', (b->>'latched')::boolean, b->>'trigger', (b->>'limit')::numeric,
           (b->>'seen')::numeric, (b->>'since_ns')::bigint, (m->>'event_time_ns')::bigint, (m->>'history_seq')::bigint,
           (m->'guard'->>'epoch')::bigint, held #>> ARRAY[m->'guard'->>'unit', 'node'], clock_timestamp()
      FROM jsonb_array_elements(m->'breakers') b;
  RETURN trading.outcome('applied', '');
END
$$;

CREATE OR REPLACE FUNCTION trading.command_risk(p_account text, p_command text, p_scope text, p_name text, p_principal text,
                                                p_reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  latch trading.breaker_latches;
  told trading.breakers;
  last_release bigint;
  last_step bigint;
  seq bigint;
BEGIN
  IF p_principal = '' THEN
    RAISE EXCEPTION 'a command is given by somebody' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(trading.gate());
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  IF NOT FOUND OR (p_scope IN ('', 'global')) <> (p_name = '') OR (p_scope = 'account' AND p_name <> p_account) THEN
    RETURN 'unknown_scope';
  END IF;
  SELECT * INTO latch FROM trading.breaker_latches WHERE account = p_account AND scope = p_scope AND name = p_name AND latched;
  IF p_command = 'latch_breaker' AND latch.latched THEN
    RETURN 'unchanged';
  ELSIF p_command = 'release_breaker' AND latch.latched THEN
    IF latch.latched_by = p_principal THEN
      RETURN 'needs_second_person';
    END IF;
  ELSIF p_command = 'release_breaker' THEN
    SELECT * INTO told FROM trading.breakers WHERE account = p_account AND scope = p_scope AND name = p_name;
    SELECT max(history_seq) INTO last_release FROM trading.risk_commands
      WHERE account = p_account AND command = 'release_breaker' AND scope = p_scope AND name = p_name;
    IF last_release > coalesce(told.history_seq, 0) THEN
      RETURN 'unchanged';
    ELSIF told.state IS NULL THEN
      RETURN 'unknown_scope';
    ELSIF told.state <> 'open' THEN
      RETURN 'unchanged';
    END IF;
  END IF;
  at_time := clock_timestamp();
  SELECT event_time_ns INTO last_step FROM trading.equity WHERE account = p_account ORDER BY id DESC LIMIT 1;
  last_step := coalesce(last_step, 0);
  IF p_command <> 'accept_drawdown' THEN
    INSERT INTO trading.breaker_latches (account, scope, name, latched, latched_by, principal, reason, updated_at)
      VALUES (p_account, p_scope, p_name, p_command = 'latch_breaker',
              CASE p_command WHEN 'latch_breaker' THEN p_principal ELSE '' END, p_principal, p_reason, at_time)
      ON CONFLICT (account, scope, name) DO UPDATE
        SET latched = excluded.latched, latched_by = excluded.latched_by, principal = excluded.principal,
            reason = excluded.reason, updated_at = at_time;
  END IF;
  IF p_command = 'latch_breaker' AND p_scope = 'global' THEN
    PERFORM trading.reduce_all(p_principal, p_reason);
  END IF;
  seq := audit.append('account/' || p_account, at_time, '', 0, p_principal, 'commanded',
    json_build_object('in', json_build_object('command', p_command, 'scope', p_scope, 'name', p_name, 'principal', p_principal,
                                              'reason', p_reason),
                      'out', json_build_object('after_ns', last_step))::text);
  INSERT INTO trading.risk_commands (account, history_seq, command, scope, name, after_ns, principal, reason, recorded_at)
    VALUES (p_account, seq, p_command, p_scope, p_name, last_step, p_principal, p_reason, at_time);
  RETURN 'applied';
END
$$;

REVOKE ALL ON FUNCTION trading.reduce_all(text, text),
  trading.apply_mode(trading.modes, text, text, text, text, text) FROM PUBLIC;
