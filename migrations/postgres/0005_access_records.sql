-- Who was turned away, and who read the record. These are no events: they prove nothing, and are
-- dropped when their time is over. Addresses are sealed under the key of their month.
CREATE TABLE access_records (
    tenant text COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL,
    id bytea NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    dialect text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    status bigint NOT NULL,
    actor_home text COLLATE "C" NOT NULL,
    actor_kind text COLLATE "C" NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    claimed text COLLATE "C" NOT NULL,
    address bytea NOT NULL,
    shape text COLLATE "C" NOT NULL,
    left_out bigint NOT NULL,
    correlation text COLLATE "C" NOT NULL,
    CONSTRAINT access_records_pkey PRIMARY KEY (tenant, recorded_at, id)
);

CREATE INDEX access_records_by_age ON access_records (recorded_at);
