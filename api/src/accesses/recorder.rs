//! The task that writes accesses: it finds out whose they are, seals addresses, counts what comes
//! too often, and writes a batch at a time.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::{AccessOutcome, AccessRecord, EventLog, Keyring, LogError};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::limits::Limits;
use super::{Errand, Noted};

const BATCH: usize = 256;
/// How long accesses are gathered before they are written.
const GATHER: Duration = Duration::from_millis(100);
/// How often it is looked whose minute is over.
const LOOK: Duration = Duration::from_secs(5);

pub(super) struct Recorder {
    log: Arc<dyn EventLog>,
    keyring: Keyring,
    dropped: Arc<AtomicU64>,
    limits: Limits,
}

impl Recorder {
    pub(super) fn new(log: Arc<dyn EventLog>, keyring: Keyring, dropped: Arc<AtomicU64>) -> Self {
        Self { log, keyring, dropped, limits: Limits::default() }
    }

    pub(super) async fn run(mut self, mut arrivals: mpsc::Receiver<Errand>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        let mut goes_on = true;
        while goes_on {
            tokio::select! {
                _ = looks.tick() => {}
                taken = arrivals.recv_many(&mut batch, BATCH) => {
                    // All handles are gone.
                    goes_on = taken > 0;
                    if goes_on && batch.len() < BATCH {
                        tokio::time::sleep(GATHER).await;
                        while batch.len() < BATCH && let Ok(more) = arrivals.try_recv() {
                            batch.push(more);
                        }
                    }
                }
            }
            let mut records = self.limits.over(Utc::now());
            for errand in batch.drain(..) {
                match errand {
                    Errand::Note(noted) => records.extend(self.record(*noted).await),
                    Errand::Stop => goes_on = false,
                }
            }
            if !goes_on {
                records.extend(self.limits.all());
            }
            records.extend(self.gap());
            self.write(records).await;
        }
    }

    /// The record of an access, unless it is only counted.
    async fn record(&mut self, noted: Noted) -> Option<AccessRecord> {
        let tenant = match self.tenant(&noted).await {
            Ok(tenant) => tenant,
            Err(error) => {
                self.lose(1, &error);
                return None;
            }
        };
        let address = match noted.address {
            Some(address) => self.sealed(&tenant, address, noted.at).await,
            None => None,
        };
        let record = AccessRecord {
            tenant,
            at: noted.at,
            id: Uuid::now_v7(),
            outcome: noted.outcome,
            dialect: noted.dialect.to_owned(),
            operation: noted.operation.to_owned(),
            status: noted.status.into(),
            actor: noted.actor,
            claimed: noted.claimed.map(|it| it.text().to_owned()).unwrap_or_default(),
            address,
            shape: noted.shape,
            left_out: 0,
            correlation: noted.correlation,
        };
        match record.outcome {
            AccessOutcome::Failed | AccessOutcome::Denied => self.limits.take(record),
            AccessOutcome::Read | AccessOutcome::Dropped => Some(record),
        }
    }

    /// In whose records it belongs: of the tenant it is about, else of the one whose credential it
    /// came with, else of the one that its path names, else of the tenant `system`.
    async fn tenant(&self, noted: &Noted) -> Result<TenantId, LogError> {
        if let Some(tenant) = &noted.tenant {
            return Ok(tenant.clone());
        }
        if let Some(claimed) = &noted.claimed
            && let Some(tenant) = claimed.tenant(self.log.as_ref()).await?
        {
            return Ok(tenant);
        }
        if let Some(named) = &noted.named
            && self.log.placement(named).await?.is_some()
        {
            return Ok(named.clone());
        }
        Ok(TenantId::system())
    }

    /// The address, sealed under the month's key of the tenant.
    async fn sealed(
        &self,
        tenant: &TenantId,
        address: IpAddr,
        at: DateTime<Utc>,
    ) -> Option<Vec<u8>> {
        let sealed = async {
            let keys = self.keyring.tenant(tenant).await?;
            if let Some(sealed) = keys.seal_known(address, at)? {
                return Ok(Some(sealed));
            }
            self.keyring.ensure_month(&keys, at).await?;
            Ok::<_, LogError>(keys.seal_known(address, at)?)
        };
        sealed.await.unwrap_or_else(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, %tenant, "an access is recorded without its address");
            None
        })
    }

    /// That some were dropped, since the last time this was asked.
    fn gap(&self) -> Option<AccessRecord> {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        (dropped > 0).then(|| AccessRecord {
            tenant: TenantId::system(),
            at: Utc::now(),
            id: Uuid::now_v7(),
            outcome: AccessOutcome::Dropped,
            dialect: String::new(),
            operation: String::new(),
            status: 0,
            actor: None,
            claimed: String::new(),
            address: None,
            shape: String::new(),
            left_out: i64::try_from(dropped).unwrap_or(i64::MAX),
            correlation: String::new(),
        })
    }

    async fn write(&self, records: Vec<AccessRecord>) {
        if records.is_empty() {
            return;
        }
        match self.log.record_accesses(&records).await {
            Ok(()) => {
                let written = u64::try_from(records.len()).unwrap_or(u64::MAX);
                metrics::counter!("chancery_access_records_total").increment(written);
            }
            Err(error) => {
                let lost = records.iter().map(|record| match record.outcome {
                    AccessOutcome::Dropped => record.left_out,
                    AccessOutcome::Failed | AccessOutcome::Denied | AccessOutcome::Read => {
                        1 + record.left_out
                    }
                });
                self.lose(u64::try_from(lost.sum::<i64>()).unwrap_or_default(), &error);
            }
        }
    }

    /// What could not be written counts as dropped, and is told of later.
    fn lose(&self, records: u64, error: &LogError) {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, records, "access records cannot be written now");
        self.dropped.fetch_add(records, Ordering::Relaxed);
        metrics::counter!("chancery_access_records_dropped_total").increment(records);
    }
}
