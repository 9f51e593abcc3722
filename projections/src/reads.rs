//! Reading what is current: past the gate, then as far as the heads it saw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use domain::TenantId;
use eventlog::EventLog;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::as_of::{FOLDED_MOST, Past, Until, fold_past};
use crate::engine::Engine;
use crate::gate::Gate;
use crate::pasts::Pasts;
use crate::{Projection, ViewError, Views};

/// How long a read waits for the rows before it says that they are late.
const WAIT_MOST: Duration = Duration::from_secs(2);
/// How long one's own write is waited for before it is folded for this one answer.
const OWN_WRITE: Duration = Duration::from_millis(500);
/// How many folds of the past may go on at a time.
const FOLDS_AT_ONCE: usize = 2;
/// After that nothing is recorded any more for an instant.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(1);

/// What queries are asked through. Cheap to clone.
#[derive(Clone)]
pub struct Reads {
    engine: Arc<Engine>,
    gate: Gate,
    places: Arc<Mutex<HashMap<TenantId, i32>>>,
    pasts: Pasts,
    folding: Arc<Semaphore>,
    /// What is folded for one answer.
    folded: Arc<Vec<Arc<dyn Projection>>>,
}

/// Read models that are at least as far as the log was when they were asked for.
#[derive(Debug, Clone)]
pub struct Current {
    pub views: Views,
    /// How far the rows are, by partition.
    pub positions: Arc<Vec<i64>>,
}

impl Reads {
    pub(crate) fn new(engine: Arc<Engine>, gate: Gate) -> Self {
        let folded = engine.projections.iter().filter(|it| it.is_folded_for_the_past());
        Self {
            folded: Arc::new(folded.cloned().collect()),
            engine,
            gate,
            places: Arc::default(),
            pasts: Pasts::default(),
            folding: Arc::new(Semaphore::new(FOLDS_AT_ONCE)),
        }
    }

    /// The read models as they are, which may be late (`Chancery-Consistency: eventual`).
    pub fn eventual(&self) -> Views {
        self.engine.views.clone()
    }

    /// The read models, with all that was recorded of this tenant before this call.
    pub async fn current(&self, tenant: &TenantId) -> Result<Current, ViewError> {
        let partition = self.partition(tenant).await?;
        self.reached(Some(&[partition])).await
    }

    /// As [`Reads::current`], and with all that was recorded of the tenant `system`, for what is
    /// inherited from there.
    pub async fn current_with_system(&self, tenant: &TenantId) -> Result<Current, ViewError> {
        let system = self.partition(&TenantId::system()).await;
        let mut partitions = vec![self.partition(tenant).await?];
        match system {
            Ok(system) => partitions.push(system),
            // Nothing was recorded there yet.
            Err(ViewError::NoTenant(_)) => {}
            Err(error) => return Err(error),
        }
        self.reached(Some(&partitions)).await
    }

    /// As [`Reads::current`], for every tenant: where it is not known yet whose thing is meant.
    pub async fn current_everywhere(&self) -> Result<Current, ViewError> {
        self.reached(None).await
    }

    /// The read models with one's own write, which went to `position` of `partition`. If the rows
    /// are late, they are folded for this answer: a write that was acknowledged is always shown.
    pub async fn after(
        &self,
        tenant: &TenantId,
        partition: i32,
        position: i64,
    ) -> Result<Views, ViewError> {
        let index = usize::try_from(partition).unwrap_or_default();
        let is_there = |reached: &Vec<i64>| reached.get(index).is_some_and(|it| *it >= position);
        let mut reached = self.engine.reached.subscribe();
        if matches!(timeout(OWN_WRITE, reached.wait_for(is_there)).await, Ok(Ok(_))) {
            return Ok(self.eventual());
        }
        tracing::warn!(%tenant, partition, position, "the rows are late: folding for one answer");
        let until = Until::Position(position);
        Ok(fold_past(self.log(), &self.folded, tenant, until, i64::MAX).await?.views)
    }

    /// The read models of a tenant at some point of its history. What was asked for lately is
    /// kept; more than [`FOLDED_MOST`] events are not folded for one answer.
    pub async fn as_of(&self, tenant: &TenantId, until: Until) -> Result<Arc<Past>, ViewError> {
        if let Some(past) = self.pasts.get(tenant, until) {
            return Ok(past);
        }
        // Each takes much memory while it lasts, so only a few go on at a time.
        let turn = self.folding.acquire().await;
        if let Some(past) = self.pasts.get(tenant, until) {
            return Ok(past);
        }
        let past = fold_past(self.log(), &self.folded, tenant, until, FOLDED_MOST).await?;
        let past = Arc::new(past);
        drop(turn);
        let settled = match until {
            Until::Ordinal(_) | Until::Position(_) => true,
            // Another node's clock may be behind by less than that.
            Until::Instant(at) => at + SETTLED_AFTER < Utc::now(),
            Until::Now => false,
        };
        if settled {
            self.pasts.keep(tenant.clone(), until, Arc::clone(&past));
        }
        Ok(past)
    }

    /// How far the rows are, by partition: it changes whenever an event of any node is in them.
    pub fn watch(&self) -> watch::Receiver<Vec<i64>> {
        self.engine.reached.subscribe()
    }

    fn log(&self) -> &dyn EventLog {
        self.engine.log.as_ref()
    }

    /// Waits until the rows are as far as heads that were read after this call: of these
    /// partitions, or of all.
    async fn reached(&self, partitions: Option<&[i32]>) -> Result<Current, ViewError> {
        let heads = self.gate.heads().await?;
        let matters = |partition: usize| {
            let is_it = |it: &i32| usize::try_from(*it).is_ok_and(|it| it == partition);
            partitions.is_none_or(|partitions| partitions.iter().any(is_it))
        };
        let lag = |reached: &Vec<i64>| -> i64 {
            let pairs = heads.iter().zip(reached).enumerate();
            let pairs = pairs.filter(|(partition, _)| matters(*partition));
            pairs.map(|(_, (head, position))| (head - position).max(0)).sum()
        };
        let mut reached = self.engine.reached.subscribe();
        let waited = timeout(WAIT_MOST, reached.wait_for(|reached| lag(reached) == 0)).await;
        if !matches!(waited, Ok(Ok(_))) {
            drop(waited);
            return Err(ViewError::Behind { lag: lag(&reached.borrow()) });
        }
        drop(waited);
        let positions = Arc::new(reached.borrow().clone());
        Ok(Current { views: self.eventual(), positions })
    }

    /// Where the tenant is kept, which never changes.
    async fn partition(&self, tenant: &TenantId) -> Result<i32, ViewError> {
        let held = || self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(partition) = held().get(tenant) {
            return Ok(*partition);
        }
        let place = self.engine.log.placement(tenant).await?;
        let partition = place.ok_or_else(|| ViewError::NoTenant(tenant.clone()))?.partition;
        held().insert(tenant.clone(), partition);
        Ok(partition)
    }
}
