//! The statements both stores understand, each written once.

macro_rules! event_columns {
    () => {
        "partition, position, tenant, ordinal, aggregate_kind, aggregate_id, sequence, \
         event_type, event_version, payload, payload_hash, leaf_hash, resource_owner, \
         actor_home, actor_kind, actor_id, actor_authenticated, command, command_id, \
         correlation, caller_address, created_at"
    };
}

pub(crate) use event_columns;

/// The columns of an event, in the order they are bound and read.
pub(crate) const EVENT_COLUMNS: &str = event_columns!();

pub(super) const READ: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM events WHERE partition = $1 AND position > $2 ORDER BY position LIMIT $3"
);

pub(super) const READ_TENANT: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM events WHERE partition = $1 AND tenant = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4"
);

/// To be followed by [`AT_ONCE`] ordinals as rows, and by [`READ_AT_END`]. Each is looked up by
/// itself: a list of them would be compared with all events between the first and the last, where
/// a store takes that for less work.
pub(super) const READ_AT: &str = concat!("SELECT ", event_columns!(), " FROM (VALUES ");

pub(super) const READ_AT_END: &str = ") wanted CROSS JOIN events \
     WHERE partition = $1 AND tenant = $2 AND ordinal = wanted.column1 ORDER BY ordinal";

/// How many ordinals one statement names.
pub(super) const AT_ONCE: usize = 100;

pub(super) const PLACEMENTS: &str = "SELECT tenant, partition FROM placements ORDER BY tenant";

pub(super) const PLACEMENT: &str = "SELECT tenant, partition FROM placements WHERE tenant = $1";

pub(super) const VAULT: &str =
    "SELECT kind, public_id, tenant, owner, sealed FROM vault WHERE kind = $1 AND public_id = $2";

pub(super) const VAULT_OF: &str = "SELECT kind, public_id, tenant, owner, sealed FROM vault \
     WHERE kind = $1 AND tenant = $2 ORDER BY public_id";

pub(super) const VAULT_BETWEEN: &str = "SELECT kind, public_id, tenant, owner, sealed FROM vault \
     WHERE kind = $1 AND public_id > $2 AND public_id < $3 ORDER BY public_id LIMIT $4";

pub(super) const ANSWER: &str = "SELECT fingerprint, command_id, sealed, answered_at, expires_at \
     FROM answers \
     WHERE partition = $1 AND tenant = $2 AND actor = $3 AND key = $4 AND expires_at > $5";

/// A piece at a time, so that a long absence does not end in one long transaction.
pub(super) const PURGE: [&str; 2] = [
    "DELETE FROM answers WHERE (partition, tenant, actor, key) IN \
     (SELECT partition, tenant, actor, key FROM answers WHERE expires_at <= $1 \
      ORDER BY expires_at LIMIT 1000) RETURNING expires_at",
    "DELETE FROM nonces WHERE (scope, nonce) IN \
     (SELECT scope, nonce FROM nonces WHERE expires_at <= $1 \
      ORDER BY expires_at LIMIT 1000) RETURNING expires_at",
];

/// Ids stay below 2^53, so that every JSON reader keeps them exact.
pub(super) const RESERVE_IDS: &str = "UPDATE installation SET next_id = next_id + $1 \
     WHERE next_id + $1 <= 9007199254740992 RETURNING next_id - $1";

pub(super) const TAKE_NONCE: &str = "INSERT INTO nonces (scope, nonce, expires_at) \
     VALUES ($1, $2, $3) ON CONFLICT (scope, nonce) DO NOTHING RETURNING expires_at";

/// What was folded before somebody was erased would keep what is known of them.
pub(super) const SAVE_SNAPSHOT: &str = "INSERT INTO snapshots \
     (tenant, partition, fold_version, ordinal, position, leaf_hash, sealed) \
     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM events \
         WHERE partition = $2 AND tenant = $1 AND ordinal > $4 \
         AND event_type = 'subject.erased') \
     ON CONFLICT (tenant) DO UPDATE SET \
     partition = excluded.partition, fold_version = excluded.fold_version, \
     ordinal = excluded.ordinal, position = excluded.position, \
     leaf_hash = excluded.leaf_hash, sealed = excluded.sealed";

pub(super) const LOAD_SNAPSHOT: &str = "SELECT partition, ordinal, position, leaf_hash, sealed \
     FROM snapshots WHERE tenant = $1 AND fold_version = $2";

pub(super) const MASTER_CHECK: &str =
    "SELECT master_check FROM installation WHERE master_check IS NOT NULL";

pub(super) const SET_MASTER_CHECK: &str =
    "UPDATE installation SET master_check = $1 WHERE master_check IS NULL";
