//! A limit in time, and what is answered after a panic.

use std::any::Any;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::problem;

/// Gives up on a request that is not answered in time.
pub(super) async fn answer_in_time(
    State(limit): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let detail = "this took too long, and whether a command in it was carried out is not \
                      known; send it again with the same Idempotency-Key";
        problem(StatusCode::GATEWAY_TIMEOUT, "too_slow", detail, Some(1))
    })
}

/// The answer in place of one that a panic prevented. The panic itself is in the program's log.
pub(super) fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let detail = "something went wrong inside; the log has it under this request's x-request-id";
    problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail, None)
}
