//! Filling a projection's other table, in bulk.

use std::collections::HashSet;
use std::sync::Arc;

use eventlog::Recorded;

use super::Progress;
use crate::engine::convoy::Engine;
use crate::engine::fold::{Park, fold_into};
use crate::table::Tongue;
use crate::write::sets;
use crate::{Changes, Projection, Slot, ViewError};

/// Events in a page.
const PAGE: usize = 5_000;
/// Rows written at once. SQLite has one writer, whom the convoy needs in between.
const ROWS_SQLITE: usize = 4_000;
const ROWS_POSTGRES: usize = 50_000;

/// A table on its way to be as far as the checkpoint.
pub(super) struct Fill<'a> {
    engine: &'a Engine,
    pub(super) projection: Arc<dyn Projection>,
    pub(super) slot: Slot,
    /// How far it is, by partition.
    pub(super) positions: Vec<i64>,
    /// Tenants whose events this program cannot take.
    pub(super) parks: Vec<Park>,
    parked: HashSet<String>,
    report: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Fill<'a> {
    /// Makes the table anew, empty and without indexes.
    pub(super) async fn begin(
        engine: &'a Engine,
        projection: Arc<dyn Projection>,
        slot: Slot,
        report: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Result<Self, ViewError> {
        let mut tx = engine.views.writer().begin().await?;
        let tongue = tx.tongue();
        let tables = projection.tables();
        let statements = tables.iter().flat_map(|it| [it.drop(slot), it.create(slot, tongue)]);
        tx.script(&statements.collect::<Vec<_>>()).await?;
        tx.commit().await?;
        let positions = vec![0; engine.partitions()];
        let (parks, parked) = (Vec::new(), HashSet::new());
        Ok(Self { engine, projection, slot, positions, parks, parked, report })
    }

    /// Adds the indexes, now that the bulk is in.
    pub(super) async fn index(&self) -> Result<(), ViewError> {
        let mut tx = self.engine.views.writer().begin().await?;
        let tables = self.projection.tables();
        let statements = tables.iter().flat_map(|table| table.create_indexes(self.slot));
        let mut statements: Vec<_> = statements.collect();
        if tx.tongue() == Tongue::Postgres {
            // Whoever asks the new table first should not be planned for an empty one.
            statements.extend(tables.iter().map(|it| format!("analyze {}", it.slot(self.slot))));
        }
        tx.script(&statements).await?;
        tx.commit().await
    }

    /// Folds every partition up to these positions.
    pub(super) async fn catch_up(&mut self, to: &[i64]) -> Result<(), ViewError> {
        let most = match self.engine.views.writer().tongue() {
            Tongue::Sqlite => ROWS_SQLITE,
            Tongue::Postgres => ROWS_POSTGRES,
        };
        let mut changes = Changes::default();
        for (partition, to) in (0_i32..).zip(to) {
            let mut page = self.read(partition, self.position(partition), *to).await?;
            while let Some(last) = page.last().map(|last| last.position) {
                self.fold(&page, &mut changes);
                let is_heavy = changes.len() >= most;
                let write = async { if is_heavy { self.write(&changes).await } else { Ok(()) } };
                let (written, next) = tokio::join!(write, self.read(partition, last, *to));
                written?;
                if is_heavy {
                    changes = Changes::default();
                }
                page = next?;
                self.reached(partition, last);
            }
        }
        self.write(&changes).await
    }

    /// Folds a page into changes that are not written yet.
    pub(super) fn fold(&mut self, page: &[Recorded], changes: &mut Changes) {
        let projections = std::slice::from_ref(&self.projection);
        let parked = &self.parked;
        let takes = |tenant: &str, _: &str| !parked.contains(tenant);
        let parks = fold_into(projections, page, takes, std::slice::from_mut(changes));
        self.parked.extend(parks.iter().map(|park| park.tenant.clone()));
        self.parks.extend(parks);
    }

    pub(super) fn position(&self, partition: i32) -> i64 {
        let index = usize::try_from(partition).unwrap_or_default();
        self.positions.get(index).copied().unwrap_or_default()
    }

    /// A page behind `after`, up to `to`.
    pub(super) async fn read(
        &self,
        partition: i32,
        after: i64,
        to: i64,
    ) -> Result<Vec<Recorded>, ViewError> {
        let limit = usize::try_from(to - after).unwrap_or_default().min(PAGE);
        if limit == 0 {
            return Ok(Vec::new());
        }
        Ok(self.engine.log.read(partition, after, limit).await?)
    }

    pub(super) fn reached(&mut self, partition: i32, position: i64) {
        let index = usize::try_from(partition).unwrap_or_default();
        if let Some(known) = self.positions.get_mut(index) {
            *known = position;
        }
        let sum = |positions: &[i64]| positions.iter().sum();
        let (position, head) = (sum(&self.positions), sum(&self.engine.reached.borrow()));
        (self.report)(Progress { position, head });
    }

    async fn write(&self, changes: &Changes) -> Result<(), ViewError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut tx = self.engine.views.writer().begin().await?;
        tx.write(&sets(changes, self.slot)).await?;
        tx.commit().await
    }

    /// Drops the table that nobody reads any more. One that is still held goes at the next
    /// rebuild.
    pub(super) async fn discard(&self, slot: Slot) {
        let drop = async {
            let mut tx = self.engine.views.writer().begin().await?;
            let statements: Vec<_> =
                self.projection.tables().iter().map(|table| table.drop(slot)).collect();
            tx.script(&statements).await?;
            tx.commit().await
        };
        if let Err(error) = drop.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, projection = self.projection.name(), "a former table stays");
        }
    }
}
