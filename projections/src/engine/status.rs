//! What the engine can say of itself, and what it tells the metrics.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::convoy::Engine;
use super::rebuild::Progress;
use crate::{Slot, ViewError};

/// A partition that is behind and did not move for so long is frozen.
const FROZEN: Duration = Duration::from_secs(10);

/// How the read models are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub projections: Vec<ProjectionStatus>,
}

/// How one projection is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectionStatus {
    pub name: &'static str,
    /// Which table its names stand for, `a` or `b`.
    pub slot: &'static str,
    /// Whether it is filled; one that is not is built before it answers.
    pub is_live: bool,
    pub lag_events: i64,
    pub lag_seconds: i64,
    pub partitions: Vec<PartitionStatus>,
    pub parked: Vec<Parked>,
    /// How far its rebuild is, while there is one.
    pub rebuild: Option<Progress>,
}

/// How far one partition is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionStatus {
    pub partition: usize,
    pub position: i64,
    pub head: i64,
    pub lag_events: i64,
    /// Age of the oldest event that is not in the rows yet.
    pub lag_seconds: i64,
    /// Behind, and not moving.
    pub is_frozen: bool,
}

/// A tenant that stands still in a projection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parked {
    pub tenant: String,
    pub partition: i64,
    /// The event that could not be taken, or the last one of its page.
    pub position: i64,
    pub cause: String,
}

impl Status {
    /// Whether everything is as far as the log was when it was last looked at.
    pub fn is_current(&self) -> bool {
        self.projections.iter().all(|it| it.is_live && it.lag_events == 0)
    }
}

impl Engine {
    pub(super) async fn status(&self) -> Result<Status, ViewError> {
        let layout = self.relay().await?;
        let sql = "select projection, tenant, partition, position, cause from view_parked
            order by projection, tenant";
        let mut parked = Vec::new();
        for mut row in self.views.readers().fetch(sql, &[]).await? {
            let projection = row.text()?;
            let (tenant, partition, position) = (row.text()?, row.int()?, row.int()?);
            parked.push((projection, Parked { tenant, partition, position, cause: row.text()? }));
        }
        let partitions = self.progress();
        let projections = self.projections.iter().map(|projection| {
            let name = projection.name();
            let slot = layout.slots.get(name).map_or(Slot::A, |(slot, _)| *slot);
            let parked = parked.iter().filter(|(projection, _)| projection == name);
            ProjectionStatus {
                name,
                slot: slot.as_str(),
                is_live: layout.live(name).is_some(),
                lag_events: partitions.iter().map(|it| it.lag_events).sum(),
                lag_seconds: partitions.iter().map(|it| it.lag_seconds).max().unwrap_or_default(),
                partitions: partitions.clone(),
                parked: parked.map(|(_, parked)| parked.clone()).collect(),
                rebuild: self.rebuilds.of(name),
            }
        });
        Ok(Status { projections: projections.collect() })
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.progress().iter().any(|it| it.is_frozen)
    }

    pub(super) fn lag_events(&self) -> u64 {
        let lags = self.progress().into_iter().map(|it| it.lag_events.max(0).unsigned_abs());
        lags.sum()
    }

    /// How far each partition is.
    fn progress(&self) -> Vec<PartitionStatus> {
        let committed = self.committed.positions.borrow().clone();
        let heads = self.heads.borrow().clone();
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let reached = self.reached.borrow().clone();
        let now = DateTime::<Utc>::from(SystemTime::now());
        let of = |positions: &[i64], partition| positions.get(partition).copied().unwrap_or(0);
        let partitions = reached.iter().enumerate().map(|(partition, position)| {
            let head = of(&heads, partition).max(of(&committed, partition)).max(*position);
            let lag_events = head - position;
            let oldest = pending.get(partition).copied().flatten().filter(|_| lag_events > 0);
            let recorded_at = oldest.and_then(|it| it.recorded_at);
            let age = recorded_at.map_or(0, |at| (now - at).num_seconds());
            PartitionStatus {
                partition,
                position: *position,
                head,
                lag_events,
                lag_seconds: age.max(0),
                is_frozen: oldest.is_some_and(|it| it.since.elapsed() > FROZEN),
            }
        });
        partitions.collect()
    }

    /// Tells the metrics how far each partition is, and how many tenants stand still.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub(super) fn measure(&self) {
        for it in self.progress() {
            let partition = it.partition.to_string();
            let gauge = |name: &'static str, value: i64| {
                metrics::gauge!(name, "partition" => partition.clone()).set(value as f64);
            };
            gauge("chancery_projection_position", it.position);
            gauge("chancery_projection_lag_events", it.lag_events);
            gauge("chancery_projection_lag_seconds", it.lag_seconds);
        }
        let Ok(layout) = self.layout.try_lock() else { return };
        for projection in &self.projections {
            let name = projection.name();
            let parked = layout.parked.iter().filter(|(_, projection)| projection == name).count();
            metrics::gauge!("chancery_projection_parked", "projection" => name).set(parked as f64);
        }
    }
}

#[cfg(test)]
mod tests;
