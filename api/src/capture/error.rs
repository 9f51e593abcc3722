//! The refusals of this dialect: HTTP 200 with `"stat":"error"`, a number and a word for it.

use axum::http::StatusCode;
use axum::response::Response;
use domain::RecordTokenKind;
use serde_json::{Map, Value, json};

use super::answer::reply;
use crate::call::Incoming;
use crate::caller::{RecordTokenError, SecretError};
use crate::dialect::{Refuses, Turned};
use crate::fault::{Denied, Fault};

/// What is wrong, as this dialect says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaptureError {
    code: u16,
    word: &'static str,
    description: String,
    argument: Option<&'static str>,
    /// Further members that go with some codes.
    more: Vec<(&'static str, Value)>,
    /// 200 for all that the published error list knows.
    status: StatusCode,
}

impl Refuses for CaptureError {
    fn status_number(&self) -> u16 {
        self.status_where_statuses_tell().as_u16()
    }
}

impl CaptureError {
    fn new(code: u16, word: &'static str, description: impl Into<String>) -> Self {
        let (description, status) = (description.into(), StatusCode::OK);
        Self { code, word, description, argument: None, more: Vec::new(), status }
    }

    /// A required parameter is not there.
    pub(super) fn missing(argument: &'static str) -> Self {
        let description = format!("missing required argument: {argument}");
        Self { argument: Some(argument), ..Self::new(100, "missing_argument", description) }
    }

    /// A parameter cannot be taken. Client libraries look into the wording.
    pub(super) fn invalid(argument: &'static str, reason: impl std::fmt::Display) -> Self {
        let description = format!("{argument} was not valid for the following reason: {reason}");
        Self { argument: Some(argument), ..Self::new(200, "invalid_argument", description) }
    }

    /// A client id that is nobody's in this application.
    pub(super) fn not_a_valid_id(argument: &'static str) -> Self {
        Self::invalid(argument, format_args!("{argument} is not a valid id"))
    }

    /// Another client has this name, which is a description in `/clients`.
    pub(super) fn name_taken(argument: &'static str) -> Self {
        let description = format!("another client has this {argument}");
        Self { argument: Some(argument), ..Self::new(361, "unique_violation", description) }
    }

    /// The caller lacks the feature, or may not do this to itself.
    pub(super) fn permission() -> Self {
        let description = "the provided client does not have authorization for this action";
        Self::new(403, "client_permission_error", description)
    }

    /// Parameters that exclude each other.
    pub(super) fn duplicate(description: &str) -> Self {
        Self::new(201, "duplicate_argument", description)
    }

    /// There is one type of entity only.
    pub(super) fn unknown_type(name: &str) -> Self {
        let text = format!("{name:?} is not a known entity type");
        let error = Self::new(222, "unknown_entity_type", text);
        Self { more: vec![("type_name", json!(name))], ..error }
    }

    /// There is no such attribute, or the client may not touch it.
    pub(super) fn unknown_attribute(path: &str) -> Self {
        let text = format!("{path:?} is not a known attribute");
        Self::of_attribute(223, "unknown_attribute", text, path)
    }

    /// Something about the value of an attribute.
    pub(super) fn of_attribute(
        code: u16,
        word: &'static str,
        description: impl Into<String>,
        path: &str,
    ) -> Self {
        Self { more: vec![("attribute_name", json!(path))], ..Self::new(code, word, description) }
    }

    /// No record is the one that was asked for.
    pub(super) fn no_record() -> Self {
        Self::new(310, "record_not_found", "there is no such record")
    }

    /// A token or code was good once.
    pub(super) fn ended(code: u16, word: &'static str) -> Self {
        Self::new(code, word, "it works no longer")
    }

    /// A code is nobody's, or was used, or what it was issued for is gone.
    pub(super) fn no_grant() -> Self {
        Self::new(413, "no_access_grant", "the code stands for no grant")
    }

    /// A code is exchanged from elsewhere than it was meant for.
    pub(super) fn redirect_uri_mismatch(expected: &str, supplied: &str) -> Self {
        let error = Self::new(420, "redirect_uri_mismatch", "the redirect_uri is another one");
        let more = vec![("expected_value", json!(expected)), ("supplied_value", json!(supplied))];
        Self { more, ..error }
    }

    /// The same with OAuth's word for it, and the vendor's own beside.
    pub(super) fn into_oauth(mut self, word: &'static str, status: StatusCode) -> Self {
        self.more.push(("sub_error", json!(self.word)));
        Self { word, status, ..self }
    }

    /// OAuth's word for it (RFC 6749, 5.2), and its status.
    pub(super) fn oauth_word(&self) -> (&'static str, StatusCode) {
        match (self.status, self.code) {
            (StatusCode::OK, 205 | 402) => ("invalid_client", StatusCode::UNAUTHORIZED),
            (StatusCode::OK, 403) => ("unauthorized_client", StatusCode::BAD_REQUEST),
            (StatusCode::OK, 413 | 415 | 420) => ("invalid_grant", StatusCode::BAD_REQUEST),
            (StatusCode::OK, 480 | 500 | 510) => {
                ("server_error", self.status_where_statuses_tell())
            }
            (StatusCode::OK, _) => ("invalid_request", StatusCode::BAD_REQUEST),
            (status, _) => ("invalid_request", status),
        }
    }

    /// Whoever creates a record does not choose how it is known.
    pub(super) fn id_in_new_record(attribute: &str) -> Self {
        let text = format!("{attribute} may not be given for a new record");
        Self::new(320, "id_in_new_record", text)
    }

    /// The path names an application that is not the caller's.
    pub(super) fn unknown_application(named: &str) -> Self {
        let error = Self::new(221, "unknown_application", "the application does not exist");
        Self { more: vec![("application_id", json!(named))], ..error }
    }

    /// The path names something that is not there.
    pub(super) fn no_such(what: &'static str) -> Self {
        let error = Self::new(200, "invalid_argument", format!("there is no such {what}"));
        error.with_status(StatusCode::NOT_FOUND)
    }

    /// The same under another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The status it calls for where statuses tell what is wrong.
    pub(super) fn status_where_statuses_tell(&self) -> StatusCode {
        match (self.status, self.code) {
            (StatusCode::OK, 205 | 402) => StatusCode::UNAUTHORIZED,
            (StatusCode::OK, 221 | 224 | 310) => StatusCode::NOT_FOUND,
            (StatusCode::OK, 361) => StatusCode::CONFLICT,
            (StatusCode::OK, 403) => StatusCode::FORBIDDEN,
            (StatusCode::OK, 480 | 510) => StatusCode::SERVICE_UNAVAILABLE,
            (StatusCode::OK, 500) => StatusCode::INTERNAL_SERVER_ERROR,
            (StatusCode::OK, _) => StatusCode::BAD_REQUEST,
            (status, _) => status,
        }
    }

    pub(super) fn respond(&self, request: &Incoming) -> Response {
        let mut body = Map::new();
        body.insert("stat".to_owned(), json!("error"));
        body.insert("code".to_owned(), json!(self.code));
        body.insert("error".to_owned(), json!(self.word));
        body.insert("error_description".to_owned(), json!(self.description));
        if let Some(argument) = self.argument {
            body.insert("argument_name".to_owned(), json!(argument));
        }
        body.extend(self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        body.insert("request_id".to_owned(), json!(request.id));
        reply(self.status, &body)
    }
}

impl From<SecretError> for CaptureError {
    fn from(error: SecretError) -> Self {
        let text = error.to_string();
        match error {
            SecretError::OtherScheme => Self::new(205, "invalid_auth_method", text),
            SecretError::Wrong | SecretError::DateOff | SecretError::Replayed => {
                Self::new(402, "invalid_client_credentials", text)
            }
            SecretError::NoApplication => Self::new(224, "application_not_found", text),
            SecretError::AddressNotListed => Self::permission(),
            SecretError::Fault(fault) => fault.into(),
        }
    }
}

impl From<RecordTokenError> for CaptureError {
    fn from(error: RecordTokenError) -> Self {
        let text = error.to_string();
        match error {
            RecordTokenError::Unknown => Self::new(402, "invalid_client_credentials", text),
            RecordTokenError::Ended(RecordTokenKind::Creation) => {
                Self::ended(417, "creation_token_expired")
            }
            RecordTokenError::Ended(
                RecordTokenKind::Access
                | RecordTokenKind::AuthorizationCode
                | RecordTokenKind::Verification,
            ) => Self::ended(414, "access_token_expired"),
            RecordTokenError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Turned> for CaptureError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(_) => Self::permission(),
            Turned::BodyTooLarge(limit) => {
                let reason = format!("the request has more than {limit} bytes");
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Self { status, ..Self::new(200, "invalid_argument", reason) }
            }
            Turned::BodyCutShort => {
                let status = StatusCode::REQUEST_TIMEOUT;
                Self { status, ..Self::new(200, "invalid_argument", "the body stopped coming") }
            }
            Turned::PathUnreadable | Turned::NoSuchPath => {
                let status = StatusCode::NOT_FOUND;
                Self { status, ..Self::new(200, "invalid_argument", "there is no such endpoint") }
            }
            Turned::NoSuchMethod => {
                let (status, reason) =
                    (StatusCode::METHOD_NOT_ALLOWED, "this endpoint does not take this method");
                Self { status, ..Self::new(200, "invalid_argument", reason) }
            }
        }
    }
}

impl<R: Into<CaptureError>> From<Denied<R>> for CaptureError {
    fn from(denied: Denied<R>) -> Self {
        match denied {
            Denied::Rejected(rejection) => rejection.into(),
            // Nothing here sends an idempotency key.
            Denied::Replayed(_) => Fault::Internal.into(),
            Denied::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for CaptureError {
    fn from(fault: Fault) -> Self {
        let text = fault.to_string();
        match fault {
            Fault::Overloaded { .. } => Self::new(510, "api_limit_error", text),
            Fault::Stopping | Fault::Behind | Fault::Parked | Fault::Unavailable => {
                Self::new(480, "api_feature_disabled", text)
            }
            Fault::NoPast(_) => Self::new(200, "invalid_argument", text),
            Fault::NoTenant(_) | Fault::Stale { .. } | Fault::KeyReused | Fault::Internal => {
                Self::new(500, "unexpected_error", text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_the_number_that_is_published_for_it() {
        for (fault, code, word, status) in [
            (Fault::Overloaded { retry_after_seconds: 1 }, 510, "api_limit_error", 503),
            (Fault::Stopping, 480, "api_feature_disabled", 503),
            (Fault::Unavailable, 480, "api_feature_disabled", 503),
            (Fault::Behind, 480, "api_feature_disabled", 503),
            (Fault::Parked, 480, "api_feature_disabled", 503),
            (Fault::Internal, 500, "unexpected_error", 500),
        ] {
            let error = CaptureError::from(fault);
            assert_eq!((error.code, error.word, error.status.as_u16()), (code, word, 200));
            assert_eq!(error.status_where_statuses_tell().as_u16(), status);
        }
    }
}
