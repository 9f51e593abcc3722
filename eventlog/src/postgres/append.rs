//! The append: one statement, committed by itself, that writes only if every basis is still the
//! newest row of its partition. Whoever inserts at the same position at the same time meets the
//! primary key.

mod bind;

use sqlx::Postgres;
use sqlx::Row as _;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::connections::Connections;
use super::fault;
use crate::store::event_columns;
use crate::{Appended, Batch, LogError, Recorded};

type Statement = Query<'static, Postgres, PgArguments>;

/// Whether all bases hold: none of them is anything but the newest row of its partition. Measured
/// against a join that counts, this form costs half.
macro_rules! all_hold {
    () => {
        "NOT EXISTS (SELECT FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) \
             AS basis (partition, position, leaf_hash) \
         WHERE NOT EXISTS (SELECT FROM (SELECT events.position, events.leaf_hash FROM events \
                 WHERE events.partition = basis.partition \
                 ORDER BY events.position DESC LIMIT 1) AS newest \
             WHERE newest.position = basis.position AND newest.leaf_hash = basis.leaf_hash))"
    };
}

/// The arrays are taken apart side by side in the list of columns. In `FROM`, each of them would
/// first be written to a buffer of its own, which doubles the cost of a batch of one.
macro_rules! insert_events {
    ($condition:expr) => {
        concat!(
            "INSERT INTO events (",
            event_columns!(),
            ") SELECT unnest($4::bigint[]), unnest($5::bigint[]), unnest($6::text[]), \
             unnest($7::bigint[]), unnest($8::text[]), unnest($9::text[]), \
             unnest($10::bigint[]), unnest($11::text[]), unnest($12::bigint[]), \
             unnest($13::bytea[]), unnest($14::bytea[]), unnest($15::bytea[]), \
             unnest($16::text[]), unnest($17::text[]), unnest($18::text[]), \
             unnest($19::text[]), unnest($20::text[]), unnest($21::text[]), \
             unnest($22::bytea[]), unnest($23::text[]), unnest($24::bytea[]), \
             unnest($25::bigint[]) WHERE ",
            $condition
        )
    };
}

const CONFIRM: &str = concat!("SELECT ", all_hold!());

/// One event on one basis, as when a single caller waits for each answer. Arrays cost the server
/// more than plain values do, which a batch of one has nothing to make up for.
const EVENT: &str = concat!(
    "INSERT INTO events (",
    event_columns!(),
    ") SELECT $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
     $21, $22, $23, $24, $25 WHERE EXISTS (SELECT FROM (SELECT position, leaf_hash FROM events \
         WHERE partition = $1 ORDER BY position DESC LIMIT 1) AS newest \
     WHERE newest.position = $2 AND newest.leaf_hash = $3)"
);

/// The lean one, for a batch that brings events and nothing else.
const EVENTS: &str = insert_events!(all_hold!());

/// Everything. Each step counts what the one before it did, which makes it wait for that one: of
/// two conflicts the one about events is met first, an expired answer has gone before its key is
/// used again, and locks are taken in the same order everywhere.
const EVERYTHING: &str = concat!(
    "WITH bases AS MATERIALIZED (SELECT ",
    all_hold!(),
    " AS hold), recorded AS (",
    insert_events!("(SELECT hold FROM bases)"),
    " RETURNING 1), \
     expired AS (DELETE FROM answers USING \
         unnest($26::bigint[], $27::text[], $28::text[], $29::text[], $33::bigint[]) \
             AS new (partition, tenant, actor, key, answered_at) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM recorded) >= 0 \
         AND answers.partition = new.partition AND answers.tenant = new.tenant \
         AND answers.actor = new.actor AND answers.key = new.key \
         AND answers.expires_at <= new.answered_at RETURNING 1), \
     answered AS (INSERT INTO answers (partition, tenant, actor, key, fingerprint, command_id, \
         sealed, answered_at, expires_at) \
         SELECT unnest($26::bigint[]), unnest($27::text[]), unnest($28::text[]), \
             unnest($29::text[]), unnest($30::bytea[]), unnest($31::bytea[]), \
             unnest($32::bytea[]), unnest($33::bigint[]), unnest($34::bigint[]) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM expired) >= 0 RETURNING 1), \
     dropped AS (DELETE FROM vault USING unnest($35::text[], $36::text[], $37::text[]) \
             AS old (kind, public_id, tenant) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM answered) >= 0 \
         AND vault.kind = old.kind AND vault.public_id = old.public_id \
         AND vault.tenant = old.tenant RETURNING 1), \
     forgotten AS (DELETE FROM snapshots USING unnest($45::text[]) AS erased (tenant) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM dropped) >= 0 \
         AND snapshots.tenant = erased.tenant RETURNING 1), \
     kept AS (INSERT INTO vault (kind, public_id, tenant, owner, sealed) \
         SELECT unnest($38::text[]), unnest($39::text[]), unnest($40::text[]), \
             unnest($41::text[]), unnest($42::bytea[]) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM forgotten) >= 0 RETURNING 1), \
     placed AS (INSERT INTO placements (tenant, partition) \
         SELECT unnest($43::text[]), unnest($44::bigint[]) \
         WHERE (SELECT hold FROM bases) AND (SELECT count(*) FROM kept) >= 0 RETURNING 1) \
     SELECT hold FROM bases WHERE (SELECT count(*) FROM placed) >= 0"
);

/// The old versions of what was deleted stay in their tables until these have run.
pub(super) const SCRUB: [&str; 2] = ["VACUUM vault", "VACUUM snapshots"];

pub(super) async fn append(connections: &Connections, batch: &Batch) -> Result<Appended, LogError> {
    let Batch { bases, placements, events, answers, vault } = batch;
    let events_only = placements.is_empty() && answers.is_empty() && vault.is_empty();
    let landed = match (bases.as_slice(), events.as_slice()) {
        _ if !events_only => {
            hold(connections, bind::everything(sqlx::query(EVERYTHING), batch)).await
        }
        (bases, []) => hold(connections, bind::bases(sqlx::query(CONFIRM), bases)).await,
        ([basis], [event]) => write(connections, bind::one(sqlx::query(EVENT), basis, event)).await,
        (bases, events) => {
            let query = bind::events(bind::bases(sqlx::query(EVENTS), bases), events);
            write(connections, query).await
        }
    };
    match landed {
        Ok(true) => Ok(Appended::Landed),
        Ok(false) => Ok(Appended::Moved),
        Err(error) => fault::appended(error),
    }
}

async fn hold(connections: &Connections, query: Statement) -> Result<bool, sqlx::Error> {
    connections.row(query).await?.try_get(0)
}

async fn write(connections: &Connections, query: Statement) -> Result<bool, sqlx::Error> {
    connections.written(query).await.map(|rows| rows > 0)
}

/// The insertion of rows that rest on nothing, as at the first start.
pub(super) fn insert_events(rows: &[Recorded]) -> Statement {
    bind::events(bind::bases(sqlx::query(EVENTS), &[]), rows)
}
