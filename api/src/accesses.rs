//! Accesses worth keeping: who was turned away, and who read the record. They are noted where a
//! request is answered, and written aside: nothing waits for it, and nothing fails because of it.

mod claimed;
mod limits;
mod recorder;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use domain::{Actor, Right, TenantId};
use eventlog::{AccessActor, AccessOutcome, EventLog, Keyring};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::call::Incoming;
use crate::caller::Caller;
use crate::dialect::{Needs, Operation};
use claimed::Claimed;
use recorder::Recorder;

/// How many may wait to be written; what comes beyond is counted and dropped.
const WAITING_MOST: usize = 4_096;
/// How many characters of a text from outside are kept.
const TEXT_MOST: usize = 200;

/// Takes accesses down. Cheap to clone; the last handle ends it.
#[derive(Debug, Clone)]
pub struct Accesses {
    waiting: mpsc::Sender<Errand>,
    dropped: Arc<AtomicU64>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Debug)]
enum Errand {
    Note(Box<Noted>),
    /// Write all that waits, then end.
    Stop,
}

/// One access, as its request was answered.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    at: DateTime<Utc>,
    outcome: AccessOutcome,
    dialect: &'static str,
    operation: &'static str,
    status: u16,
    /// The tenant it was about, where somebody who may enter it asked.
    tenant: Option<TenantId>,
    /// The tenant that the path names, which may not be one.
    named: Option<TenantId>,
    actor: Option<AccessActor>,
    claimed: Option<Claimed>,
    address: Option<IpAddr>,
    shape: String,
    correlation: String,
}

/// Who proved to be somebody on the way in, and the tenant that they ask about.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    actor: AccessActor,
    pub(crate) tenant: TenantId,
}

impl Seen {
    pub(crate) fn of(caller: &Caller) -> Self {
        let Actor { home, kind, id, .. } = &caller.actor;
        let actor = AccessActor { home: home.clone(), kind: *kind, id: id.clone() };
        Self { actor, tenant: caller.tenant.clone() }
    }
}

impl Noted {
    pub(crate) fn new(
        request: &Incoming,
        (dialect, operation): (&'static str, &'static str),
        (outcome, status): (AccessOutcome, u16),
        seen: Option<Seen>,
    ) -> Self {
        let (actor, tenant) = seen.map(|seen| (seen.actor, seen.tenant)).unzip();
        let named = ["tenant", "tenantId", "appId"].map(|name| request.param(name));
        let named = named.into_iter().find_map(|name| TenantId::new(name).ok());
        Self {
            at: request.received_at,
            outcome,
            dialect,
            operation,
            status,
            tenant,
            named,
            actor,
            claimed: Claimed::by(request),
            address: request.address,
            shape: shape(request),
            correlation: request.id.clone(),
        }
    }
}

/// Whether an access goes into the records: an attempt that was turned away, or a look at the
/// record. `status` is that of the reply, or of the refusal.
pub(crate) fn worth_keeping(
    operation: &Operation,
    is_known: bool,
    status: Result<u16, u16>,
    is_past: bool,
) -> Option<(AccessOutcome, u16)> {
    let is_for_all = operation.needs == Needs::Nothing;
    let reads =
        is_past || matches!(operation.needs, Needs::Right(Right::EventsRead) | Needs::Record);
    match status {
        Ok(status) => (reads && status < 300).then_some((AccessOutcome::Read, status)),
        // Who asks too often was not even heard.
        Err(429) => None,
        Err(status @ 400..500) if !is_known && !is_for_all => Some((AccessOutcome::Failed, status)),
        Err(status @ 401) => Some((AccessOutcome::Failed, status)),
        Err(status @ 403) => Some((AccessOutcome::Denied, status)),
        Err(_) => None,
    }
}

/// The names of a request's parameters, without what they say; and whether it asked for the past.
fn shape(request: &Incoming) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut names: Vec<String> = request
        .query()
        .into_iter()
        .map(|(name, _)| name.chars().filter(is_plain).take(32).collect())
        .collect();
    if request.header("chancery-as-of").is_some() {
        names.push("Chancery-As-Of".to_owned());
    }
    names.sort_unstable();
    names.dedup();
    names.join(",").chars().take(TEXT_MOST).collect()
}

impl Accesses {
    /// Starts taking down. It must be called inside a tokio runtime.
    pub fn start(log: Arc<dyn EventLog>, keyring: Keyring) -> Self {
        let (waiting, arrivals) = mpsc::channel(WAITING_MOST);
        let dropped = Arc::new(AtomicU64::new(0));
        let recorder = Recorder::new(log, keyring, Arc::clone(&dropped));
        let task = tokio::spawn(recorder.run(arrivals));
        Self { waiting, dropped, task: Arc::new(Mutex::new(Some(task))) }
    }

    /// Has an access written, if there is room for it.
    pub(crate) fn note(&self, noted: Noted) {
        if self.waiting.try_send(Errand::Note(Box::new(noted))).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("chancery_access_records_dropped_total").increment(1);
        }
    }

    /// Writes what waits, and takes no more.
    pub async fn stop(&self) {
        // Whoever takes it was stopped already if this fails.
        let _ = self.waiting.send(Errand::Stop).await;
        if let Some(task) = self.task.lock().await.take()
            && task.await.is_err()
        {
            tracing::error!("access records were not written to the end");
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    #[test]
    fn a_shape_has_names_and_no_values() {
        let mut request = Incoming::sample("GET", "/v1/x?type=a&actor=ada%40acme&type=b&%00=1");
        assert_eq!(shape(&request), ",actor,type");
        request.headers.insert("chancery-as-of", "7".parse().unwrap());
        assert_eq!(shape(&request), ",Chancery-As-Of,actor,type");
    }

    #[test]
    fn what_is_turned_away_is_kept_and_what_reads_the_record() {
        let operation = |needs| Operation { id: "x", method: Method::GET, path: "/", needs };
        let kept = |needs, known, status, past| {
            worth_keeping(&operation(needs), known, status, past).map(|(outcome, _)| outcome)
        };
        let (failed, denied) = (Some(AccessOutcome::Failed), Some(AccessOutcome::Denied));
        let read = Some(AccessOutcome::Read);
        let (any, record) = (Needs::SignedIn, Needs::Right(Right::EventsRead));
        assert_eq!(kept(any, false, Err(400), false), failed, "a signature by a wrong clock");
        assert_eq!(kept(any, false, Err(503), false), None);
        assert_eq!(kept(any, false, Err(429), false), None);
        assert_eq!(kept(any, true, Err(403), false), denied);
        assert_eq!(kept(any, true, Err(404), false), None);
        assert_eq!(kept(any, true, Ok(200), false), None);
        assert_eq!(kept(any, true, Ok(200), true), read);
        assert_eq!(kept(record, true, Ok(200), false), read);
        assert_eq!(
            kept(Needs::Nothing, false, Err(401), false),
            failed,
            "a wrong secret for a token"
        );
        assert_eq!(kept(Needs::Nothing, false, Err(400), false), None);
    }
}
