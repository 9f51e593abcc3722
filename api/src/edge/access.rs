//! One log line and a few measurements for each request. Neither shows a query string, a header
//! or a body, where secrets and persons might stand.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::REQUEST_ID;

/// Stands for every path that no operation has, so that strangers cannot make up label values.
const NO_ROUTE: &str = "none";

pub(super) async fn record(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method(request.method());
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let id = request.headers().get(REQUEST_ID).map(HeaderValue::to_owned);
    let id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();

    // Whatever is logged on the way carries the request's name.
    let span = tracing::info_span!("request", id);
    let response = next.run(request).instrument(span).await;

    let status = response.status().as_u16();
    let seconds = began.elapsed().as_secs_f64();
    tracing::info!(
        target: "chancery::access",
        method, path, status, seconds, request_id = id,
        "answered"
    );
    metrics::counter!(
        "chancery_http_requests_total",
        "method" => method, "route" => route.clone(), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("chancery_http_request_seconds", "method" => method, "route" => route)
        .record(seconds);
    response
}

/// Known methods by name, all others as one.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
