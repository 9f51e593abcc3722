//! The append: one transaction that takes the file's lock first, so that what it checks holds until
//! it commits.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, Error, SqliteConnection};

use super::fault::{fault, is_taken};
use crate::store::{EVENT_COLUMNS, bind_event};
use crate::{Answer, Appended, Basis, Batch, LogError, Placement, Recorded, VaultWrite};

/// Each statement is a visit to the connection's thread; a row of events has 22 values.
const ROWS_AT_ONCE: [usize; 3] = [32, 8, 1];
const COLUMNS: usize = 22;

pub(super) fn writes_nothing(batch: &Batch) -> bool {
    let Batch { bases: _, placements, events, answers, vault } = batch;
    placements.is_empty() && events.is_empty() && answers.is_empty() && vault.is_empty()
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    batch: &Batch,
) -> Result<Appended, LogError> {
    // Dropped on any way out but the last one, it rolls back.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
    let landed = write(&mut tx, batch).await?;
    match landed {
        Appended::Landed => tx.commit().await.map_err(fault)?,
        Appended::Moved => tx.rollback().await.map_err(fault)?,
    }
    Ok(landed)
}

async fn write(connection: &mut SqliteConnection, batch: &Batch) -> Result<Appended, LogError> {
    if !hold(connection, &batch.bases).await? {
        return Ok(Appended::Moved);
    }
    match insert_events(connection, &batch.events).await {
        // The position is free, so it is an ordinal or a sequence that is not.
        Err(error) if is_taken(&error) => return Ok(Appended::Moved),
        result => result.map_err(fault)?,
    }
    for answer in &batch.answers {
        insert_answer(connection, answer).await.map_err(taken_or(LogError::AnswerTaken))?;
    }
    for write in &batch.vault {
        write_vault(connection, write).await.map_err(taken_or(LogError::VaultTaken))?;
        if let Some(tenant) = write.erases() {
            forget_snapshot(connection, tenant.as_str()).await.map_err(fault)?;
        }
    }
    for placement in &batch.placements {
        place(connection, placement).await.map_err(taken_or(LogError::TenantTaken))?;
    }
    Ok(Appended::Landed)
}

fn taken_or(taken: LogError) -> impl FnOnce(Error) -> LogError {
    |error| if is_taken(&error) { taken } else { fault(error) }
}

/// Whether every basis is still the newest row of its partition.
pub(super) async fn hold(
    connection: &mut SqliteConnection,
    bases: &[Basis],
) -> Result<bool, LogError> {
    for basis in bases {
        let newest = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT position, leaf_hash FROM events WHERE partition = $1 \
             ORDER BY position DESC LIMIT 1",
        )
        .bind(basis.partition)
        .fetch_optional(&mut *connection)
        .await
        .map_err(fault)?;
        let holds = |(position, leaf): (i64, Vec<u8>)| {
            position == basis.position && leaf == basis.leaf_hash.0
        };
        if !newest.is_some_and(holds) {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) async fn insert_events(
    connection: &mut SqliteConnection,
    mut events: &[Recorded],
) -> Result<(), Error> {
    for size in ROWS_AT_ONCE {
        while let Some((rows, rest)) = events.split_at_checked(size) {
            insert_rows(connection, rows).await?;
            events = rest;
        }
    }
    Ok(())
}

async fn insert_rows(connection: &mut SqliteConnection, rows: &[Recorded]) -> Result<(), Error> {
    let mut query = sqlx::query(AssertSqlSafe(insert_statement(rows.len())));
    for event in rows {
        query = bind_event!(query, event);
    }
    query.execute(connection).await.map(drop)
}

fn insert_statement(rows: usize) -> String {
    let mut sql = format!("INSERT INTO events ({EVENT_COLUMNS}) VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            let comma = if column == 1 { "" } else { ", " };
            // Writing into a string cannot fail.
            let _ = write!(sql, "{comma}${}", row * COLUMNS + column);
        }
        sql.push(')');
    }
    sql
}

async fn insert_answer(connection: &mut SqliteConnection, answer: &Answer) -> Result<(), Error> {
    let key = &answer.key;
    sqlx::query(
        "DELETE FROM answers WHERE partition = $1 AND tenant = $2 AND actor = $3 AND key = $4 \
         AND expires_at <= $5",
    )
    .bind(key.partition)
    .bind(key.tenant.as_str())
    .bind(&key.actor)
    .bind(&key.key)
    .bind(answer.answered_at.timestamp_micros())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO answers (partition, tenant, actor, key, fingerprint, command_id, sealed, \
         answered_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(key.partition)
    .bind(key.tenant.as_str())
    .bind(&key.actor)
    .bind(&key.key)
    .bind(answer.fingerprint.0.as_slice())
    .bind(answer.command_id.as_bytes().as_slice())
    .bind(&answer.sealed)
    .bind(answer.answered_at.timestamp_micros())
    .bind(answer.expires_at.timestamp_micros())
    .execute(connection)
    .await
    .map(drop)
}

async fn write_vault(connection: &mut SqliteConnection, write: &VaultWrite) -> Result<(), Error> {
    let query = match write {
        VaultWrite::Insert(row) => sqlx::query(
            "INSERT INTO vault (kind, public_id, tenant, owner, sealed) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(row.kind.as_str())
        .bind(&row.public_id)
        .bind(row.tenant.as_str())
        .bind(&row.owner)
        .bind(&row.sealed),
        VaultWrite::Delete { kind, public_id, tenant } => {
            sqlx::query("DELETE FROM vault WHERE kind = $1 AND public_id = $2 AND tenant = $3")
                .bind(kind.as_str())
                .bind(public_id)
                .bind(tenant.as_str())
        }
    };
    query.execute(connection).await.map(drop)
}

async fn forget_snapshot(connection: &mut SqliteConnection, tenant: &str) -> Result<(), Error> {
    let query = sqlx::query("DELETE FROM snapshots WHERE tenant = $1").bind(tenant);
    query.execute(connection).await.map(drop)
}

async fn place(connection: &mut SqliteConnection, placement: &Placement) -> Result<(), Error> {
    sqlx::query("INSERT INTO placements (tenant, partition) VALUES ($1, $2)")
        .bind(placement.tenant.as_str())
        .bind(placement.partition)
        .execute(connection)
        .await
        .map(drop)
}
