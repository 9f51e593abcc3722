-- How far the deliveries of each webhook have come, and which node sees to it. These are no events,
-- and cannot be made again from them: what a receiver took is known nowhere else. A row stays when
-- its webhook is removed, or a node that has not heard of that yet would begin anew. Instants are
-- 0, and texts empty, where there is none.
CREATE TABLE webhook_cursors (
    tenant TEXT NOT NULL,
    webhook BLOB NOT NULL,
    -- Sequence of the event that placed it.
    placed_by INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    delivered_at INTEGER NOT NULL DEFAULT 0,
    next_try_at INTEGER NOT NULL DEFAULT 0,
    holder BLOB NOT NULL DEFAULT x'',
    held_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, webhook)
) STRICT, WITHOUT ROWID;
