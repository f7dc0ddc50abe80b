-- The rows of trading. Facts (signals, verdicts, fills, movements, events, ...) are only ever added. Orders, positions,
-- slots, balances and accounts are what the facts add up to; `audit verify` computes them again from the audit trail.
--
-- There are no foreign keys between them: rows are written by the transaction functions alone, under the lock of their
-- account, and each key check would cost every order a tenth of its commit.
CREATE SCHEMA trading;

-- Rules of values are domains and not CHECK constraints: PostgreSQL reads and plans the constraints and generated columns of a
-- table anew in every statement that writes it, which would double what a commit costs; domains are planned once.

-- Exactly what an int64 of 1e-8 units holds. A value outside it raises, as the arithmetic of the program does.
CREATE DOMAIN trading.amount AS numeric(20, 8)
  CHECK (VALUE BETWEEN -92233720368.54775808 AND 92233720368.54775807);
-- What is promised or reserved.
CREATE DOMAIN trading.promise AS numeric(20, 8) CHECK (VALUE BETWEEN 0 AND 92233720368.54775807);
-- A price or a quantity that is traded.
CREATE DOMAIN trading.positive AS numeric(20, 8) CHECK (VALUE > 0 AND VALUE <= 92233720368.54775807);
CREATE DOMAIN trading.name AS text CHECK (VALUE <> '');
CREATE DOMAIN trading.side AS text CHECK (VALUE IN ('buy', 'sell'));
CREATE DOMAIN trading.order_type AS text CHECK (VALUE IN ('market', 'limit', 'stop', 'stop_limit'));
CREATE DOMAIN trading.order_state AS text
  CHECK (VALUE IN ('intent', 'submitting', 'unknown', 'open', 'partially_filled', 'filled', 'cancelled', 'rejected', 'expired',
                   'abandoned', 'not_accepted'));

-- The gate: everything that changes an account locks its row first.
CREATE TABLE trading.accounts (
  account     trading.name PRIMARY KEY,
  venue       trading.name NOT NULL,
  account_seq bigint NOT NULL DEFAULT 0,
  recorded_at timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE trading.modes (
  scope        text NOT NULL CHECK (scope IN ('global', 'account', 'strategy', 'instrument')),
  name         text NOT NULL,
  mode         text NOT NULL CHECK (mode IN ('active', 'reducing', 'halted')),
  principal    text NOT NULL,
  reason       text NOT NULL,
  tightened_by text NOT NULL,
  updated_at   timestamptz NOT NULL,
  PRIMARY KEY (scope, name),
  CHECK ((scope = 'global') = (name = ''))
);
COMMENT ON COLUMN trading.modes.tightened_by IS 'Who made it stricter last: somebody else must loosen it.';

CREATE TABLE trading.mode_changes (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope       text NOT NULL,
  name        text NOT NULL,
  from_mode   text NOT NULL,
  to_mode     text NOT NULL,
  principal   text NOT NULL,
  reason      text NOT NULL,
  recorded_at timestamptz NOT NULL
);
CALL audit.make_append_only('trading.mode_changes');

CREATE TABLE trading.signals (
  slot             trading.name NOT NULL,
  cause            trading.name NOT NULL,
  leg              bigint NOT NULL,
  child            bigint NOT NULL,
  strategy         text NOT NULL,
  account          text NOT NULL,
  instrument       text NOT NULL,
  wanted           text NOT NULL,
  reference_price  trading.amount NOT NULL,
  reason           text NOT NULL,
  inputs           jsonb NOT NULL,
  event_time_ns    bigint NOT NULL,
  seen_account_seq bigint NOT NULL,
  strategy_epoch   bigint NOT NULL,
  node             text NOT NULL,
  recorded_at      timestamptz NOT NULL,
  PRIMARY KEY (slot, cause, leg, child)
);
CALL audit.make_append_only('trading.signals');

CREATE TABLE trading.verdicts (
  slot           text NOT NULL,
  cause          text NOT NULL,
  leg            bigint NOT NULL,
  child          bigint NOT NULL,
  account        text NOT NULL,
  refusal        text NOT NULL,
  decided_by     text NOT NULL,
  checks         jsonb NOT NULL,
  direction      text NOT NULL,
  size           trading.amount NOT NULL,
  worst_price    trading.amount NOT NULL,
  reserve_cash   trading.amount NOT NULL,
  mark           trading.amount NOT NULL,
  max_position   trading.amount,
  allow_short    boolean NOT NULL,
  config_version bigint NOT NULL,
  order_id       text,
  guard_epoch    bigint NOT NULL,
  node           text NOT NULL,
  recorded_at    timestamptz NOT NULL,
  PRIMARY KEY (slot, cause, leg, child)
);
CREATE INDEX verdicts_refused ON trading.verdicts (recorded_at) WHERE refusal <> 'none';
CALL audit.make_append_only('trading.verdicts');
COMMENT ON COLUMN trading.verdicts.decided_by IS 'guard: by the checks before the commit; rows: by the rows, inside it.';

-- The legal moves of an order; equal to trading::may_move without staying in place.
CREATE TABLE trading.order_edges (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO trading.order_edges (from_state, to_state)
  SELECT 'intent', unnest(ARRAY['submitting', 'abandoned'])
  UNION ALL SELECT 'submitting', 'unknown'
  UNION ALL SELECT sent, outcome FROM unnest(ARRAY['submitting', 'unknown']) sent,
    unnest(ARRAY['open', 'partially_filled', 'filled', 'cancelled', 'rejected', 'expired', 'not_accepted']) outcome
  UNION ALL SELECT 'open', unnest(ARRAY['partially_filled', 'filled', 'cancelled', 'expired'])
  UNION ALL SELECT 'partially_filled', unnest(ARRAY['filled', 'cancelled', 'expired']);
CALL audit.make_append_only('trading.order_edges');

CREATE SEQUENCE trading.order_numbers;

CREATE TABLE trading.orders (
  id                trading.name PRIMARY KEY,
  number            bigint NOT NULL UNIQUE,
  slot              text NOT NULL,
  cause             text NOT NULL,
  leg               bigint NOT NULL,
  child             bigint NOT NULL,
  strategy          text NOT NULL,
  account           text NOT NULL,
  venue             text NOT NULL,
  instrument        text NOT NULL,
  quote             text NOT NULL,
  direction         trading.side NOT NULL,
  type              trading.order_type NOT NULL,
  size              trading.positive NOT NULL,
  limit_price       trading.amount,
  stop_price        trading.amount,
  decision_price    trading.amount NOT NULL,
  event_time_ns     bigint NOT NULL,
  reserve_cash      trading.promise NOT NULL,
  state             trading.order_state NOT NULL,
  is_open           boolean NOT NULL DEFAULT true,
  filled            trading.promise NOT NULL DEFAULT 0,
  reserved_quantity trading.promise NOT NULL,
  reserved_cash     trading.promise NOT NULL,
  incarnation       bigint NOT NULL DEFAULT 0,
  valid_until       timestamptz,
  venue_order       text NOT NULL DEFAULT '',
  reason            text NOT NULL DEFAULT '',
  event_count       bigint NOT NULL DEFAULT 1,
  guard_epoch       bigint NOT NULL,
  node              text NOT NULL,
  recorded_at       timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  UNIQUE (slot, cause, leg, child)
) WITH (fillfactor = 60);
CREATE INDEX orders_open ON trading.orders (account, number) WHERE is_open;
COMMENT ON COLUMN trading.orders.is_open IS 'Whether the state is not a terminal one.';
COMMENT ON COLUMN trading.orders.reserve_cash IS 'Reserved at the decision; reserved_cash is what is left of it.';

CREATE TABLE trading.order_events (
  order_id      text NOT NULL,
  seq           bigint NOT NULL,
  account       text NOT NULL,
  kind          text NOT NULL,
  from_state    text,
  to_state      text NOT NULL,
  detail        text NOT NULL,
  event_time_ns bigint NOT NULL,
  actor         text NOT NULL,
  epoch         bigint NOT NULL,
  node          text NOT NULL,
  recorded_at   timestamptz NOT NULL,
  PRIMARY KEY (order_id, seq)
);
CALL audit.make_append_only('trading.order_events');

CREATE TABLE trading.positions (
  account        text NOT NULL,
  instrument     text NOT NULL,
  size           trading.amount NOT NULL DEFAULT 0,
  cost           trading.amount NOT NULL DEFAULT 0,
  realised_gross trading.amount NOT NULL DEFAULT 0,
  fees_quote     trading.amount NOT NULL DEFAULT 0,
  fill_count     bigint NOT NULL DEFAULT 0,
  reserved_buy   trading.promise NOT NULL DEFAULT 0,
  reserved_sell  trading.promise NOT NULL DEFAULT 0,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (account, instrument)
) WITH (fillfactor = 50);

CREATE TABLE trading.slots (
  account        text NOT NULL,
  slot           text NOT NULL,
  instrument     text NOT NULL,
  size           trading.amount NOT NULL DEFAULT 0,
  cost           trading.amount NOT NULL DEFAULT 0,
  realised_gross trading.amount NOT NULL DEFAULT 0,
  fees_quote     trading.amount NOT NULL DEFAULT 0,
  fill_count     bigint NOT NULL DEFAULT 0,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (account, slot)
) WITH (fillfactor = 50);

CREATE TABLE trading.balances (
  account    text NOT NULL,
  asset      trading.name NOT NULL,
  amount     trading.amount NOT NULL,
  reserved   trading.promise NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (account, asset)
) WITH (fillfactor = 50);

-- Every change of a balance; their sum is the balance.
CREATE TABLE trading.movements (
  account     text NOT NULL,
  account_seq bigint NOT NULL,
  asset       text NOT NULL,
  kind        text NOT NULL,
  delta       trading.amount NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (account, account_seq, asset)
);
CALL audit.make_append_only('trading.movements');

CREATE TABLE trading.fills (
  venue               text NOT NULL,
  account             text NOT NULL,
  trade_id            trading.name NOT NULL,
  order_id            text NOT NULL,
  slot                text NOT NULL,
  instrument          text NOT NULL,
  direction           text NOT NULL,
  price               trading.positive NOT NULL,
  size                trading.positive NOT NULL,
  fee                 trading.amount NOT NULL,
  fee_asset           text NOT NULL,
  event_time_ns       bigint NOT NULL,
  account_seq         bigint NOT NULL,
  position_size       trading.amount NOT NULL,
  position_cost       trading.amount NOT NULL,
  position_realised   trading.amount NOT NULL,
  position_fees       trading.amount NOT NULL,
  position_fill_count bigint NOT NULL,
  slot_size           trading.amount NOT NULL,
  slot_cost           trading.amount NOT NULL,
  slot_realised       trading.amount NOT NULL,
  slot_fees           trading.amount NOT NULL,
  slot_fill_count     bigint NOT NULL,
  portfolio_epoch     bigint NOT NULL,
  node                text NOT NULL,
  recorded_at         timestamptz NOT NULL,
  PRIMARY KEY (venue, account, trade_id),
  UNIQUE (account, account_seq)
);
CREATE INDEX fills_by_order ON trading.fills (order_id);
CALL audit.make_append_only('trading.fills');

-- Fills that fit no order of ours, or contradict one. They force a reconciliation; nothing applies them by itself.
CREATE TABLE trading.quarantine_fill (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue           text NOT NULL,
  account         text NOT NULL,
  trade_id        text NOT NULL,
  order_id        text NOT NULL,
  instrument      text NOT NULL,
  direction       text NOT NULL,
  price           trading.amount NOT NULL,
  size            trading.amount NOT NULL,
  fee             trading.amount NOT NULL,
  fee_asset       text NOT NULL,
  event_time_ns   bigint NOT NULL,
  reason          text NOT NULL,
  portfolio_epoch bigint NOT NULL,
  node            text NOT NULL,
  recorded_at     timestamptz NOT NULL,
  UNIQUE (venue, account, trade_id, reason)
);
CALL audit.make_append_only('trading.quarantine_fill');

-- Group members whose statement raised, as text, because what cannot be parsed is parked, too.
CREATE TABLE trading.parked (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL,
  account     text NOT NULL,
  reason      text NOT NULL,
  member      text NOT NULL,
  recorded_at timestamptz NOT NULL
);
CALL audit.make_append_only('trading.parked');

CREATE TABLE trading.replays (
  replay        trading.name PRIMARY KEY,
  step          bigint NOT NULL,
  event_time_ns bigint NOT NULL,
  finished      boolean NOT NULL,
  updated_at    timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE trading.replay_steps (
  replay        text NOT NULL,
  step          bigint NOT NULL,
  event_time_ns bigint NOT NULL,
  bars          bigint NOT NULL,
  signals       bigint NOT NULL,
  finished      boolean NOT NULL,
  epoch         bigint NOT NULL,
  node          text NOT NULL,
  recorded_at   timestamptz NOT NULL,
  PRIMARY KEY (replay, step)
);
CALL audit.make_append_only('trading.replay_steps');

CREATE TABLE trading.equity (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account       text NOT NULL,
  replay        text NOT NULL,
  step          bigint NOT NULL,
  event_time_ns bigint NOT NULL,
  equity        trading.amount NOT NULL,
  cash          trading.amount NOT NULL,
  recorded_at   timestamptz NOT NULL,
  UNIQUE (account, replay, step)
);
CALL audit.make_append_only('trading.equity');
