//! The refusals of this dialect: the gateway's family for authentication, and the two families of
//! the API behind it. All send `status` and `httpStatus`, since readers look for either.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use domain::Aggregate;
use serde_json::{Value, json};

use crate::call::Incoming;
use crate::caller::SignedError;
use crate::dialect::{Refuses, Turned};
use crate::edgegrid::EdgeGridError;
use crate::fault::{Denied, Fault};

const GATEWAY: &str = "https://problems.luna.akamaiapis.net/-/";
const USER_ADMIN: &str = "/useradmin-api/error-types/";
const IDENTITY: &str = "/identity-management/error-types/";
const IP_ACL: &str = "/ip-acl/error-types/";

/// What is wrong, as this dialect says it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    status: StatusCode,
    kind: String,
    title: String,
    detail: String,
    errors: Vec<Value>,
    retry_after_seconds: Option<u32>,
}

impl Refuses for Problem {
    fn status_number(&self) -> u16 {
        self.status.as_u16()
    }
}

impl Problem {
    fn new(status: StatusCode, kind: String, title: &str, detail: impl Into<String>) -> Self {
        let (title, detail) = (title.to_owned(), detail.into());
        Self { status, kind, title, detail, errors: Vec::new(), retry_after_seconds: None }
    }

    /// Of the family that groups and users belong to. `code` is the vendor's number, or a word of
    /// ours where none is known.
    pub(super) fn user_admin(
        status: StatusCode,
        code: &str,
        title: &str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(status, format!("{USER_ADMIN}{code}"), title, detail)
    }

    /// Of the family that API clients belong to.
    pub(super) fn identity(
        status: StatusCode,
        code: &str,
        title: &str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(status, format!("{IDENTITY}{code}"), title, detail)
    }

    /// Of the family that the IP allow list belongs to.
    pub(super) fn ip_acl(
        status: StatusCode,
        code: &str,
        title: &str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(status, format!("{IP_ACL}{code}"), title, detail)
    }

    /// A body or parameter that cannot be taken.
    pub(super) fn invalid(member: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let problem = Self::user_admin(
            StatusCode::BAD_REQUEST,
            "1003",
            "Validation Exception",
            detail.clone(),
        );
        let error = json!({"type": problem.kind, "title": problem.title, "detail": detail, "errorLocation": member});
        Self { errors: vec![error], ..problem }
    }

    /// Members of a body that cannot be taken, an entry for each.
    pub(super) fn invalid_members(faults: &[(&str, String)]) -> Self {
        let texts: Vec<_> = faults.iter().map(|(_, text)| text.as_str()).collect();
        let each = faults.iter().map(|(member, text)| Self::invalid(member, text.as_str()));
        let errors = each.flat_map(|problem| problem.errors).collect();
        Self { errors, ..Self::invalid("body", texts.join("; ")) }
    }

    /// No such user, or not one of this account.
    pub(super) fn no_user(id: impl std::fmt::Display) -> Self {
        let detail = format!("There is no user {id}.");
        Self::user_admin(StatusCode::NOT_FOUND, "1100", "User not found", detail)
    }

    /// No such group, or not one of this account.
    pub(super) fn no_group(id: impl std::fmt::Display) -> Self {
        let detail = format!("group not found: {id}");
        Self::user_admin(StatusCode::NOT_FOUND, "1700", "Not found", detail)
    }

    /// No such API client, or not one of this account.
    pub(super) fn no_client() -> Self {
        let detail = "There is no API client with this clientId.";
        Self::identity(StatusCode::NOT_FOUND, "2", "invalid open identity", detail)
    }

    /// The caller's roles do not reach this group; `lacking` says what would.
    pub(super) fn not_authorized(lacking: &str) -> Self {
        let said = "Not Authorized to perform this action";
        let problem = Self::user_admin(StatusCode::FORBIDDEN, "1001", "Forbidden", said);
        let error = json!({"type": problem.kind, "title": problem.title, "detail": lacking});
        Self { errors: vec![error], ..problem }
    }

    /// The caller may not do this to that client.
    pub(super) fn no_access(detail: impl Into<String>) -> Self {
        Self::identity(StatusCode::FORBIDDEN, "3", "no access", detail)
    }

    /// With one entry that says why.
    pub(super) fn because(mut self, why: &str) -> Self {
        self.errors.push(json!({"type": self.kind, "title": self.title, "detail": why}));
        self
    }

    /// Names what stands in the way, one entry for each.
    pub(super) fn blocked_by(mut self, blocking: &[Aggregate]) -> Self {
        self.errors.extend(blocking.iter().map(|object| {
            let detail = format!("{} {}", object.kind, object.id);
            json!({"type": self.kind, "title": self.title, "detail": detail})
        }));
        self
    }

    /// Of the gateway's family: the call did not get as far as the API.
    fn gateway(status: StatusCode, detail: impl Into<String>) -> Self {
        let (path, title) = match status {
            StatusCode::UNAUTHORIZED => ("pep-authn/deny", "Not authorized"),
            StatusCode::FORBIDDEN => ("pep-authz/deny", "Forbidden"),
            _ => ("pep-authn/request-error", "Bad request"),
        };
        Self::new(status, format!("{GATEWAY}{path}"), title, detail)
    }

    /// The client may not ask this at all; `lacking` says what it would take.
    pub(super) fn lacks_grant(lacking: impl std::fmt::Display) -> Self {
        let said = "The client does not have the grant needed for the request";
        Self::gateway(StatusCode::FORBIDDEN, format!("{said}: {lacking}"))
    }

    /// The call names another account than the client's own.
    pub(super) fn may_not_switch_account() -> Self {
        let detail = "The client may not switch accounts, or not to the one that is named";
        Self::gateway(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn respond(self, request: &Incoming) -> Response {
        let status = self.status.as_u16();
        let mut body = json!({
            "type": self.kind, "title": self.title, "detail": self.detail, "instance": "",
            "status": status, "httpStatus": status, "errors": self.errors,
        });
        if let Some(members) = body.as_object_mut()
            && self.kind.starts_with(GATEWAY)
        {
            members.extend(gateway_members(request));
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What the gateway tells of the request beside the refusal.
fn gateway_members(request: &Incoming) -> serde_json::Map<String, Value> {
    let host = request.host().unwrap_or_default();
    let address = request.address.map(|address| address.to_string());
    let members = json!({
        "instance": format!("{}{}", request.origin(), request.uri.path_and_query().map_or("", |it| it.as_str())),
        "method": request.method.as_str(),
        "serverIp": host.rsplit_once(':').map_or(host, |(name, _)| name),
        "clientIp": address.unwrap_or_default(),
        "requestId": request.id,
        "requestTime": request.received_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    members.as_object().cloned().unwrap_or_default()
}

impl From<SignedError> for Problem {
    fn from(error: SignedError) -> Self {
        match error {
            SignedError::Missing => {
                Self::gateway(StatusCode::UNAUTHORIZED, "The request is not signed")
            }
            SignedError::Scheme(error) => error.into(),
            SignedError::NotWorking => {
                Self::gateway(StatusCode::UNAUTHORIZED, "Inactive client token")
            }
            SignedError::AddressNotListed(_) => {
                Self::gateway(StatusCode::FORBIDDEN, error.to_string())
            }
            SignedError::Fault(fault) => fault.into(),
        }
    }
}

impl From<EdgeGridError> for Problem {
    fn from(error: EdgeGridError) -> Self {
        let text = error.to_string();
        match error {
            EdgeGridError::BadHeader(_) => Self::gateway(StatusCode::BAD_REQUEST, text),
            EdgeGridError::MalformedTimestamp(_) | EdgeGridError::TimestampOutsideWindow { .. } => {
                Self::gateway(StatusCode::BAD_REQUEST, format!("Invalid timestamp: {text}"))
            }
            EdgeGridError::UnknownClientToken => {
                Self::gateway(StatusCode::BAD_REQUEST, "Invalid client token")
            }
            EdgeGridError::AccessTokenMismatch => {
                Self::gateway(StatusCode::UNAUTHORIZED, "Invalid authorization access token")
            }
            EdgeGridError::SignatureMismatch => {
                Self::gateway(StatusCode::UNAUTHORIZED, "The signature does not match")
            }
            EdgeGridError::NonceReplayed => {
                Self::gateway(StatusCode::BAD_REQUEST, "Invalid nonce: it was used before")
            }
        }
    }
}

impl From<Turned> for Problem {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(needs) => Self::lacks_grant(needs),
            Turned::BodyTooLarge(limit) => Self::user_admin(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "Payload Too Large",
                format!("A body may have at most {limit} bytes."),
            ),
            Turned::BodyCutShort => Self::user_admin(
                StatusCode::REQUEST_TIMEOUT,
                "body_cut_short",
                "Request Timeout",
                "The body stopped coming.",
            ),
            Turned::PathUnreadable => Self::invalid("path", "The path is not UTF-8."),
            Turned::NoSuchPath => Self::user_admin(
                StatusCode::NOT_FOUND,
                "path_unknown",
                "Not found",
                "There is no operation at this path.",
            ),
            Turned::NoSuchMethod => Self::user_admin(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Method Not Allowed",
                "No operation at this path takes this method.",
            ),
        }
    }
}

impl<R: Into<Problem>> From<Denied<R>> for Problem {
    fn from(denied: Denied<R>) -> Self {
        match denied {
            Denied::Rejected(rejection) => rejection.into(),
            // Nothing here sends an idempotency key.
            Denied::Replayed(_) => Fault::Internal.into(),
            Denied::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_seconds = fault.retry_after_seconds();
        let (title, text) = (status.canonical_reason().unwrap_or_default(), fault.to_string());
        let kind = if fault == Fault::Internal { "internal_error" } else { fault.code() };
        Self { retry_after_seconds, ..Self::new(status, kind.to_owned(), title, text) }
    }
}
