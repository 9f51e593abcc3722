//! The refusals of this dialect: a gRPC code, a message with the error's id, and one detail.

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::call::Incoming;
use crate::caller::BearerError;
use crate::dialect::Turned;
use crate::fault::{Denied, Fault};

/// The gRPC codes this dialect answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Unimplemented,
    Internal,
    Unavailable,
    Unauthenticated,
}

impl Code {
    /// Its number on the wire.
    fn number(self) -> i32 {
        match self {
            Self::InvalidArgument => 3,
            Self::NotFound => 5,
            Self::PermissionDenied => 7,
            Self::ResourceExhausted => 8,
            Self::FailedPrecondition => 9,
            Self::Unimplemented => 12,
            Self::Internal => 13,
            Self::Unavailable => 14,
            Self::Unauthenticated => 16,
        }
    }

    /// The HTTP status that the JSON gateway gives it.
    fn status(self) -> StatusCode {
        match self {
            Self::InvalidArgument | Self::FailedPrecondition => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::Unimplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
        }
    }
}

/// What is wrong, as this dialect says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ZitadelError {
    code: Code,
    text: String,
    /// Names the place that refused; validation errors have none.
    id: Option<&'static str>,
    status: StatusCode,
    retry_after_seconds: Option<u32>,
}

impl ZitadelError {
    pub(super) fn new(code: Code, id: &'static str, text: impl Into<String>) -> Self {
        Self { id: Some(id), ..Self::bare(code, text) }
    }

    /// One without an id, as the layers before the commands give it.
    pub(super) fn bare(code: Code, text: impl Into<String>) -> Self {
        let (status, text) = (code.status(), text.into());
        Self { code, text, id: None, status, retry_after_seconds: None }
    }

    /// A gRPC call that went to the path of a REST one.
    pub(super) fn grpc_on_rest(request: &Incoming) -> Self {
        let version = if request.uri.path().starts_with("/v2beta/") { "v2beta" } else { "v2" };
        let rpc = match request.method {
            Method::PUT => "SetOrganizationFeatures",
            Method::DELETE => "ResetOrganizationFeatures",
            _ => "GetOrganizationFeatures",
        };
        let text = format!(
            "this path speaks JSON; gRPC goes to /zitadel.feature.{version}.FeatureService/{rpc}"
        );
        Self::bare(Code::InvalidArgument, text).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    /// Answered with another status than its code's.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn respond(&self) -> Response {
        let message = match self.id {
            Some(id) => format!("{} ({id})", self.text),
            None => self.text.clone(),
        };
        let details = self.id.map(|id| {
            json!({
                "@type": "type.googleapis.com/zitadel.v1.ErrorDetail",
                "id": id,
                "message": self.text,
            })
        });
        let details: Vec<_> = details.into_iter().collect();
        let body = json!({"code": self.code.number(), "message": message, "details": details});
        let mut response = (self.status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<BearerError> for ZitadelError {
    fn from(error: BearerError) -> Self {
        let code = Code::Unauthenticated;
        match error {
            BearerError::Missing => Self::bare(code, "auth header missing"),
            BearerError::OtherScheme
            | BearerError::Invalid(_)
            | BearerError::Ended
            | BearerError::NoTenant => Self::new(code, "AUTH-7fs1e", "Errors.Token.Invalid"),
            BearerError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Turned> for ZitadelError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Lacks(_) => {
                Self::new(Code::PermissionDenied, "AUTH-5mWD2", "No matching permissions found")
            }
            Turned::BodyTooLarge(limit) => {
                let text = format!("received message larger than max ({limit} bytes)");
                let error = Self::bare(Code::ResourceExhausted, text);
                error.with_status(StatusCode::PAYLOAD_TOO_LARGE)
            }
            Turned::BodyCutShort => {
                let error = Self::bare(Code::InvalidArgument, "the body stopped coming");
                error.with_status(StatusCode::REQUEST_TIMEOUT)
            }
            Turned::PathUnreadable => Self::bare(Code::InvalidArgument, "the path is not UTF-8"),
            Turned::NoSuchPath => Self::bare(Code::NotFound, "Not Found"),
            Turned::NoSuchMethod => Self::bare(Code::Unimplemented, "Method Not Allowed")
                .with_status(StatusCode::METHOD_NOT_ALLOWED),
        }
    }
}

impl<R: Into<ZitadelError>> From<Denied<R>> for ZitadelError {
    fn from(denied: Denied<R>) -> Self {
        match denied {
            Denied::Rejected(rejection) => rejection.into(),
            // Nothing here sends an idempotency key.
            Denied::Replayed(_) => Fault::Internal.into(),
            Denied::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for ZitadelError {
    fn from(fault: Fault) -> Self {
        let code = match fault {
            Fault::NoTenant(_) => Code::NotFound,
            Fault::Stale { .. } | Fault::KeyReused => Code::FailedPrecondition,
            Fault::Overloaded { .. } => Code::ResourceExhausted,
            Fault::Stopping | Fault::Unavailable | Fault::Behind | Fault::Parked => {
                Code::Unavailable
            }
            Fault::Internal => Code::Internal,
        };
        let retry_after_seconds = fault.retry_after_seconds();
        Self { retry_after_seconds, ..Self::bare(code, fault.to_string()) }
    }
}
