//! Small forms of this dialect: ids, dates, replies.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::TenantId;
use serde_json::Value;

use super::ROOT;
use super::problem::Problem;
use crate::call::Incoming;

/// A date as every reply shows one: whole seconds with three zeros behind.
pub(super) fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// An integer id of the path.
pub(super) fn path_id(request: &Incoming, name: &'static str) -> Result<i64, Problem> {
    let text = request.param(name);
    text.parse().map_err(|_| Problem::invalid(name, format!("{name} is not an integer: {text}")))
}

/// A member of the body that must be there, as an integer.
pub(super) fn body_id(body: &Value, name: &'static str) -> Result<i64, Problem> {
    let value = body.get(name).filter(|value| !value.is_null());
    let value = value.ok_or_else(|| Problem::invalid(name, format!("{name} is required")))?;
    value.as_i64().ok_or_else(|| Problem::invalid(name, format!("{name} is not an integer")))
}

/// A member of the body that must be there, as text.
pub(super) fn body_text(body: &Value, name: &'static str) -> Result<String, Problem> {
    let value = body.get(name).filter(|value| !value.is_null());
    let value = value.ok_or_else(|| Problem::invalid(name, format!("{name} is required")))?;
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| Problem::invalid(name, format!("{name} is not text")))
}

/// The body, which must be a JSON object. Members nobody asks for are not looked at.
pub(super) fn body(request: &Incoming) -> Result<Value, Problem> {
    let body: Value = request
        .json()
        .map_err(|error| Problem::invalid("body", format!("The body is not JSON: {error}")))?;
    if body.is_object() || body.is_null() {
        Ok(body)
    } else {
        Err(Problem::invalid("body", "The body is not a JSON object."))
    }
}

/// The body, which must be a JSON list; nothing and `null` are an empty one.
pub(super) fn body_list(request: &Incoming) -> Result<Vec<Value>, Problem> {
    let body = request.json::<Option<Vec<Value>>>();
    let malformed = |error| Problem::invalid("body", format!("The body is not a list: {error}"));
    body.map(Option::unwrap_or_default).map_err(malformed)
}

/// Whether an account switch key (`account` or `account:contract type`) names this account.
pub(super) fn names_account(key: &str, tenant: &TenantId) -> bool {
    let account = key.split(':').next().unwrap_or_default();
    account.eq_ignore_ascii_case(tenant.as_str())
}

/// Whether a password goes to its user by mail: unless the query says no.
pub(super) fn sends_email(request: &Incoming) -> bool {
    let said = request.query_value("sendEmail");
    !said.is_some_and(|value| value.eq_ignore_ascii_case("false"))
}

pub(super) fn ok(body: Value) -> Response {
    (StatusCode::OK, axum::Json(body)).into_response()
}

pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// What was made, and the path it stands at from now on.
pub(super) fn created(path: &str, body: Value) -> Response {
    let mut response = (StatusCode::CREATED, axum::Json(body)).into_response();
    let name: HeaderName = header::LOCATION;
    if let Ok(location) = HeaderValue::from_str(&format!("{ROOT}{path}")) {
        response.headers_mut().insert(name, location);
    }
    response
}
