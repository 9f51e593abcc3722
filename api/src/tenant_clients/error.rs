//! The refusals of this dialect. Readers know three shapes of them; one body has the members of
//! all.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::call::Incoming;
use crate::caller::BearerError;
use crate::dialect::{Refuses, Turned};
use crate::fault::{Denied, Fault};

/// What is wrong, as this dialect says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientsError {
    status: StatusCode,
    error: String,
    message: String,
    code: &'static str,
    /// Members beside those that every refusal has.
    more: Vec<(&'static str, Value)>,
    retry_after_seconds: Option<u32>,
}

impl Refuses for ClientsError {
    fn status_number(&self) -> u16 {
        self.status.as_u16()
    }
}

impl ClientsError {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        error: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (error, message) = (error.into(), message.into());
        Self { status, error, message, code, more: Vec::new(), retry_after_seconds: None }
    }

    /// The same, with one more member.
    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }

    /// There is room for this caller again in so many seconds.
    pub(super) fn too_many(seconds: u32) -> Self {
        let message = format!("Rate limit exceeded; try again in {seconds} s");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let error = Self::new(status, "RATE_LIMITED", "Too Many Requests", message);
        Self { retry_after_seconds: Some(seconds), ..error }
    }

    /// A parameter that cannot be taken.
    pub(super) fn invalid(error: impl Into<String>) -> Self {
        let error = error.into();
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", error.clone(), error)
    }

    /// No such client, as far as this caller may know.
    pub(super) fn no_client() -> Self {
        let message = "Client not found in tenant scope";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found", message)
    }

    /// The same, for whoever named it in a body.
    pub(super) fn client_not_found(tenant: &str, client: &str) -> Self {
        let message = "Client not found in tenant scope";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Client not found", message)
            .with("tenant_id", json!(tenant))
            .with("client_id", json!(client))
    }

    /// No such role, or the client does not hold it.
    pub(super) fn no_role() -> Self {
        let message = "Role not found in tenant scope";
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found", message)
    }

    /// Neither the permission is held, nor is the client the caller's own.
    pub(super) fn not_owner(verb: &str) -> Self {
        Self::forbidden(format!("It takes clients:{verb}, or to be the client's owner"))
    }

    /// The token is of another tenant than the path.
    pub(super) fn other_tenant() -> Self {
        let message = "Access denied: Tenant mismatch";
        let error = "tenant ID mismatch between token and URL";
        Self::new(StatusCode::FORBIDDEN, "TENANT_MISMATCH", error, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "Forbidden", message)
    }

    fn unauthorized(error: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", error, error)
    }

    pub(super) fn respond(&self, request: &Incoming) -> Response {
        let mut body = json!({
            "error": self.error,
            "message": self.message,
            "code": self.code,
            "timestamp": request.received_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "request_id": request.id,
        });
        if let Some(members) = body.as_object_mut() {
            let more = self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            members.extend(more);
        }
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = "Bearer realm=\"chancery\", error=\"invalid_token\"";
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(bearer));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<BearerError> for ClientsError {
    fn from(error: BearerError) -> Self {
        match error {
            BearerError::Missing => Self::unauthorized("authorization header required"),
            BearerError::OtherScheme => Self::unauthorized("invalid authorization header format"),
            BearerError::NoTenant => {
                Self::unauthorized("tenant_id not found in authentication token")
            }
            BearerError::Invalid(_) | BearerError::Ended => {
                Self::unauthorized("Invalid or expired token")
            }
            BearerError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Turned> for ClientsError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(crate::dialect::Needs::Clients("activate" | "deactivate")) => {
                Self::forbidden("Admin privileges required to modify client status")
            }
            Turned::Lacks(needs) => Self::forbidden(format!("The caller lacks {needs}")),
            Turned::BodyTooLarge(limit) => {
                let message = format!("A body may have at most {limit} bytes");
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Self::new(status, "PAYLOAD_TOO_LARGE", "Payload Too Large", message)
            }
            Turned::BodyCutShort => {
                let message = "The body stopped coming";
                Self::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "REQUEST_TIMEOUT",
                    "Request Timeout",
                    message,
                )
            }
            Turned::PathUnreadable => Self::invalid("the path is not UTF-8"),
            Turned::NoSuchPath => {
                let message = "There is nothing at this path";
                Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found", message)
            }
            Turned::NoSuchMethod => {
                let message = "This path does not take this method";
                let status = StatusCode::METHOD_NOT_ALLOWED;
                Self::new(status, "METHOD_NOT_ALLOWED", "Method Not Allowed", message)
            }
        }
    }
}

impl<R: Into<ClientsError>> From<Denied<R>> for ClientsError {
    fn from(denied: Denied<R>) -> Self {
        match denied {
            Denied::Rejected(rejection) => rejection.into(),
            // Nothing here sends an idempotency key.
            Denied::Replayed(_) => Fault::Internal.into(),
            Denied::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for ClientsError {
    fn from(fault: Fault) -> Self {
        let status = match fault {
            Fault::Overloaded { .. } => StatusCode::TOO_MANY_REQUESTS,
            Fault::NoTenant(_)
            | Fault::Stale { .. }
            | Fault::KeyReused
            | Fault::Stopping
            | Fault::Unavailable
            | Fault::Behind
            | Fault::Parked
            | Fault::NoPast(_)
            | Fault::Internal => {
                StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        let title = status.canonical_reason().unwrap_or_default();
        let retry_after_seconds = fault.retry_after_seconds();
        Self { retry_after_seconds, ..Self::new(status, fault.code(), title, fault.to_string()) }
    }
}
