//! Refusals as RFC 6749 words them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::caller::{BearerError, SecretError};
use crate::dialect::{Refuses, Turned};
use crate::fault::Fault;

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    error: &'static str,
    description: String,
    status: StatusCode,
    retry_after_seconds: Option<u32>,
}

impl OAuthError {
    fn new(error: &'static str, status: StatusCode, description: impl Into<String>) -> Self {
        Self { error, description: description.into(), status, retry_after_seconds: None }
    }

    /// A parameter is missing or cannot be read.
    pub(super) fn request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", StatusCode::BAD_REQUEST, description)
    }

    /// The client did not prove who it is.
    pub(super) fn client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", StatusCode::UNAUTHORIZED, description)
    }

    /// The assertion is not good.
    fn grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", StatusCode::BAD_REQUEST, description)
    }

    pub(super) fn grant_type(asked: &str) -> Self {
        let text = format!("the grant type {asked} is not supported");
        Self::new("unsupported_grant_type", StatusCode::BAD_REQUEST, text)
    }

    /// People sign in elsewhere, and nobody said where.
    pub(super) fn no_provider() -> Self {
        let text = "no identity provider is configured for people to sign in at";
        Self::new("unsupported_response_type", StatusCode::BAD_REQUEST, text)
    }

    pub(super) fn respond(&self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<SecretError> for OAuthError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Fault(fault) => fault.into(),
            SecretError::OtherScheme
            | SecretError::Wrong
            | SecretError::DateOff
            | SecretError::Replayed
            | SecretError::AddressNotListed
            | SecretError::NoApplication => Self::client(error.to_string()),
        }
    }
}

impl From<BearerError> for OAuthError {
    fn from(error: BearerError) -> Self {
        match error {
            BearerError::Fault(fault) => fault.into(),
            BearerError::Missing
            | BearerError::OtherScheme
            | BearerError::NoTenant
            | BearerError::Invalid(_)
            | BearerError::Ended => Self::grant(error.to_string()),
        }
    }
}

impl Refuses for OAuthError {
    fn status_number(&self) -> u16 {
        self.status.as_u16()
    }
}

impl From<Turned> for OAuthError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(_) => Self::client("the client may not"),
            Turned::BodyTooLarge(limit) => {
                let text = format!("the body has more than {limit} bytes");
                Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..Self::request(text) }
            }
            Turned::BodyCutShort => {
                let error = Self::request("the body stopped coming");
                Self { status: StatusCode::REQUEST_TIMEOUT, ..error }
            }
            Turned::PathUnreadable => Self::request("the path is not UTF-8"),
            Turned::NoSuchPath => {
                Self { status: StatusCode::NOT_FOUND, ..Self::request("there is nothing here") }
            }
            Turned::NoSuchMethod => {
                let error = Self::request("this path takes another method");
                Self { status: StatusCode::METHOD_NOT_ALLOWED, ..error }
            }
        }
    }
}

impl From<Fault> for OAuthError {
    fn from(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_seconds = fault.retry_after_seconds();
        let error = Self::new("server_error", status, fault.to_string());
        Self { retry_after_seconds, ..error }
    }
}
