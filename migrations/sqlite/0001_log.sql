-- The log and what is written in one transaction with it. Everything that must survive is here;
-- read models are not, since they can be built again. Instants are microseconds since 1970 (UTC),
-- so that both stores keep the same numbers.

-- One row: which installation this is, and the counter its integer ids are drawn from.
CREATE TABLE installation (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    id BLOB NOT NULL,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    -- Four digits from the start, so that ids look like ids.
    next_id INTEGER NOT NULL DEFAULT 1000,
    master_check BLOB
) STRICT;

CREATE TABLE placements (
    tenant TEXT NOT NULL PRIMARY KEY,
    partition INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every unique key begins with the partition: that is what sharding by it asks for.
CREATE TABLE events (
    partition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    aggregate_kind TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    event_version INTEGER NOT NULL,
    payload BLOB NOT NULL,
    payload_hash BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    resource_owner TEXT NOT NULL,
    actor_home TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_authenticated TEXT NOT NULL,
    command TEXT NOT NULL,
    command_id BLOB NOT NULL,
    correlation TEXT NOT NULL,
    caller_address BLOB,
    created_at INTEGER NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (partition, position),
    CONSTRAINT events_ordinal_key UNIQUE (partition, tenant, ordinal),
    CONSTRAINT events_sequence_key
        UNIQUE (partition, tenant, aggregate_kind, aggregate_id, sequence)
) STRICT;

-- A fence, not a lock: what is recorded stays, unless somebody means to break it.
CREATE TRIGGER events_stay_as_they_are BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never altered'); END;

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

-- Answers by the caller's idempotency key.
CREATE TABLE answers (
    partition INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    command_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    answered_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (partition, tenant, actor, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX answers_by_expiry ON answers (expires_at);

-- Sealed secrets by their public half, which is unique in the installation.
CREATE TABLE vault (
    kind TEXT NOT NULL,
    public_id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, public_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX vault_by_tenant ON vault (kind, tenant, public_id);

-- Nonces of signed requests that were served.
CREATE TABLE nonces (
    scope TEXT NOT NULL,
    nonce TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, nonce)
) STRICT, WITHOUT ROWID;

CREATE INDEX nonces_by_expiry ON nonces (expires_at);

-- Folded tenants: a saving of time, never truth.
CREATE TABLE snapshots (
    tenant TEXT NOT NULL PRIMARY KEY,
    partition INTEGER NOT NULL,
    fold_version INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    position INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
