//! Refusals of the native API: problem details (RFC 9457), with the member at fault and what
//! stands in the way.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{Refusal, RefusalKind};
use domain::Aggregate;
use serde_json::{Map, Value, json};

use crate::call::Incoming;
use crate::dialect::{Refuses, Turned};
use crate::fault::Fault;

/// What is wrong, in words for a person and a code for a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub status: StatusCode,
    /// Stable word for it, in snake case; the last part of `type`.
    pub code: &'static str,
    pub detail: String,
    /// The member of the body, or the parameter, that is at fault.
    pub member: Option<String>,
    /// What stands in the way.
    pub blocking: Vec<Aggregate>,
    pub retry_after_seconds: Option<u32>,
}

impl Refuses for Problem {
    fn status_number(&self) -> u16 {
        self.status.as_u16()
    }
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (detail, blocking) = (detail.into(), Vec::new());
        Self { status, code, detail, member: None, blocking, retry_after_seconds: None }
    }

    /// Something in the request cannot be taken.
    pub fn invalid(code: &'static str, member: &str, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, code, detail);
        Self { member: Some(member.to_owned()), ..problem }
    }

    /// There is no such thing, as far as this caller may know.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// What a rejection comes to; `text` is the rejection in words.
    pub fn refused(refusal: Refusal, text: String) -> Self {
        let status = match refusal.kind {
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::Invalid => StatusCode::BAD_REQUEST,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        };
        let member = refusal.member.map(str::to_owned);
        let problem = Self::new(status, refusal.code, text);
        Self { member, blocking: refusal.blocking, ..problem }
    }

    /// The reply to `request`.
    pub fn respond(&self, request: &Incoming) -> Response {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("type", json!(format!("urn:chancery:problem:{}", self.code)));
        put("title", json!(self.status.canonical_reason().unwrap_or_default()));
        put("status", json!(self.status.as_u16()));
        put("detail", json!(self.detail));
        put("instance", json!(request.uri.path()));
        put("requestId", json!(request.id));
        if let Some(member) = &self.member {
            put("member", json!(member));
        }
        if !self.blocking.is_empty() {
            put("blocking", json!(self.blocking));
        }
        let mut response = (self.status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer realm=\"chancery\"");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_seconds = fault.retry_after_seconds();
        Self { retry_after_seconds, ..Self::new(status, fault.code(), fault.to_string()) }
    }
}

impl From<Turned> for Problem {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(needs) => Self::forbidden(format!("the caller lacks {needs}")),
            Turned::BodyTooLarge(limit) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                format!("a body may have at most {limit} bytes"),
            ),
            Turned::BodyCutShort => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "body_cut_short", "the body stopped coming")
            }
            Turned::PathUnreadable => {
                Self::new(StatusCode::BAD_REQUEST, "path_unreadable", "the path is not UTF-8")
            }
            Turned::NoSuchPath => {
                Self::new(StatusCode::NOT_FOUND, "path_unknown", "there is nothing at this path")
            }
            Turned::NoSuchMethod => Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path does not take this method",
            ),
        }
    }
}
