-- The log and what is written in one statement with it. Everything that must survive is here;
-- read models are not, since they can be built again. Instants are microseconds since 1970 (UTC),
-- so that both stores keep the same numbers. Text is compared byte by byte, as SQLite does.

-- One row: which installation this is, and the counter its integer ids are drawn from.
CREATE TABLE installation (
    singleton bigint PRIMARY KEY CHECK (singleton = 1),
    id bytea NOT NULL,
    partitions bigint NOT NULL CHECK (partitions > 0),
    -- Four digits from the start, so that ids look like ids.
    next_id bigint NOT NULL DEFAULT 1000,
    master_check bytea
);

CREATE TABLE placements (
    tenant text COLLATE "C" NOT NULL,
    partition bigint NOT NULL,
    CONSTRAINT placements_pkey PRIMARY KEY (tenant)
);

-- Every unique key begins with the partition: that is what native partitioning and sharding
-- engines ask for.
CREATE TABLE events (
    partition bigint NOT NULL,
    position bigint NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    ordinal bigint NOT NULL,
    aggregate_kind text COLLATE "C" NOT NULL,
    aggregate_id text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    event_type text COLLATE "C" NOT NULL,
    event_version bigint NOT NULL,
    payload bytea NOT NULL,
    payload_hash bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    resource_owner text COLLATE "C" NOT NULL,
    actor_home text COLLATE "C" NOT NULL,
    actor_kind text COLLATE "C" NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_authenticated text COLLATE "C" NOT NULL,
    command text COLLATE "C" NOT NULL,
    command_id bytea NOT NULL,
    correlation text COLLATE "C" NOT NULL,
    caller_address bytea,
    created_at bigint NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (partition, position),
    CONSTRAINT events_ordinal_key UNIQUE (partition, tenant, ordinal),
    CONSTRAINT events_sequence_key
        UNIQUE (partition, tenant, aggregate_kind, aggregate_id, sequence)
);

-- A fence, not a lock: what is recorded stays, unless somebody means to break it. It costs an
-- insert nothing.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never altered or deleted';
END
$$;

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Answers by the caller's idempotency key.
CREATE TABLE answers (
    partition bigint NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    command_id bytea NOT NULL,
    sealed bytea NOT NULL,
    answered_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT answers_pkey PRIMARY KEY (partition, tenant, actor, key)
);

CREATE INDEX answers_by_expiry ON answers (expires_at);

-- Sealed secrets by their public half, which is unique in the installation.
CREATE TABLE vault (
    kind text COLLATE "C" NOT NULL,
    public_id text COLLATE "C" NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT vault_pkey PRIMARY KEY (kind, public_id)
);

CREATE INDEX vault_by_tenant ON vault (kind, tenant, public_id);

-- Nonces of signed requests that were served.
CREATE TABLE nonces (
    scope text COLLATE "C" NOT NULL,
    nonce text COLLATE "C" NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT nonces_pkey PRIMARY KEY (scope, nonce)
);

CREATE INDEX nonces_by_expiry ON nonces (expires_at);

-- Folded tenants: a saving of time, never truth.
CREATE TABLE snapshots (
    tenant text COLLATE "C" NOT NULL,
    partition bigint NOT NULL,
    fold_version bigint NOT NULL,
    ordinal bigint NOT NULL,
    position bigint NOT NULL,
    leaf_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (tenant)
);
