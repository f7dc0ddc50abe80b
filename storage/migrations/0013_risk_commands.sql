-- A person's word over circuit breakers and drawdown, and the state of the breakers for people to see.
--
-- A command is an entry of its account's history, from which guards rebuild what their risk rules remember. It holds from the
-- first step after the last one that was finished when it was committed, so that every guard takes it at the same step.
CREATE TABLE trading.risk_commands (
  account       text NOT NULL,
  history_seq   bigint NOT NULL,
  command       text NOT NULL CHECK (command IN ('latch_breaker', 'release_breaker', 'accept_drawdown')),
  scope         text NOT NULL CHECK (scope IN ('', 'account', 'strategy', 'instrument')),
  name          text NOT NULL,
  after_ns      bigint NOT NULL,
  principal     trading.name NOT NULL,
  reason        text NOT NULL,
  recorded_at   timestamptz NOT NULL,
  PRIMARY KEY (account, history_seq),
  CHECK ((command = 'accept_drawdown') = (scope = '')),
  CHECK ((scope = '') = (name = ''))
);
CALL audit.make_append_only('trading.risk_commands');
COMMENT ON COLUMN trading.risk_commands.history_seq IS 'Its entry in the account''s audit stream.';
COMMENT ON COLUMN trading.risk_commands.after_ns IS 'Event time of the last finished step; the command holds from the next one on.';

CREATE TABLE trading.breaker_latches (
  account    text NOT NULL,
  scope      text NOT NULL,
  name       text NOT NULL,
  latched    boolean NOT NULL,
  latched_by text NOT NULL,
  principal  text NOT NULL,
  reason     text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (account, scope, name)
);
COMMENT ON COLUMN trading.breaker_latches.latched_by IS 'Who must not be the one who releases it; empty without a latch.';

-- What the guard tells of its breakers whenever one has moved. Derived: a guard that starts computes it from the history.
CREATE TABLE trading.breakers (
  account       text NOT NULL,
  scope         text NOT NULL,
  name          text NOT NULL,
  state         text NOT NULL CHECK (state IN ('closed', 'half_open', 'open')),
  latched       boolean NOT NULL,
  trigger       text NOT NULL,
  limit_value   trading.amount NOT NULL,
  seen_value    trading.amount NOT NULL,
  since_ns      bigint,
  event_time_ns bigint NOT NULL,
  history_seq   bigint NOT NULL,
  guard_epoch   bigint NOT NULL,
  node          text NOT NULL,
  updated_at    timestamptz NOT NULL,
  PRIMARY KEY (account, scope, name)
);
COMMENT ON COLUMN trading.breakers.history_seq IS 'The guard had read the account''s history up to this entry.';

-- The strictest mode of all scopes an order belongs to, as a rank. A latched breaker holds like `reducing`: its guard may be
-- deciding from what it read before, and no order that adds risk is to commit after the latch.
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
            AND (scope = 'account' OR (scope = 'strategy' AND name = p_strategy)
                 OR (scope = 'instrument' AND name = p_instrument));
    IF FOUND THEN
      RETURN 2;
    END IF;
  END IF;
  RETURN coalesce(strictest, 1);
END
$$;

-- All breakers of an account as its guard knows them; what is not among them has left the configuration.
CREATE FUNCTION trading.tell_breakers(m jsonb, held jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  p_account constant text := m->>'account';
BEGIN
  IF NOT trading.holds(held, m->'guard') THEN
    RETURN trading.fenced(m->'guard');
  END IF;
  PERFORM 1 FROM trading.accounts WHERE account = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN trading.outcome('refused', 'no such account');
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

CREATE OR REPLACE FUNCTION trading.commit_group(p_units text[], p_accounts text[], p_members text[]) RETURNS text
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
      WHEN 'breakers' THEN result := trading.tell_breakers(m, held);
    END CASE;
    results := results || CASE results WHEN '' THEN '[' ELSE ',' END || result;
  END LOOP;
  RETURN results || ']';
END
$$;

-- Holds the gate like a change of mode. Whoever latched a breaker cannot release it. Saying it twice is saying it once: a
-- second release would otherwise end the cool-down that the first one left standing.
CREATE FUNCTION trading.command_risk(p_account text, p_command text, p_scope text, p_name text, p_principal text,
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
  IF NOT FOUND OR p_scope = 'global' OR (p_scope = '') <> (p_name = '') OR (p_scope = 'account' AND p_name <> p_account) THEN
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
  seq := audit.append('account/' || p_account, at_time, '', 0, p_principal, 'commanded',
    json_build_object('in', json_build_object('command', p_command, 'scope', p_scope, 'name', p_name, 'principal', p_principal,
                                              'reason', p_reason),
                      'out', json_build_object('after_ns', last_step))::text);
  INSERT INTO trading.risk_commands (account, history_seq, command, scope, name, after_ns, principal, reason, recorded_at)
    VALUES (p_account, seq, p_command, p_scope, p_name, last_step, p_principal, p_reason, at_time);
  RETURN 'applied';
END
$$;

CREATE VIEW trading.v_breakers AS
  SELECT account, scope, name, CASE WHEN l.latched THEN 'open' ELSE b.state END AS state,
         CASE WHEN l.latched THEN 'person' ELSE b.trigger END AS trigger,
         CASE WHEN l.latched THEN 0 ELSE b.limit_value END AS limit_value,
         CASE WHEN l.latched THEN 0 ELSE b.seen_value END AS seen_value, trading.at_ns(b.since_ns) AS since,
         l.latched IS NOT NULL AS latched, l.latched_by, l.reason AS latch_reason, l.updated_at AS latched_at,
         trading.at_ns(b.event_time_ns) AS as_of, b.guard_epoch, b.node, b.updated_at
  FROM trading.breakers b
  FULL JOIN (SELECT * FROM trading.breaker_latches WHERE latched) l USING (account, scope, name);
COMMENT ON VIEW trading.v_breakers IS
  'Which breaker is open, since when, by what, and who holds it? As its guard told it last; latches count at once.';

CREATE VIEW trading.v_risk_commands AS
  SELECT recorded_at, account, history_seq, command, scope, name, trading.at_ns(after_ns) AS after_step, principal, reason
  FROM trading.risk_commands;
COMMENT ON VIEW trading.v_risk_commands IS 'Who latched or released which breaker, or accepted a drawdown, when and why?';

REVOKE ALL ON FUNCTION trading.tell_breakers(jsonb, jsonb), trading.command_risk(text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trading.command_risk(text, text, text, text, text, text) TO supreme_writer;
GRANT SELECT ON trading.risk_commands, trading.breaker_latches, trading.breakers TO supreme_writer, supreme_auditor;
GRANT SELECT ON trading.v_breakers, trading.v_risk_commands TO supreme_writer, supreme_auditor, supreme_reader;
