//! What every reply of this dialect carries.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A reply that nobody may keep.
pub(super) fn reply(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to what succeeded.
pub(super) fn answer(body: &impl Serialize) -> Response {
    reply(StatusCode::OK, body)
}

/// The answer to what succeeded, with what it has to show beside that.
pub(super) fn ok(members: Map<String, Value>) -> Response {
    let mut body = Map::from_iter([("stat".to_owned(), json!("ok"))]);
    body.extend(members);
    answer(&body)
}

/// The same with one `result`.
pub(super) fn ok_with(result: Value) -> Response {
    ok(Map::from_iter([("result".to_owned(), result)]))
}
