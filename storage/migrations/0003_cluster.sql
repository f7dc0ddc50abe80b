-- Membership, placement and configuration. All times are this server's; a node's own clock decides nothing here.
CREATE SCHEMA cluster;

-- One row: the cluster this database belongs to, written by the first node that registers. Locking it
-- serialises registrations.
CREATE TABLE cluster.identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  cluster  text NOT NULL DEFAULT ''
);
INSERT INTO cluster.identity DEFAULT VALUES;

CREATE SEQUENCE cluster.incarnations;

CREATE TABLE cluster.nodes (
  incarnation    bigint PRIMARY KEY,
  node           text NOT NULL CHECK (node <> ''),
  runtime_id     text NOT NULL,
  build          text NOT NULL,
  messages       text NOT NULL,
  host           text NOT NULL,
  port           integer NOT NULL CHECK (port BETWEEN 0 AND 65535),
  labels         jsonb NOT NULL,
  state          text NOT NULL CHECK (state IN ('live', 'dead', 'left')),
  config_version bigint NOT NULL DEFAULT 0,
  registered_at  timestamptz NOT NULL,
  renewed_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  ended_at       timestamptz
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX nodes_one_live_per_name ON cluster.nodes (node) WHERE state = 'live';
CREATE UNIQUE INDEX nodes_one_live_per_runtime_id ON cluster.nodes (runtime_id) WHERE state = 'live';
CREATE INDEX nodes_ended ON cluster.nodes (ended_at) WHERE state <> 'live';

CREATE TABLE cluster.units (
  unit               text PRIMARY KEY CHECK (unit <> ''),
  holder             text,
  holder_incarnation bigint REFERENCES cluster.nodes,
  epoch              bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  changed_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((holder IS NULL) = (holder_incarnation IS NULL))
) WITH (fillfactor = 50);

CREATE TABLE cluster.config_versions (
  version     bigint PRIMARY KEY CHECK (version > 0),
  text        text NOT NULL,
  sha256      text NOT NULL,
  applied_by  text NOT NULL,
  recorded_at timestamptz NOT NULL
);
CALL audit.make_append_only('cluster.config_versions');

-- What happened to nodes and units: registered, dead, left, claimed, released.
CREATE TABLE cluster.node_events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node        text NOT NULL,
  incarnation bigint NOT NULL,
  kind        text NOT NULL,
  unit        text NOT NULL DEFAULT '',
  epoch       bigint NOT NULL DEFAULT 0,
  detail      text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL
);
CALL audit.make_append_only('cluster.node_events');

CREATE TABLE cluster.actor_events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node        text NOT NULL,
  incarnation bigint NOT NULL,
  actor       text NOT NULL,
  kind        text NOT NULL,
  epoch       bigint NOT NULL,
  detail      text NOT NULL,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX actor_events_by_actor ON cluster.actor_events (actor, id);
CALL audit.make_append_only('cluster.actor_events');

CREATE FUNCTION cluster.note(p_at timestamptz, p_node text, p_incarnation bigint, p_kind text, p_unit text, p_epoch bigint,
                             p_detail text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cluster.node_events (node, incarnation, kind, unit, epoch, detail, recorded_at)
    VALUES (p_node, p_incarnation, p_kind, p_unit, p_epoch, p_detail, p_at);
  PERFORM audit.append('cluster', p_at, p_node, p_epoch, CASE WHEN p_unit = '' THEN 'node' ELSE p_unit END, p_kind,
    json_build_object('node', p_node, 'incarnation', p_incarnation, 'unit', p_unit, 'epoch', p_epoch,
                      'detail', p_detail)::text);
END
$$;

-- Declares every expired node dead. The row lock makes a renewal that is under way either come first, and
-- keep its node alive, or find itself dead.
CREATE FUNCTION cluster.bury_expired() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  dead record;
BEGIN
  FOR dead IN
    UPDATE cluster.nodes SET state = 'dead', ended_at = clock_timestamp()
      WHERE incarnation IN (SELECT incarnation FROM cluster.nodes
                              WHERE state = 'live' AND expires_at < clock_timestamp()
                              ORDER BY incarnation FOR UPDATE SKIP LOCKED)
        AND state = 'live' AND expires_at < clock_timestamp()
      RETURNING node, incarnation, ended_at
  LOOP
    PERFORM cluster.note(dead.ended_at, dead.node, dead.incarnation, 'dead', '', 0, 'the heartbeat expired');
  END LOOP;
END
$$;

CREATE FUNCTION cluster.is_live(p_incarnation bigint) RETURNS boolean LANGUAGE sql VOLATILE
RETURN EXISTS (SELECT 1 FROM cluster.nodes
                 WHERE incarnation = p_incarnation AND state = 'live' AND expires_at > clock_timestamp());

CREATE FUNCTION cluster.register_node(r jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  stored text;
  other cluster.nodes;
  new_incarnation bigint;
  refusal text;
BEGIN
  SELECT cluster INTO STRICT stored FROM cluster.identity FOR UPDATE;
  PERFORM cluster.bury_expired();
  at_time := clock_timestamp();
  IF stored <> '' AND stored <> r->>'cluster' THEN
    RETURN jsonb_build_object('incarnation', 0, 'refusal',
      format('this database belongs to cluster "%s", not "%s"', stored, r->>'cluster'));
  END IF;
  SELECT * INTO other FROM cluster.nodes
    WHERE state = 'live' AND (node = r->>'node' OR runtime_id = r->>'runtime_id' OR build <> r->>'build'
                              OR messages <> r->>'messages')
    ORDER BY (node = r->>'node') DESC, (runtime_id = r->>'runtime_id') DESC, node LIMIT 1;
  IF FOUND THEN
    refusal := CASE
      WHEN other.node = r->>'node' THEN
        format('node "%s" is still live (incarnation %s, expires in %s ms)', other.node, other.incarnation,
               greatest(0, ceil(extract(epoch FROM other.expires_at - at_time) * 1000)))
      WHEN other.runtime_id = r->>'runtime_id' THEN
        format('runtime id %s already belongs to node "%s"', other.runtime_id, other.node)
      WHEN other.build <> r->>'build' THEN
        format('node "%s" runs build %s, this is %s', other.node, other.build, r->>'build')
      ELSE format('node "%s" speaks message set %s, this is %s', other.node, other.messages, r->>'messages') END;
    RETURN jsonb_build_object('incarnation', 0, 'refusal', refusal);
  END IF;
  IF stored = '' THEN
    UPDATE cluster.identity SET cluster = r->>'cluster';
  END IF;
  new_incarnation := nextval('cluster.incarnations');
  INSERT INTO cluster.nodes (incarnation, node, runtime_id, build, messages, host, port, labels, state, registered_at,
                             renewed_at, expires_at)
    VALUES (new_incarnation, r->>'node', r->>'runtime_id', r->>'build', r->>'messages', r->>'host', (r->>'port')::integer,
            r->'labels', 'live', at_time, at_time, at_time + (r->>'ttl_ms')::bigint * interval '1 millisecond');
  PERFORM cluster.note(at_time, r->>'node', new_incarnation, 'registered', '', 0,
    format('%s:%s build %s', r->>'host', r->>'port', r->>'build'));
  RETURN jsonb_build_object('incarnation', new_incarnation, 'refusal', '');
END
$$;

CREATE FUNCTION cluster.view() RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'nodes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'node', n.node, 'incarnation', n.incarnation, 'runtime_id', n.runtime_id, 'host', n.host, 'port', n.port,
                'labels', n.labels, 'config_version', n.config_version,
                'live', n.state = 'live' AND n.expires_at > clock_timestamp(),
                'age_ms', floor(extract(epoch FROM clock_timestamp() - n.registered_at) * 1000)::bigint)
                ORDER BY n.node COLLATE "C", n.incarnation), '[]')
              FROM cluster.nodes n
              WHERE n.state = 'live' OR (n.state <> 'live' AND n.ended_at > clock_timestamp() - interval '1 hour')),
    'units', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'unit', u.unit, 'holder', coalesce(u.holder, ''), 'holder_incarnation', coalesce(u.holder_incarnation, 0),
                'epoch', u.epoch) ORDER BY u.unit COLLATE "C"), '[]') FROM cluster.units u),
    'config_version', (SELECT coalesce(max(version), 0) FROM cluster.config_versions))
$$;

CREATE FUNCTION cluster.renew(p_node text, p_incarnation bigint, p_ttl_ms bigint, p_config_version bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_alive boolean;
BEGIN
  UPDATE cluster.nodes
    SET expires_at = clock_timestamp() + p_ttl_ms * interval '1 millisecond', renewed_at = clock_timestamp(),
        config_version = p_config_version
    WHERE incarnation = p_incarnation AND node = p_node AND state = 'live' AND expires_at > clock_timestamp();
  is_alive := FOUND;
  PERFORM cluster.bury_expired();
  RETURN cluster.view() || jsonb_build_object('alive', is_alive);
END
$$;

CREATE FUNCTION cluster.leave(p_node text, p_incarnation bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  held cluster.units[];
  one cluster.units;
BEGIN
  -- Units first and in order, as everybody locks them, then the node, then the audit head. Taking the units
  -- waits for the last protected commits.
  SELECT array_agg(u) INTO held
    FROM (SELECT * FROM cluster.units WHERE holder_incarnation = p_incarnation AND holder = p_node
            ORDER BY unit FOR NO KEY UPDATE) u;
  at_time := clock_timestamp();
  UPDATE cluster.units SET holder = NULL, holder_incarnation = NULL, changed_at = at_time
    WHERE holder_incarnation = p_incarnation AND holder = p_node;
  UPDATE cluster.nodes SET state = 'left', ended_at = at_time
    WHERE incarnation = p_incarnation AND node = p_node AND state = 'live';
  IF FOUND THEN
    PERFORM cluster.note(at_time, p_node, p_incarnation, 'left', '', 0, '');
  END IF;
  FOREACH one IN ARRAY coalesce(held, '{}') LOOP
    PERFORM cluster.note(at_time, p_node, p_incarnation, 'released', one.unit, one.epoch, 'the node left');
  END LOOP;
END
$$;

-- The unit's new epoch, or null when somebody live holds it or the claimer is not live itself.
CREATE FUNCTION cluster.claim(p_unit text, p_node text, p_incarnation bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  held cluster.units;
  new_epoch bigint;
BEGIN
  PERFORM 1 FROM cluster.nodes
    WHERE incarnation = p_incarnation AND node = p_node AND state = 'live' AND expires_at > clock_timestamp();
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  INSERT INTO cluster.units (unit) VALUES (p_unit) ON CONFLICT (unit) DO NOTHING;
  -- Waits for protected transactions of the present holder, which lock the row FOR SHARE.
  SELECT * INTO STRICT held FROM cluster.units WHERE unit = p_unit FOR NO KEY UPDATE;
  IF held.holder_incarnation IS NOT NULL THEN
    -- Whoever is expired is dead from here on; it cannot renew its way back between this and our commit.
    UPDATE cluster.nodes SET state = 'dead', ended_at = clock_timestamp()
      WHERE incarnation = held.holder_incarnation AND state = 'live' AND expires_at < clock_timestamp();
    IF FOUND THEN
      PERFORM cluster.note(clock_timestamp(), held.holder, held.holder_incarnation, 'dead', '', 0, 'the heartbeat expired');
    END IF;
    IF cluster.is_live(held.holder_incarnation) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF NOT cluster.is_live(p_incarnation) THEN
    RETURN NULL;
  END IF;
  at_time := clock_timestamp();
  UPDATE cluster.units
    SET holder = p_node, holder_incarnation = p_incarnation, epoch = epoch + 1, changed_at = at_time
    WHERE unit = p_unit RETURNING epoch INTO new_epoch;
  PERFORM cluster.note(at_time, p_node, p_incarnation, 'claimed', p_unit, new_epoch,
    CASE WHEN held.holder IS NULL THEN '' ELSE format('from %s, incarnation %s', held.holder, held.holder_incarnation) END);
  RETURN new_epoch;
END
$$;

CREATE FUNCTION cluster.release(p_unit text, p_node text, p_incarnation bigint, p_epoch bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
BEGIN
  PERFORM 1 FROM cluster.units WHERE unit = p_unit FOR NO KEY UPDATE;
  at_time := clock_timestamp();
  UPDATE cluster.units SET holder = NULL, holder_incarnation = NULL, changed_at = at_time
    WHERE unit = p_unit AND holder = p_node AND holder_incarnation = p_incarnation AND epoch = p_epoch;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM cluster.note(at_time, p_node, p_incarnation, 'released', p_unit, p_epoch, '');
  RETURN true;
END
$$;

CREATE FUNCTION cluster.next_incarnation() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT nextval('cluster.incarnations')
$$;

-- The new version's number, or null when the newest is not the expected one.
CREATE FUNCTION cluster.apply_config(p_text text, p_sha256 text, p_applied_by text, p_expected_previous bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at_time timestamptz;
  newest bigint;
BEGIN
  IF p_applied_by = '' THEN
    RAISE EXCEPTION 'a configuration is applied by somebody' USING ERRCODE = 'check_violation';
  END IF;
  IF encode(sha256(convert_to(p_text, 'UTF8')), 'hex') <> p_sha256 THEN
    RAISE EXCEPTION 'the configuration does not have the given SHA-256' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM 1 FROM cluster.identity FOR UPDATE;
  SELECT coalesce(max(version), 0) INTO newest FROM cluster.config_versions;
  IF newest <> p_expected_previous THEN
    RETURN NULL;
  END IF;
  at_time := clock_timestamp();
  INSERT INTO cluster.config_versions (version, text, sha256, applied_by, recorded_at)
    VALUES (newest + 1, p_text, p_sha256, p_applied_by, at_time);
  PERFORM audit.append('config', at_time, '', 0, p_applied_by, 'config_applied',
    json_build_object('version', newest + 1, 'sha256', p_sha256, 'applied_by', p_applied_by)::text);
  RETURN newest + 1;
END
$$;

CREATE FUNCTION cluster.config(p_version bigint) RETURNS SETOF cluster.config_versions
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM cluster.config_versions
    WHERE version = coalesce(p_version, (SELECT max(version) FROM cluster.config_versions))
$$;

CREATE FUNCTION cluster.record_event(p_node text, p_incarnation bigint, p_actor text, p_kind text, p_epoch bigint,
                                     p_detail text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO cluster.actor_events (node, incarnation, actor, kind, epoch, detail, recorded_at)
    VALUES (p_node, p_incarnation, p_actor, p_kind, p_epoch, p_detail, clock_timestamp())
$$;
