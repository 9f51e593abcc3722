-- Who was turned away, and who read the record. These are no events: they prove nothing, and are
-- dropped when their time is over. Addresses are sealed under the key of their month.
CREATE TABLE access_records (
    tenant TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    dialect TEXT NOT NULL,
    operation TEXT NOT NULL,
    status INTEGER NOT NULL,
    actor_home TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    claimed TEXT NOT NULL,
    address BLOB NOT NULL,
    shape TEXT NOT NULL,
    left_out INTEGER NOT NULL,
    correlation TEXT NOT NULL,
    PRIMARY KEY (tenant, recorded_at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_records_by_age ON access_records (recorded_at);
