-- How far the deliveries of each webhook have come, and which node sees to it. These are no events,
-- and cannot be made again from them: what a receiver took is known nowhere else. A row stays when
-- its webhook is removed, or a node that has not heard of that yet would begin anew. Instants are
-- 0, and texts empty, where there is none.
CREATE TABLE webhook_cursors (
    tenant text COLLATE "C" NOT NULL,
    webhook bytea NOT NULL,
    -- Sequence of the event that placed it.
    placed_by bigint NOT NULL,
    ordinal bigint NOT NULL,
    failures bigint NOT NULL DEFAULT 0,
    last_error text COLLATE "C" NOT NULL DEFAULT '',
    delivered_at bigint NOT NULL DEFAULT 0,
    next_try_at bigint NOT NULL DEFAULT 0,
    holder bytea NOT NULL DEFAULT '',
    held_until bigint NOT NULL DEFAULT 0,
    CONSTRAINT webhook_cursors_pkey PRIMARY KEY (tenant, webhook)
);
