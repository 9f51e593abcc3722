//! Proof that nobody altered the record: sealing it, looking at all of it, and proofs about parts.

mod proving;
mod sealing;
mod tampering;
mod verifying;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use eventlog::proof::{Audit, Checkpoint, Finding, Round, Sealer, SigningKey, Verdict};
use eventlog::{Batch, EventLog, MasterKey, Placement, Recorded};

use crate::contract::sample::{batch, event, head, head_of, tenant};
use crate::stores::Database;

/// A log with a key to seal it.
struct Sealed {
    log: Arc<dyn EventLog>,
    sealer: Sealer,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn master(digit: &str) -> MasterKey {
    MasterKey::parse(&digit.repeat(64)).unwrap()
}

fn key_of(log: &Arc<dyn EventLog>, digit: &str) -> SigningKey {
    SigningKey::derive(&master(digit), log.installation()).unwrap()
}

fn sealer(log: &Arc<dyn EventLog>) -> Sealer {
    Sealer::new(Arc::clone(log), key_of(log, "a"))
}

fn place(name: &str) -> Placement {
    Placement { tenant: tenant(name), partition: 0 }
}

impl Sealed {
    /// A log of two tenants without an event.
    async fn begin(database: &Database) -> Self {
        let log = database.log().await;
        let placements = ["acme", "beta"].map(place).to_vec();
        let bases = vec![head(&*log).await];
        log.append(&Batch { bases, placements, ..Batch::default() }).await.unwrap();
        let sealer = sealer(&log);
        Self { log, sealer }
    }

    /// So many more events of a tenant.
    async fn add(&self, name: &str, count: usize) {
        let first = self.log.proofs().unwrap().newest_ordinal(&place(name)).await.unwrap() + 1;
        let base = head(&*self.log).await;
        let mut last = base;
        let next = |ordinal| {
            let mut event = event(&last, &tenant(name), ordinal);
            name.clone_into(&mut event.aggregate.id);
            event.leaf_hash = eventlog::leaf_hash(&event);
            last = head_of(&event);
            event
        };
        let events: Vec<_> = (first..).take(count).map(next).collect();
        self.log.append(&batch(&base, events)).await.unwrap();
    }

    async fn seal(&mut self) -> Round {
        self.sealer.round(now()).await.unwrap()
    }

    /// What a look at everything with the right key comes to.
    async fn verdict(&self) -> Verdict {
        self.verdict_with("a", None).await
    }

    async fn verdict_with(&self, digit: &str, pinned: Option<&Checkpoint>) -> Verdict {
        let key = key_of(&self.log, digit);
        let audit = Audit::new(&*self.log, key.verifier(), pinned, |_| {}).unwrap();
        audit.all().await.unwrap()
    }

    /// The newest checkpoint of a tenant, as a note.
    async fn note(&self, name: &str) -> String {
        let store = self.log.proofs().unwrap();
        store.head_of(&tenant(name), i64::MAX).await.unwrap().unwrap().head.note
    }

    async fn events_of(&self, name: &str) -> Vec<Recorded> {
        self.log.read_tenant(&place(name), 0, usize::MAX).await.unwrap()
    }
}

/// Where a finding is: the tenant and the ordinal.
fn spot(finding: &Finding) -> (Option<&str>, Option<i64>) {
    (finding.tenant.as_ref().map(domain::TenantId::as_str), finding.ordinal)
}
