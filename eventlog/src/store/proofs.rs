//! What is kept for proofs, over any store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;
use sqlx::AssertSqlSafe;

use super::decode::{self, Reader};
use super::log::{all, at, dense_from, int, page};
use super::{Cells, Store, Value, sql};
use crate::proof::{Entry, ProofStore, Row, SignedHead};
use crate::{Hash, LogError, Placement};

macro_rules! entries {
    ($rest:literal) => {
        concat!("SELECT entry, tenant, size, root, signed_at, note FROM tenant_checkpoints ", $rest)
    };
}

macro_rules! installation_heads {
    ($rest:literal) => {
        concat!("SELECT size, root, signed_at, note FROM installation_checkpoints ", $rest)
    };
}

const STRAY: &str = "SELECT partition, position FROM events \
     WHERE partition < 0 OR partition >= $1 ORDER BY partition, position LIMIT 1";

const LEAVES: &str = "SELECT ordinal, leaf_hash, position FROM events \
     WHERE partition = $1 AND tenant = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4";

const NEWEST: &str = "SELECT ordinal FROM events WHERE partition = $1 AND tenant = $2 \
     AND ordinal > 0 ORDER BY ordinal DESC LIMIT 1";

const ENTRIES: &str = entries!("WHERE entry > $1 ORDER BY entry LIMIT $2");
const LAST_ENTRY: &str = entries!("ORDER BY entry DESC LIMIT 1");
const HEADS_OF: &str = entries!("WHERE tenant = $1 AND size > $2 ORDER BY size LIMIT $3");
const HEAD_OF: &str = entries!("WHERE tenant = $1 AND size <= $2 ORDER BY size DESC LIMIT 1");

const INSTALLATION_HEADS: &str = installation_heads!("WHERE size > $1 ORDER BY size LIMIT $2");
const INSTALLATION_HEAD: &str = installation_heads!(
    "WHERE size <= $1 AND signed_at <= $2 ORDER BY signed_at DESC, size DESC LIMIT 1"
);
const ADD_INSTALLATION_HEAD: &str = "INSERT INTO installation_checkpoints \
     (size, root, signed_at, note) VALUES ($1, $2, $3, $4) ON CONFLICT (size) DO NOTHING \
     RETURNING size";

const TILE: &str = "SELECT hashes FROM tree_tiles WHERE tree = $1 AND level = $2 AND tile = $3";
const SAVE_TILE: &str = "INSERT INTO tree_tiles (tree, level, tile, hashes) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (tree, level, tile) DO UPDATE \
     SET hashes = excluded.hashes WHERE length(excluded.hashes) >= length(tree_tiles.hashes) \
     RETURNING level";
const FORGET_TILES: &str = "DELETE FROM tree_tiles WHERE tree = $1 RETURNING level";

/// Adds so many entries, if the newest one is the one they follow.
fn add_entries(count: usize) -> String {
    let row = |first: usize| {
        let places: Vec<_> = (first..first + 6).map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<_> = (0..count).map(|number| row(2 + number * 6)).collect();
    format!(
        "INSERT INTO tenant_checkpoints (entry, tenant, size, root, signed_at, note) \
         SELECT column1, column2, column3, column4, column5, column6 FROM (VALUES {}) AS fresh \
         WHERE (SELECT coalesce(max(entry), 0) FROM tenant_checkpoints) = $1 RETURNING entry",
        rows.join(", ")
    )
}

#[async_trait]
impl<S: Store> ProofStore for S {
    async fn rows(&self, partition: i32, after: i64, limit: usize) -> Result<Vec<Row>, LogError> {
        let values = [int(partition), Value::Int(after), Value::Int(page(limit))];
        Ok(self.fetch(sql::READ, &values).await?.iter().map(decode::row).collect())
    }

    async fn rows_of(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Row>, LogError> {
        let tenant = Value::Text(place.tenant.as_str());
        let values = [int(place.partition), tenant, Value::Int(after), Value::Int(page(limit))];
        Ok(self.fetch(sql::READ_TENANT, &values).await?.iter().map(decode::row).collect())
    }

    async fn stray(&self) -> Result<Option<(i32, i64)>, LogError> {
        let rows = self.fetch(STRAY, &[int(self.installation().partitions)]).await?;
        let place = |row| -> Result<_, LogError> {
            let cell = Reader(row);
            Ok((cell.small(0)?, cell.int(1)?))
        };
        rows.first().map(place).transpose()
    }

    async fn leaves(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Hash>, LogError> {
        let tenant = Value::Text(place.tenant.as_str());
        let values = [int(place.partition), tenant, Value::Int(after), Value::Int(page(limit))];
        let rows = self.fetch(LEAVES, &values).await?;
        let leaves = all(&rows, |row| {
            let cell = Reader(row);
            Ok((cell.int(0)?, cell.hash(1)?, cell.int(2)?))
        })?;
        let place_of = |(_, _, position): &(_, _, i64)| (place.partition, *position);
        dense_from(&leaves, after, |(ordinal, _, _)| *ordinal, place_of)?;
        Ok(leaves.into_iter().map(|(_, leaf, _)| leaf).collect())
    }

    async fn newest_ordinal(&self, place: &Placement) -> Result<i64, LogError> {
        let values = [int(place.partition), Value::Text(place.tenant.as_str())];
        let rows = self.fetch(NEWEST, &values).await?;
        rows.first().map_or(Ok(0), |row| Reader(row).int(0))
    }

    async fn entries(&self, after: i64, limit: usize) -> Result<Vec<Entry>, LogError> {
        let values = [Value::Int(after), Value::Int(page(limit))];
        all(&self.fetch(ENTRIES, &values).await?, entry)
    }

    async fn last_entry(&self) -> Result<Option<Entry>, LogError> {
        self.fetch(LAST_ENTRY, &[]).await?.first().map(entry).transpose()
    }

    async fn heads_of(
        &self,
        tenant: &TenantId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        let values = [Value::Text(tenant.as_str()), Value::Int(after), Value::Int(page(limit))];
        all(&self.fetch(HEADS_OF, &values).await?, entry)
    }

    async fn head_of(&self, tenant: &TenantId, most: i64) -> Result<Option<Entry>, LogError> {
        let values = [Value::Text(tenant.as_str()), Value::Int(most)];
        self.fetch(HEAD_OF, &values).await?.first().map(entry).transpose()
    }

    async fn add_entries(&self, entries: &[Entry]) -> Result<bool, LogError> {
        let Some(first) = entries.first() else { return Ok(true) };
        let mut values = vec![Value::Int(first.number - 1)];
        for Entry { number, tenant, head } in entries {
            values.extend([Value::Int(*number), Value::Text(tenant.as_str())]);
            values.extend(signed(head));
        }
        match self.change(AssertSqlSafe(add_entries(entries.len())), &values).await {
            Ok(added) => Ok(added.len() == entries.len()),
            // Another node inserted the same number in the same moment.
            Err(error) if is_taken(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn installation_heads(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<SignedHead>, LogError> {
        let values = [Value::Int(after), Value::Int(page(limit))];
        all(&self.fetch(INSTALLATION_HEADS, &values).await?, |row| signed_head(row, 0))
    }

    async fn installation_head(
        &self,
        most: i64,
        by: DateTime<Utc>,
    ) -> Result<Option<SignedHead>, LogError> {
        let rows = self.fetch(INSTALLATION_HEAD, &[Value::Int(most), at(by)]).await?;
        rows.first().map(|row| signed_head(row, 0)).transpose()
    }

    async fn add_installation_head(&self, head: &SignedHead) -> Result<(), LogError> {
        self.change(ADD_INSTALLATION_HEAD, &signed(head)).await.map(drop)
    }

    async fn tile(&self, tree: &str, level: i64, tile: i64) -> Result<Vec<Hash>, LogError> {
        let values = [Value::Text(tree), Value::Int(level), Value::Int(tile)];
        let rows = self.fetch(TILE, &values).await?;
        let Some(row) = rows.first() else { return Ok(Vec::new()) };
        let bytes = Reader(row).bytes(0)?;
        let (hashes, _) = bytes.as_chunks::<32>();
        Ok(hashes.iter().copied().map(Hash).collect())
    }

    async fn save_tile(
        &self,
        tree: &str,
        level: i64,
        tile: i64,
        hashes: &[Hash],
    ) -> Result<(), LogError> {
        let bytes: Vec<_> = hashes.iter().flat_map(|hash| hash.0).collect();
        let values = [Value::Text(tree), Value::Int(level), Value::Int(tile), Value::Bytes(&bytes)];
        self.change(SAVE_TILE, &values).await.map(drop)
    }

    async fn forget_tiles(&self, tree: &str) -> Result<(), LogError> {
        self.change(FORGET_TILES, &[Value::Text(tree)]).await.map(drop)
    }
}

fn is_taken(error: &LogError) -> bool {
    let LogError::Refused(cause) = error else { return false };
    cause.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

fn signed(head: &SignedHead) -> [Value<'_>; 4] {
    let SignedHead { size, root, signed_at, note } = head;
    [Value::Int(*size), Value::Bytes(&root.0), at(*signed_at), Value::Text(note)]
}

fn signed_head(row: &impl Cells, first: usize) -> Result<SignedHead, LogError> {
    let cell = Reader(row);
    Ok(SignedHead {
        size: cell.int(first)?,
        root: cell.hash(first + 1)?,
        signed_at: cell.instant(first + 2)?,
        note: cell.text(first + 3)?,
    })
}

fn entry(row: &impl Cells) -> Result<Entry, LogError> {
    let cell = Reader(row);
    Ok(Entry { number: cell.int(0)?, tenant: cell.tenant(1)?, head: signed_head(row, 2)? })
}
