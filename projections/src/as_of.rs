//! Any instant: a tenant's events folded into a store in memory, which answers the same queries.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::{EventLog, Recorded};

use crate::engine::{create, fold_into};
use crate::views::Still;
use crate::write::sets;
use crate::{Changes, Projection, Slot, ViewError, Views, list};

/// Events in a page.
const PAGE: usize = 2_000;

/// Most events that are folded for one answer: about as many as fit into a hundred megabytes.
pub const FOLDED_MOST: i64 = 250_000;

/// Where a fold ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// With this event of the tenant.
    Ordinal(i64),
    /// With the last event recorded at this instant or before.
    Instant(DateTime<Utc>),
    /// With this position of the tenant's partition.
    Position(i64),
    /// With the newest event.
    Now,
}

/// The read models of one tenant as they were.
#[derive(Debug, Clone)]
pub struct Past {
    pub views: Views,
    /// The tenant's last event that is in them; 0 when there is none.
    pub ordinal: i64,
    /// When that one was recorded.
    pub at: Option<DateTime<Utc>>,
}

impl Until {
    fn takes(self, event: &Recorded) -> bool {
        match self {
            Self::Ordinal(last) => event.ordinal <= last,
            Self::Instant(last) => event.created_at <= last,
            Self::Position(last) => event.position <= last,
            Self::Now => true,
        }
    }
}

/// The read models of a tenant at some point of its history, with the system's as they were at
/// that instant, since features are inherited from there.
pub async fn as_of(log: &dyn EventLog, tenant: &TenantId, until: Until) -> Result<Past, ViewError> {
    fold_past(log, &list::folded_for_the_past(), tenant, until, i64::MAX).await
}

/// As [`as_of`], with these projections, and of at most so many events.
pub(crate) async fn fold_past(
    log: &dyn EventLog,
    projections: &[Arc<dyn Projection>],
    tenant: &TenantId,
    until: Until,
    most: i64,
) -> Result<Past, ViewError> {
    let mut fold = Fold::new(projections, most);
    let (ordinal, at) = fold.take(log, tenant, until).await?;
    if !tenant.is_system() && log.placement(&TenantId::system()).await?.is_some() {
        let until = match (until, at) {
            (Until::Instant(_), _) => until,
            (Until::Ordinal(_), Some(at)) => Until::Instant(at),
            (Until::Ordinal(_) | Until::Position(_) | Until::Now, _) => Until::Now,
        };
        fold.take(log, &TenantId::system(), until).await?;
    }
    Ok(Past { views: fold.finish().await?, ordinal, at })
}

/// The tenant's events alone.
pub(crate) async fn fold_tenant(
    log: &dyn EventLog,
    projections: &[Arc<dyn Projection>],
    tenant: &TenantId,
    until: Until,
) -> Result<Past, ViewError> {
    let mut fold = Fold::new(projections, i64::MAX);
    let (ordinal, at) = fold.take(log, tenant, until).await?;
    Ok(Past { views: fold.finish().await?, ordinal, at })
}

/// Folds events into changes, and notes which (tenant, projection) cannot take one of them: it
/// stands still from there on.
pub(crate) fn fold_page(
    projections: &[Arc<dyn Projection>],
    events: &[Recorded],
    parked: &mut HashSet<(String, String)>,
    changes: &mut [Changes],
) {
    let takes = |tenant: &str, projection: &str| {
        parked.is_empty() || !parked.contains(&(tenant.to_owned(), projection.to_owned()))
    };
    let parks = fold_into(projections, events, takes, changes);
    parked.extend(parks.into_iter().map(|park| (park.tenant, park.projection.to_owned())));
}

struct Fold<'a> {
    projections: &'a [Arc<dyn Projection>],
    changes: Vec<Changes>,
    /// (tenant, projection) that cannot take an event.
    parked: HashSet<(String, String)>,
    /// How many events of a tenant it takes.
    most: i64,
}

impl<'a> Fold<'a> {
    fn new(projections: &'a [Arc<dyn Projection>], most: i64) -> Self {
        let changes = projections.iter().map(|_| Changes::default()).collect();
        Self { projections, changes, parked: HashSet::new(), most }
    }

    /// Folds a tenant's events; answers the last one's ordinal and instant.
    async fn take(
        &mut self,
        log: &dyn EventLog,
        tenant: &TenantId,
        until: Until,
    ) -> Result<(i64, Option<DateTime<Utc>>), ViewError> {
        let place = log.placement(tenant).await?;
        let place = place.ok_or_else(|| ViewError::NoTenant(tenant.clone()))?;
        let (mut ordinal, mut at) = (0, None);
        loop {
            let page = log.read_tenant(&place, ordinal, PAGE).await?;
            let is_full = page.len() == PAGE;
            let wanted = page.iter().take_while(|event| until.takes(event)).count();
            let (wanted, rest) = page.split_at(wanted);
            fold_page(self.projections, wanted, &mut self.parked, &mut self.changes);
            if wanted.last().is_some_and(|last| last.ordinal > self.most) {
                return Err(ViewError::TooLong { most: self.most });
            }
            if let Some(last) = wanted.last() {
                (ordinal, at) = (last.ordinal, Some(last.created_at));
            }
            if !is_full || !rest.is_empty() {
                return Ok((ordinal, at));
            }
        }
    }

    async fn finish(self) -> Result<Views, ViewError> {
        let views = Views::memory().await?;
        let mut tx = views.writer().begin().await?;
        create(&mut tx, self.projections, Slot::A).await?;
        for changes in &self.changes {
            tx.write(&sets(changes, Slot::A)).await?;
        }
        tx.commit().await?;
        views.set_still(Still { parked: self.parked, unbuilt: HashSet::new() });
        Ok(views)
    }
}
