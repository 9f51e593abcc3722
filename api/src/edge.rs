//! What every request passes, whatever its dialect: a name, the caller's address, limits, the log
//! line, the metrics, and an answer even when a handler panics.

mod access;
mod arrival;
pub(crate) mod cors;
mod guard;
mod listener;
mod opening;

pub use listener::{Edge, Listening};

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// The header that names a request: taken from the caller, or given here, and always answered.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// How long the edge waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the connection to the first bytes that say which HTTP it speaks.
    pub opening: Duration,
    /// For the head of a request; also how long an idle connection is kept.
    pub head: Duration,
    /// Between two pieces of a body.
    pub body: Duration,
    /// From the head of a request to the head of its answer.
    pub answer: Duration,
    /// For what is in flight when the server stops.
    pub stop: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            head: Duration::from_secs(30),
            body: Duration::from_secs(15),
            answer: Duration::from_secs(30),
            stop: Duration::from_secs(20),
        }
    }
}

/// What the layers need to know. How long a body may be is the dialects' matter.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    pub timeouts: Timeouts,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of web pages that may call, as [`crate::settings::Settings`] has them.
    pub browser_origins: Vec<String>,
}

/// The router with the edge around each of its routes. The last layer is the first a request
/// meets.
pub fn around(router: Router, limits: Limits) -> Router {
    let stall = RequestBodyTimeoutLayer::new(limits.timeouts.body);
    let router = router
        .layer(stall)
        .layer(from_fn_with_state(limits.timeouts.answer, guard::answer_in_time))
        .layer(CatchPanicLayer::custom(guard::after_panic));
    let router = match cors::layer(&limits.browser_origins) {
        Some(layer) => router.layer(layer),
        None => router,
    };
    router
        .layer(from_fn(access::record))
        .layer(from_fn_with_state(limits.trusted_proxies.into(), arrival::receive))
}

/// A refusal of the edge itself; the dialects have their own words for theirs.
fn problem(status: StatusCode, code: &str, detail: &str, retry_after: Option<u32>) -> Response {
    let body = json!({
        "type": format!("urn:chancery:problem:{code}"),
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let content = [(CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, content, body.to_string()).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
