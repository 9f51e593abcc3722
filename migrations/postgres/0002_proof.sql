-- What proves that nobody altered the record: heads of the tenants' hash trees as they were signed,
-- which are in turn the leaves of the installation's own tree, and its heads. They are kept beside
-- the log, since they cannot be made again: a signature says what stood there then.

CREATE TABLE tenant_checkpoints (
    -- Its place in the installation's tree, from 1 and without a hole.
    entry bigint NOT NULL CHECK (entry > 0),
    tenant text COLLATE "C" NOT NULL,
    -- How many events it vouches for: the ordinal of the last of them.
    size bigint NOT NULL CHECK (size > 0),
    root bytea NOT NULL,
    signed_at bigint NOT NULL,
    note text COLLATE "C" NOT NULL,
    CONSTRAINT tenant_checkpoints_pkey PRIMARY KEY (entry),
    CONSTRAINT tenant_checkpoints_size_key UNIQUE (tenant, size)
);

CREATE TABLE installation_checkpoints (
    -- How many entries it vouches for.
    size bigint NOT NULL CHECK (size > 0),
    root bytea NOT NULL,
    signed_at bigint NOT NULL,
    note text COLLATE "C" NOT NULL,
    CONSTRAINT installation_checkpoints_pkey PRIMARY KEY (size)
);

CREATE INDEX installation_checkpoints_by_time ON installation_checkpoints (signed_at, size);

-- Roots of complete subtrees, up to 256 in a row: a saving of time, never truth. The tree of the
-- installation has no name.
CREATE TABLE tree_tiles (
    tree text COLLATE "C" NOT NULL,
    -- Its hashes span 256 to the power of it leaves each.
    level bigint NOT NULL,
    tile bigint NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT tree_tiles_pkey PRIMARY KEY (tree, level, tile)
);

CREATE FUNCTION refuse_change_of_checkpoints() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'checkpoints are never altered or deleted';
END
$$;

CREATE TRIGGER tenant_checkpoints_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_checkpoints();

CREATE TRIGGER installation_checkpoints_stay
    BEFORE UPDATE OR DELETE OR TRUNCATE ON installation_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_checkpoints();
