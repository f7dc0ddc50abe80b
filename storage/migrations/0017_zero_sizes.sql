-- Why a size came to nothing, beside the refusal.
CREATE OR REPLACE VIEW trading.v_refusals AS
  SELECT v.recorded_at, trading.at_ns(s.event_time_ns) AS event_time, v.account, s.strategy, v.slot, s.instrument, v.refusal,
         v.decided_by, c.failed ->> 'limit' AS limit_value, c.failed ->> 'seen' AS seen_value, s.wanted, s.reason, v.cause, v.leg,
         v.child, v.checks, v.config_version, v.guard_epoch, v.node, c.failed ->> 'why' AS why
  FROM trading.verdicts v JOIN trading.signals s USING (slot, cause, leg, child)
  LEFT JOIN LATERAL (SELECT x AS failed FROM jsonb_array_elements(v.checks) x WHERE NOT (x ->> 'passed')::boolean LIMIT 1) c ON true
  WHERE v.refusal <> 'none';
COMMENT ON VIEW trading.v_refusals IS
  'What was refused, by which check, at which limit? `why` says of quantity_zero what the size lacked; decided_by, whether the guard''s checks or the rows themselves refused.';
