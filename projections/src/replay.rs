//! Replay: the read models as they were, in a file that anyone can query.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::Recorded;

use crate::as_of::fold_page;
use crate::engine::create;
use crate::write::sets;
use crate::{Changes, Projection, Slot, ViewError, Views, list, values};

/// How far each tenant's rows go: one row a tenant, beside the read models.
const REPLAYED: &str = "create table replayed (tenant text not null primary key,
    ordinal integer not null, recorded_at integer not null, leaf_hash text not null)
    strict, without rowid";

/// Read models that are being filled from the events given.
pub struct Replay {
    views: Views,
    projections: Vec<Arc<dyn Projection>>,
    /// (tenant, projection) that cannot take an event.
    parked: HashSet<(String, String)>,
    reached: BTreeMap<TenantId, Reached>,
}

/// The last event of a tenant that was taken.
struct Reached {
    ordinal: i64,
    at: DateTime<Utc>,
    leaf_hash: String,
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The tenant's last event that is in the rows; 0 when there is none.
    pub ordinal: i64,
    /// When that one was recorded.
    pub at: Option<DateTime<Utc>>,
    /// (tenant, projection): an event could not be taken, and the rows stand still before it.
    pub parked: Vec<(String, String)>,
}

impl Replay {
    /// Makes the tables of all read models in an SQLite file, which must be empty.
    pub async fn into_file(path: &Path) -> Result<Self, ViewError> {
        let (views, projections) = (Views::file(path).await?, list::all());
        let mut tx = views.writer().begin().await?;
        create(&mut tx, &projections, Slot::A).await?;
        tx.execute(REPLAYED, &[]).await?;
        tx.commit().await?;
        let (parked, reached) = (HashSet::new(), BTreeMap::new());
        Ok(Self { views, projections, parked, reached })
    }

    /// Folds in what comes next of a tenant.
    pub async fn take(&mut self, events: &[Recorded]) -> Result<(), ViewError> {
        let Some(last) = events.last() else { return Ok(()) };
        let mut changes: Vec<_> = self.projections.iter().map(|_| Changes::default()).collect();
        fold_page(&self.projections, events, &mut self.parked, &mut changes);
        let mut tx = self.views.writer().begin().await?;
        for changes in changes.iter().filter(|changes| !changes.is_empty()) {
            tx.write(&sets(changes, Slot::A)).await?;
        }
        tx.commit().await?;
        let (ordinal, at) = (last.ordinal, last.created_at);
        let reached = Reached { ordinal, at, leaf_hash: last.leaf_hash.to_string() };
        self.reached.insert(last.tenant.clone(), reached);
        Ok(())
    }

    /// Notes how far it goes, and closes the file. How far that is for `tenant`.
    pub async fn finish(self, tenant: &TenantId) -> Result<Replayed, ViewError> {
        let mut tx = self.views.writer().begin().await?;
        for (tenant, Reached { ordinal, at, leaf_hash }) in &self.reached {
            tx.execute(
                "insert into replayed (tenant, ordinal, recorded_at, leaf_hash)
                values ($1, $2, $3, $4)",
                &values![tenant, *ordinal, *at, leaf_hash.as_str()],
            )
            .await?;
        }
        tx.commit().await?;
        self.views.writer().close().await;
        let reached = self.reached.get(tenant);
        let mut parked: Vec<_> = self.parked.into_iter().collect();
        parked.sort_unstable();
        Ok(Replayed {
            ordinal: reached.map_or(0, |reached| reached.ordinal),
            at: reached.map(|reached| reached.at),
            parked,
        })
    }
}
