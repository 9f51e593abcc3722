//! Writing a page: its rows and its checkpoint, all of it or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventlog::Recorded;
use sqlx::AssertSqlSafe;

use super::checkpoint::{Checkpoint, MOVE_ON, move_on};
use super::fold::{Folded, Park};
use super::layout::Layout;
use crate::db::{Db, postgres_arguments};
use crate::tx::Tx;
use crate::write::{Fused, Set, sets};
use crate::{Changes, Projection, Slot, TableChanges, ViewError, values};

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Landed,
    /// It landed, and some tenant stands still since: the layout is another one.
    LandedRelaid,
    /// Another node moved the checkpoint, or the layout changed: nothing was written.
    Moved,
}

/// A page that was folded, and what it rests on.
pub(super) struct Page<'a> {
    pub(super) db: &'a Db,
    pub(super) projections: &'a [Arc<dyn Projection>],
    pub(super) layout: &'a Layout,
    pub(super) from: &'a Checkpoint,
    pub(super) last: &'a Recorded,
    pub(super) folded: Folded,
}

impl Page<'_> {
    /// Writes it. A row that the store refuses makes its tenant stand still in that projection.
    pub(super) async fn write(mut self) -> Result<Written, ViewError> {
        let revives = |(_, changes): &(usize, Changes)| {
            changes.tables().any(|(_, changes)| TableChanges::revives(changes))
        };
        let is_plain = self.folded.parks.is_empty() && !self.folded.changes.iter().any(revives);
        let written = match self.db {
            Db::Postgres(_) if is_plain => self.write_fused().await,
            Db::Postgres(_) | Db::Sqlite(_) => self.write_in_order().await,
        };
        match written {
            Err(ViewError::Refused(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    partition = self.last.partition,
                    position = self.last.position,
                    "the store refused a page of rows; writing it tenant by tenant",
                );
                self.write_apart().await
            }
            written => written,
        }
    }

    fn slot(&self, number: usize) -> Option<(&'static str, Slot)> {
        let name = self.projections.get(number)?.name();
        Some((name, self.layout.live(name)?))
    }

    fn sets(&self) -> Vec<Set> {
        let changes = self.folded.changes.iter();
        let sets = changes.filter_map(|(number, changes)| {
            self.slot(*number).map(|(_, slot)| sets(changes, slot))
        });
        sets.flatten().collect()
    }

    /// One statement, one round trip.
    async fn write_fused(&self) -> Result<Written, ViewError> {
        let Db::Postgres(pool) = self.db else { return self.write_in_order().await };
        let condition = move_on(self.from, self.last, false);
        let mut fused = Fused::new(MOVE_ON, postgres_arguments(&condition)?, condition.len());
        for (number, set) in self.sets().iter().enumerate() {
            fused.add(number, set)?;
        }
        let (sql, arguments) = fused.finish();
        let moved = sqlx::query_scalar_with::<_, i64, _>(AssertSqlSafe(sql), arguments);
        Ok(if moved.fetch_one(pool).await? == 1 { Written::Landed } else { Written::Moved })
    }

    /// One transaction, statement after statement.
    async fn write_in_order(&self) -> Result<Written, ViewError> {
        let mut tx = self.db.begin().await?;
        if !self.move_on(&mut tx, !self.folded.parks.is_empty()).await? {
            return Ok(Written::Moved);
        }
        tx.write(&self.sets()).await?;
        self.finish(tx).await
    }

    /// One transaction, with a savepoint for each tenant in each projection, to find the rows that
    /// the store refuses.
    async fn write_apart(&mut self) -> Result<Written, ViewError> {
        let mut tx = self.db.begin().await?;
        if !self.move_on(&mut tx, true).await? {
            return Ok(Written::Moved);
        }
        let mut parks = Vec::new();
        for (number, changes) in &self.folded.changes {
            let Some((projection, slot)) = self.slot(*number) else { continue };
            let tenants: BTreeSet<String> = changes.tenants();
            for tenant in tenants {
                tx.execute("savepoint apart", &[]).await?;
                match tx.write(&sets(&changes.of_tenant(&tenant), slot)).await {
                    Ok(()) => {}
                    Err(ViewError::Refused(error)) => {
                        tx.execute("rollback to savepoint apart", &[]).await?;
                        let cause = format!("the store refused its rows: {error}");
                        let (partition, position) = (self.last.partition, self.last.position);
                        parks.push(Park { projection, tenant, partition, position, cause });
                    }
                    Err(error) => return Err(error),
                }
                tx.execute("release savepoint apart", &[]).await?;
            }
        }
        self.folded.parks.append(&mut parks);
        self.finish(tx).await?;
        Ok(Written::LandedRelaid)
    }

    async fn move_on(&self, tx: &mut Tx, is_relaid: bool) -> Result<bool, ViewError> {
        let params = move_on(self.from, self.last, is_relaid);
        Ok(!tx.fetch(MOVE_ON, &params).await?.is_empty())
    }

    async fn finish(&self, mut tx: Tx) -> Result<Written, ViewError> {
        park(&mut tx, &self.folded.parks).await?;
        tx.commit().await?;
        for park in &self.folded.parks {
            tracing::error!(
                projection = park.projection,
                tenant = park.tenant,
                partition = park.partition,
                position = park.position,
                cause = park.cause,
                "a projection cannot take an event: its tenant stands still there until a rebuild",
            );
        }
        Ok(if self.folded.parks.is_empty() { Written::Landed } else { Written::LandedRelaid })
    }
}

/// Notes tenants that stand still in a projection.
pub(super) async fn park(tx: &mut Tx, parks: &[Park]) -> Result<(), ViewError> {
    for park in parks {
        let Park { projection, tenant, partition, position, cause } = park;
        let row = values![*projection, tenant, i64::from(*partition), *position, cause];
        tx.execute(
            "insert into view_parked (projection, tenant, partition, position, cause)
            values ($1, $2, $3, $4, $5) on conflict (projection, tenant) do nothing",
            &row,
        )
        .await?;
    }
    Ok(())
}
