-- The account's history says how long a venue took to answer, from which guards measure latency. Both times are the server's.
CREATE OR REPLACE FUNCTION trading.events_after(p_account text, p_after bigint, p_limit bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
        'seq', e.seq, 'kind', e.kind, 'payload', convert_from(e.payload, 'UTF8')::json,
        'sent', CASE e.kind WHEN 'reported' THEN (SELECT json_build_object('decided_ns', o.event_time_ns,
            'took_us', audit.microseconds(e.at) - audit.microseconds(o.recorded_at))
          FROM trading.orders o WHERE o.id = convert_from(e.payload, 'UTF8')::json #>> '{in,id}') END)
        ORDER BY e.seq), '[]')
      FROM (SELECT seq, at, kind, payload FROM audit.log WHERE stream = 'account/' || p_account AND seq > p_after
              ORDER BY seq LIMIT p_limit) e);
END
$$;
