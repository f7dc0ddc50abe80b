-- What may be traded, and history. Rows that break a data-quality rule go to the quarantine, never to the bars.
CREATE SCHEMA market;

CREATE TABLE market.instruments (
  instrument   text PRIMARY KEY CHECK (instrument <> ''),
  base         text NOT NULL CHECK (base <> ''),
  quote        text NOT NULL CHECK (quote <> ''),
  tick_size    numeric(20, 8) NOT NULL CHECK (tick_size > 0),
  lot_size     numeric(20, 8) NOT NULL CHECK (lot_size > 0),
  min_notional numeric(20, 8) NOT NULL CHECK (min_notional >= 0),
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE market.bars (
  source      text NOT NULL,
  instrument  text NOT NULL,
  interval_ns bigint NOT NULL CHECK (interval_ns > 0),
  open_time   timestamptz NOT NULL,
  open        numeric(20, 8) NOT NULL CHECK (open > 0),
  high        numeric(20, 8) NOT NULL,
  low         numeric(20, 8) NOT NULL CHECK (low > 0),
  close       numeric(20, 8) NOT NULL CHECK (close > 0),
  volume      numeric(20, 8) NOT NULL CHECK (volume >= 0),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, instrument, interval_ns, open_time),
  CHECK (high >= greatest(open, close, low) AND low <= least(open, close))
);

CREATE TABLE market.quarantine (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      text NOT NULL,
  line        bigint NOT NULL,
  reason      text NOT NULL,
  raw         text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (source, line, reason)
);
CALL audit.make_append_only('market.quarantine');
COMMENT ON TABLE market.quarantine IS 'Market data rows that broke a rule: where they came from, which rule, and the row as it was.';
