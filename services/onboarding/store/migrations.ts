/** Steps of the database's life, in order; one that has been released is never edited. Each runs once, in a transaction. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE developer (
  developer_id text PRIMARY KEY CHECK (developer_id ~ '^[a-z0-9]{1,16}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  locked_at timestamptz,
  lock_reason text
);

CREATE TABLE pin (
  pin_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  developer_id text NOT NULL REFERENCES developer,
  role text NOT NULL CHECK (role IN ('developer', 'ci', 'operator')),
  pin_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  wrong_tries integer NOT NULL DEFAULT 0,
  revoked_at timestamptz,
  redeemed_at timestamptz,
  redeemed_key bytea,
  CHECK ((redeemed_at IS NULL) = (redeemed_key IS NULL))
);
CREATE INDEX pin_of_developer ON pin (developer_id, pin_id DESC);

CREATE TABLE authority (
  authority_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL UNIQUE,
  certificate_pem text NOT NULL,
  not_after timestamptz NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each certificate ever issued. Its line begins with a PIN (generation 1) and goes on with each renewal.
CREATE TABLE certificate (
  serial text PRIMARY KEY CHECK (serial ~ '^[0-9a-f]{32}$'),
  developer_id text NOT NULL REFERENCES developer,
  role text NOT NULL CHECK (role IN ('developer', 'ci', 'operator')),
  pin_id bigint NOT NULL REFERENCES pin,
  generation integer NOT NULL CHECK (generation >= 1),
  authority_id bigint NOT NULL REFERENCES authority,
  key_hash bytea NOT NULL CONSTRAINT certificate_key_once UNIQUE,
  certificate_pem text NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT certificate_once_a_generation UNIQUE (pin_id, generation)
);
CREATE INDEX certificate_of_developer ON certificate (developer_id);
CREATE INDEX certificate_by_end ON certificate (not_after);

CREATE TABLE event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  developer_id text,
  serial text,
  address text,
  detail text
);
CREATE INDEX event_of_developer ON event (developer_id, event_id DESC);

-- Counters that may be lost with a crash: burnt PINs are counted in their own row. Columns as rate-limiter-flexible wants them.
CREATE UNLOGGED TABLE rate_limit (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);

CREATE TABLE revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL
);
INSERT INTO revision (revision) VALUES (1);

CREATE FUNCTION tell_gateways() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE revision SET revision = revision + 1;
  PERFORM pg_notify('berth_identity', (SELECT revision::text FROM revision));
  RETURN NULL;
END $$;
CREATE TRIGGER certificate_changed AFTER INSERT OR UPDATE OR DELETE ON certificate
  FOR EACH STATEMENT EXECUTE FUNCTION tell_gateways();
CREATE TRIGGER developer_changed AFTER UPDATE OF locked_at ON developer
  FOR EACH STATEMENT EXECUTE FUNCTION tell_gateways();

-- What the gateway may read. Expired ones stay for a while, so that it can say why it refuses.
CREATE VIEW gateway_certificate AS
  SELECT c.serial, c.developer_id, c.role, c.valid_until,
    CASE WHEN c.revoked_at IS NOT NULL THEN 'revoked' WHEN d.locked_at IS NOT NULL THEN 'locked' END AS blocked
  FROM certificate c JOIN developer d USING (developer_id)
  WHERE c.not_after > now() - interval '30 days';
CREATE VIEW gateway_authority AS
  SELECT a.certificate_pem FROM authority a
  WHERE EXISTS (
    SELECT FROM certificate c
    WHERE c.authority_id = a.authority_id AND c.valid_until > now() AND c.revoked_at IS NULL
  );
CREATE VIEW gateway_revision AS SELECT revision FROM revision;
`,
];
