-- What the program reads back. Decimals are text, because JSON readers turn numbers into floating point. json and not
-- jsonb, whose sorted binary form would be made only to be printed.
CREATE FUNCTION trading.order_json(o trading.orders) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object(
  'id', (o).id, 'number', (o).number, 'slot', (o).slot, 'cause', (o).cause, 'leg', (o).leg, 'child', (o).child,
  'strategy', (o).strategy, 'account', (o).account, 'venue', (o).venue, 'instrument', (o).instrument,
  'direction', (o).direction, 'type', (o).type, 'size', (o).size::text, 'limit_price', (o).limit_price::text,
  'stop_price', (o).stop_price::text, 'decision_price', (o).decision_price::text, 'event_time_ns', (o).event_time_ns,
  'state', (o).state, 'filled', (o).filled::text, 'reserved_quantity', (o).reserved_quantity::text,
  'reserved_cash', (o).reserved_cash::text, 'incarnation', (o).incarnation,
  'valid_until_ns', audit.microseconds((o).valid_until) * 1000,
  'venue_order', (o).venue_order, 'reason', (o).reason);

CREATE FUNCTION trading.mode_rank(mode text) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE mode WHEN 'active' THEN 1 WHEN 'reducing' THEN 2 WHEN 'halted' THEN 3 END;

CREATE FUNCTION trading.mode_name(rank integer) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE rank WHEN 1 THEN 'active' WHEN 2 THEN 'reducing' WHEN 3 THEN 'halted' END;

CREATE FUNCTION trading.find_order(p_id text) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT trading.order_json(o) FROM trading.orders o WHERE o.id = p_id);
END
$$;

-- One statement, hence one snapshot.
CREATE FUNCTION trading.load_account(p_account text) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
        'account_seq', a.account_seq,
        'balances', (SELECT coalesce(json_agg(json_build_object(
                       'asset', b.asset, 'amount', b.amount::text, 'reserved', b.reserved::text)), '[]')
                     FROM trading.balances b WHERE b.account = a.account),
        'positions', (SELECT coalesce(json_agg(json_build_object(
                        'instrument', p.instrument, 'size', p.size::text, 'cost', p.cost::text,
                        'realised_gross', p.realised_gross::text, 'fees_quote', p.fees_quote::text,
                        'fill_count', p.fill_count, 'reserved_buy', p.reserved_buy::text,
                        'reserved_sell', p.reserved_sell::text)), '[]')
                      FROM trading.positions p WHERE p.account = a.account),
        'slots', (SELECT coalesce(json_agg(json_build_object(
                    'slot', s.slot, 'instrument', s.instrument, 'size', s.size::text, 'cost', s.cost::text,
                    'realised_gross', s.realised_gross::text, 'fees_quote', s.fees_quote::text,
                    'fill_count', s.fill_count)), '[]')
                  FROM trading.slots s WHERE s.account = a.account),
        'open_orders', (SELECT coalesce(json_agg(trading.order_json(o) ORDER BY o.number), '[]')
                        FROM trading.orders o WHERE o.account = a.account AND o.is_open),
        'mode', (SELECT trading.mode_name(coalesce(max(trading.mode_rank(m.mode)), 1)) FROM trading.modes m
                 WHERE m.scope = 'global' OR (m.scope = 'account' AND m.name = a.account)),
        'strategy_modes', (SELECT coalesce(json_object_agg(m.name, m.mode), '{}') FROM trading.modes m
                           WHERE m.scope = 'strategy' AND m.mode <> 'active'),
        'instrument_modes', (SELECT coalesce(json_object_agg(m.name, m.mode), '{}') FROM trading.modes m
                             WHERE m.scope = 'instrument' AND m.mode <> 'active'))
      FROM trading.accounts a WHERE a.account = p_account);
END
$$;

CREATE FUNCTION trading.fills_after(p_account text, p_after bigint, p_limit bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
        'venue', f.venue, 'account', f.account, 'trade_id', f.trade_id, 'order', f.order_id, 'instrument', f.instrument,
        'direction', f.direction, 'price', f.price::text, 'size', f.size::text, 'fee', f.fee::text, 'fee_asset', f.fee_asset,
        'event_time_ns', f.event_time_ns, 'slot', f.slot, 'account_seq', f.account_seq,
        'slot_after', json_build_object('size', f.slot_size::text, 'cost', f.slot_cost::text,
          'realised_gross', f.slot_realised::text, 'fees_quote', f.slot_fees::text, 'fill_count', f.slot_fill_count))
        ORDER BY f.account_seq), '[]')
      FROM (SELECT * FROM trading.fills WHERE account = p_account AND account_seq > p_after
              ORDER BY account_seq LIMIT p_limit) f);
END
$$;

CREATE FUNCTION trading.account_names() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT account FROM trading.accounts ORDER BY account COLLATE "C"
$$;

CREATE FUNCTION trading.load_progress(p_replay text) RETURNS SETOF trading.replays
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM trading.replays WHERE replay = p_replay
$$;
