//! A request as the dialects see it: read whole, with its path's parameters by name.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use chrono::{DateTime, Utc};
use commands::{Command, Granted};
use domain::{Right, TenantId};
use eventlog::TenantKeys;
use projections::Views;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::app::{App, Terms};
use crate::caller::Caller;
use crate::fault::{Denied, Fault};

/// What arrived, before anybody looked at who sent it.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Names this request in replies, in the log of events, and in the program's own log.
    pub id: String,
    pub address: Option<IpAddr>,
    pub received_at: DateTime<Utc>,
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
    params: Vec<(String, String)>,
}

impl Incoming {
    pub(crate) fn new(
        id: String,
        address: Option<IpAddr>,
        received_at: DateTime<Utc>,
        parts: Parts,
        body: Bytes,
    ) -> Self {
        let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
        Self { id, address, received_at, method, uri, headers, body, params: Vec::new() }
    }

    /// What stands for a request where the program itself asks.
    pub(crate) fn from_inside(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            address: None,
            received_at: Utc::now(),
            method: Method::POST,
            uri: Uri::default(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            params: Vec::new(),
        }
    }

    pub(crate) fn with_params(self, params: Vec<(String, String)>) -> Self {
        Self { params, ..self }
    }

    /// The same request, as if it had been sent then.
    pub(crate) fn as_if_at(&self, received_at: DateTime<Utc>) -> Self {
        Self { received_at, ..self.clone() }
    }

    /// The path's parameter of that name, decoded; empty where the path has none.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value)
    }

    /// A header's text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The host it was sent to, with the port where one was named.
    pub fn host(&self) -> Option<&str> {
        let authority = self.uri.authority().map(axum::http::uri::Authority::as_str);
        self.header("host").or(authority)
    }

    /// Scheme and host it was sent to, as far as the request says.
    pub fn origin(&self) -> String {
        let scheme = self.uri.scheme_str().unwrap_or("http");
        format!("{scheme}://{}", self.host().unwrap_or_default())
    }

    /// The query's pairs, decoded, in the order they came.
    pub fn query(&self) -> Vec<(String, String)> {
        form_pairs(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// The first value of a query parameter.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query().into_iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// Whether a flag of the query is spelled out as true; nothing else turns it on.
    pub fn query_flag(&self, name: &str) -> bool {
        self.query_value(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether the answer may be as old as the rows happen to be
    /// (`Chancery-Consistency: eventual`). Who is calling is never asked of old rows.
    pub fn is_content_with_late_rows(&self) -> bool {
        let consistency = self.header("chancery-consistency");
        consistency.is_some_and(|word| word.eq_ignore_ascii_case("eventual"))
    }

    /// The body as JSON; an empty one reads as `null`.
    pub fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        let body = self.body.trim_ascii();
        serde_json::from_slice(if body.is_empty() { b"null" } else { body })
    }
}

/// The id that the edge gave the request, or a fresh one where nothing did.
pub(crate) fn request_id(parts: &Parts) -> String {
    let given = parts.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let given = given.filter(|id| (1..=128).contains(&id.len()));
    given.map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned)
}

/// Where the connection comes from.
pub(crate) fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical())
}

/// Pairs of a query or of a form body, decoded.
pub(crate) fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// A request whose sender is known and may ask this.
#[derive(Debug, Clone)]
pub struct Call {
    pub app: App,
    pub caller: Caller,
    /// The tenant it is about, which the caller may enter.
    pub tenant: TenantId,
    /// Read models with all that was recorded of the tenant before the request arrived.
    pub views: Views,
    pub request: Arc<Incoming>,
    /// The tenant's newest ordinal that the answer shows.
    pub(crate) position: Arc<AtomicI64>,
    /// Where the past is shown: how long it took to fold it.
    pub(crate) folded: Option<Duration>,
}

impl Call {
    /// Runs a command on no particular terms. The call comes back with read models that show what
    /// it did.
    pub async fn run<C: Command>(
        self,
        command: C,
    ) -> Result<(Self, Granted<C::Fresh>), Denied<C::Rejection>> {
        let (granted, views) = self.run_on(Terms::default(), command).await?;
        Ok((Self { views, ..self }, granted))
    }

    /// Runs a command on these terms. The read models that come back show what it did.
    pub async fn run_on<C: Command>(
        &self,
        terms: Terms,
        command: C,
    ) -> Result<(Granted<C::Fresh>, Views), Denied<C::Rejection>> {
        let ran = self.app.run(&self.caller, &self.tenant, &self.request, terms, command).await;
        let (granted, views) = ran?;
        self.note_position(granted.ordinal);
        Ok((granted, views))
    }

    /// Waits until the read models have all that was recorded of the tenant `system` too, where
    /// features are inherited from.
    pub async fn reach_system(&self) -> Result<(), Fault> {
        if !self.request.is_content_with_late_rows() && self.folded.is_none() {
            self.app.reads.current_with_system(&self.tenant).await?;
        }
        Ok(())
    }

    /// The tenant's keys, where the caller may see what is personal.
    pub(crate) async fn opening_keys(&self) -> Result<Option<Arc<TenantKeys>>, Fault> {
        if !self.caller.has(Right::UserRead) {
            return Ok(None);
        }
        let keys = self.app.keyring.tenant(&self.tenant).await?;
        // Other nodes may have drawn keys since these were read.
        self.app.keyring.load(&keys).await?;
        Ok(Some(keys))
    }

    /// The newest ordinal that there was, where the past is shown.
    pub(crate) fn newest_of_the_past(&self) -> Option<i64> {
        self.folded.map(|_| self.position.load(Ordering::Relaxed))
    }

    /// Notes that the answer shows this ordinal of the tenant.
    pub(crate) fn note_position(&self, ordinal: i64) {
        self.position.fetch_max(ordinal, Ordering::Relaxed);
    }
}

#[cfg(test)]
impl Incoming {
    /// For cases: a request without a body, from nowhere.
    pub(crate) fn sample(method: &str, target: &str) -> Self {
        let request = axum::http::Request::builder().method(method).uri(target);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        Self::new("r-1".to_owned(), None, DateTime::UNIX_EPOCH, parts, Bytes::new())
    }
}
