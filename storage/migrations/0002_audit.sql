-- The audit trail: one gap-free hash chain per stream, written only by audit.append() inside the transaction
-- whose rows it describes. A row that exists without its audit row, or differently, is found by `audit verify`.
CREATE SCHEMA audit;

CREATE TABLE audit.heads (
  stream    text PRIMARY KEY,
  seq       bigint NOT NULL,
  hash      bytea NOT NULL,
  prev_hash bytea NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE audit.log (
  stream    text NOT NULL,
  seq       bigint NOT NULL,
  at        timestamptz NOT NULL,
  node      text NOT NULL,
  epoch     bigint NOT NULL,
  actor     text NOT NULL,
  kind      text NOT NULL,
  payload   bytea NOT NULL,
  prev_hash bytea NOT NULL,
  hash      bytea NOT NULL,
  PRIMARY KEY (stream, seq)
);
-- Payloads are small texts; compressing each of them costs more time in a commit than it saves on disk.
ALTER TABLE audit.log ALTER COLUMN payload SET STORAGE EXTERNAL;

COMMENT ON TABLE audit.log IS
  'Everything that changed, in order, one hash chain per stream. hash = sha256 over the length-prefixed bytes of every other column.';
COMMENT ON TABLE audit.heads IS 'The last row of each stream; locked while a transaction appends.';

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op
    USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Guards a table of facts against everybody, its owner included.
CREATE PROCEDURE audit.make_append_only(p_table regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON %s '
                 'FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', p_table);
  EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON %s '
                 'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', p_table);
END
$$;

CALL audit.make_append_only('audit.log');

-- Microseconds since 1970, exactly.
CREATE FUNCTION audit.microseconds(t timestamptz) RETURNS bigint LANGUAGE sql STABLE
RETURN (extract(epoch FROM t) * 1000000)::bigint;

-- Eight bytes of length before each column make two different rows never have the same bytes. In PL/pgSQL, because
-- a function in SQL that cannot be inlined is planned again in every transaction that calls it.
CREATE FUNCTION audit.row_hash(p_stream text, p_seq bigint, p_at timestamptz, p_node text, p_epoch bigint, p_actor text,
                               p_kind text, p_payload bytea, p_prev_hash bytea)
RETURNS bytea LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN sha256(int8send(octet_length(p_prev_hash)) || p_prev_hash
                || int8send(octet_length(p_stream)) || convert_to(p_stream, 'UTF8')
                || int8send(8) || int8send(p_seq)
                || int8send(8) || int8send(audit.microseconds(p_at))
                || int8send(octet_length(p_node)) || convert_to(p_node, 'UTF8')
                || int8send(8) || int8send(p_epoch)
                || int8send(octet_length(p_actor)) || convert_to(p_actor, 'UTF8')
                || int8send(octet_length(p_kind)) || convert_to(p_kind, 'UTF8')
                || int8send(octet_length(p_payload)) || p_payload);
END
$$;

-- Appends one row to a stream and answers its number. The head stays locked until the transaction ends, so
-- callers take every other lock before.
CREATE FUNCTION audit.append(p_stream text, p_at timestamptz, p_node text, p_epoch bigint, p_actor text, p_kind text,
                             p_payload text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head audit.heads;
  content constant bytea := convert_to(p_payload, 'UTF8');
BEGIN
  LOOP
    UPDATE audit.heads
      SET seq = seq + 1, prev_hash = hash,
          hash = audit.row_hash(p_stream, seq + 1, p_at, p_node, p_epoch, p_actor, p_kind, content, hash)
      WHERE stream = p_stream RETURNING * INTO head;
    EXIT WHEN FOUND;
    INSERT INTO audit.heads (stream, seq, hash, prev_hash) VALUES (p_stream, 0, decode(repeat('00', 32), 'hex'), '')
      ON CONFLICT (stream) DO NOTHING;
  END LOOP;
  INSERT INTO audit.log (stream, seq, at, node, epoch, actor, kind, payload, prev_hash, hash)
    VALUES (p_stream, head.seq, p_at, p_node, p_epoch, p_actor, p_kind, content, head.prev_hash, head.hash);
  RETURN head.seq;
END
$$;
