-- What proves that nobody altered the record: heads of the tenants' hash trees as they were signed,
-- which are in turn the leaves of the installation's own tree, and its heads. They are kept in the
-- log's file, since they cannot be made again: a signature says what stood there then.

CREATE TABLE tenant_checkpoints (
    -- Its place in the installation's tree, from 1 and without a hole.
    entry INTEGER PRIMARY KEY CHECK (entry > 0),
    tenant TEXT NOT NULL,
    -- How many events it vouches for: the ordinal of the last of them.
    size INTEGER NOT NULL CHECK (size > 0),
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT tenant_checkpoints_size_key UNIQUE (tenant, size)
) STRICT;

CREATE TABLE installation_checkpoints (
    -- How many entries it vouches for.
    size INTEGER PRIMARY KEY CHECK (size > 0),
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE INDEX installation_checkpoints_by_time ON installation_checkpoints (signed_at, size);

-- Roots of complete subtrees, up to 256 in a row: a saving of time, never truth. The tree of the
-- installation has no name.
CREATE TABLE tree_tiles (
    tree TEXT NOT NULL,
    -- Its hashes span 256 to the power of it leaves each.
    level INTEGER NOT NULL,
    tile INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (tree, level, tile)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tenant_checkpoints_stay_as_they_are BEFORE UPDATE ON tenant_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never altered'); END;

CREATE TRIGGER tenant_checkpoints_stay BEFORE DELETE ON tenant_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;

CREATE TRIGGER installation_checkpoints_stay_as_they_are BEFORE UPDATE ON installation_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never altered'); END;

CREATE TRIGGER installation_checkpoints_stay BEFORE DELETE ON installation_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
