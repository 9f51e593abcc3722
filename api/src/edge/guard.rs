//! Limits in size and time, and what is answered after a panic.

use std::any::Any;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::problem;

/// Refuses a body that says from the start that it is too long. One that does not say so is cut
/// where it is read.
pub(super) async fn body_size(
    State(limit): State<usize>,
    request: Request,
    next: Next,
) -> Response {
    let announced = request.body().size_hint().lower();
    if usize::try_from(announced).is_ok_and(|announced| announced <= limit) {
        return next.run(request).await;
    }
    let detail = format!("the body has {announced} bytes; at most {limit} are taken");
    problem(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &detail, None)
}

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
