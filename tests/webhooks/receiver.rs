//! A receiver of events: a small server that keeps what it is sent, and answers as it is told to.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything takes; a test that waits so long fails.
const PATIENCE: Duration = Duration::from_mins(1);
/// Stands for no answer at all.
pub(super) const SILENCE: u16 = 0;

/// What arrived once.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    headers: HeaderMap,
    body: Bytes,
    /// What was answered.
    pub(super) status: u16,
}

impl Delivery {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(super) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn ordinal(&self) -> i64 {
        self.event()["ordinal"].as_i64().unwrap()
    }

    /// The signatures that the secret `whsec_...` makes of it.
    pub(super) fn signature_by(&self, secret: &str) -> String {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{at}.{}", self.text()).as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }

    pub(super) fn signatures(&self) -> Vec<&str> {
        self.header("webhook-signature").split(' ').collect()
    }
}

pub(super) struct Receiver {
    address: SocketAddr,
    got: watch::Sender<Vec<Delivery>>,
    answer: Arc<AtomicU16>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// One that takes everything.
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (got, answer) = (watch::Sender::new(Vec::new()), Arc::new(AtomicU16::new(200)));
        let (kept, told) = (got.clone(), Arc::clone(&answer));
        let take = move |headers: HeaderMap, body: Bytes| {
            let (kept, status) = (kept.clone(), told.load(Ordering::SeqCst));
            async move {
                kept.send_modify(|got| got.push(Delivery { headers, body, status }));
                answered(status).await
            }
        };
        let router = Router::new().fallback(take);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, got, answer, serving }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers so from now on.
    pub(super) fn answer(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    pub(super) fn got(&self) -> Vec<Delivery> {
        self.got.borrow().clone()
    }

    /// What arrived, once that is so.
    pub(super) async fn until(&self, so: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        let mut got = self.got.subscribe();
        let waited = timeout(PATIENCE, got.wait_for(|got| so(got))).await;
        let came = matches!(waited, Ok(Ok(_)));
        // It keeps whoever delivers waiting.
        drop(waited);
        assert!(came, "it did not come to that: {:?}", self.ordinals());
        self.got()
    }

    /// What arrived, once an event of that ordinal was taken.
    pub(super) async fn until_ordinal(&self, ordinal: i64) -> Vec<Delivery> {
        let is_it = |it: &Delivery| it.status == 200 && it.ordinal() == ordinal;
        self.until(|got| got.iter().rev().any(is_it)).await
    }

    /// The ordinals of what was taken, in the order it came.
    pub(super) fn ordinals(&self) -> Vec<i64> {
        let got = self.got();
        got.iter().filter(|it| it.status == 200).map(Delivery::ordinal).collect()
    }

    /// The same, each as it came first: what a receiver that knows ids goes by.
    pub(super) fn firsts(&self) -> Vec<i64> {
        let mut seen = BTreeSet::new();
        self.ordinals().into_iter().filter(|ordinal| seen.insert(*ordinal)).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answered(status: u16) -> Response {
    match status {
        SILENCE => std::future::pending().await,
        307 => (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response(),
        status => StatusCode::from_u16(status).unwrap().into_response(),
    }
}
