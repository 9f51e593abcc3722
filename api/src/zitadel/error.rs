//! The refusals of this dialect: a gRPC code, a message with the error's id, and one detail. Each
//! transport has its own form for them.

use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use tonic::Code;

use crate::caller::BearerError;
use crate::dialect::{Refuses, Turned};
use crate::fault::{Denied, Fault};

/// A caller that does not wait any more.
const CLIENT_CLOSED: u16 = 499;

/// The HTTP status that JSON clients get with a code; REST and Connect agree on them.
fn status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Cancelled => StatusCode::from_u16(CLIENT_CLOSED).unwrap_or(StatusCode::BAD_REQUEST),
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
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

impl Refuses for ZitadelError {
    fn status_number(&self) -> u16 {
        status(self.code).as_u16()
    }
}

impl ZitadelError {
    pub(super) fn new(code: Code, id: &'static str, text: impl Into<String>) -> Self {
        Self { id: Some(id), ..Self::bare(code, text) }
    }

    /// One without an id, as the layers before the commands give it.
    pub(super) fn bare(code: Code, text: impl Into<String>) -> Self {
        let (status, text) = (status(code), text.into());
        Self { code, text, id: None, status, retry_after_seconds: None }
    }

    /// Answered with another status than its code's.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// The HTTP status where the transport has no other place for the code.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Its text with its id.
    pub(super) fn message(&self) -> String {
        match self.id {
            Some(id) => format!("{} ({id})", self.text),
            None => self.text.clone(),
        }
    }

    /// What it carries beside code and message, if it has an id.
    pub(super) fn detail(&self) -> Option<ErrorDetail> {
        self.id.map(|id| ErrorDetail { id: id.to_owned(), message: self.text.clone() })
    }

    /// The response with when to ask again, where it is worth it.
    pub(super) fn mark(&self, mut response: Response) -> Response {
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// `zitadel.v1.ErrorDetail`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct ErrorDetail {
    #[prost(string, tag = "1")]
    pub(super) id: String,
    #[prost(string, tag = "2")]
    pub(super) message: String,
}

/// The full name of [`ErrorDetail`].
pub(super) const DETAIL: &str = "zitadel.v1.ErrorDetail";

/// The caller is known, and may not.
pub(super) fn lacks() -> ZitadelError {
    ZitadelError::new(Code::PermissionDenied, "AUTH-5mWD2", "No matching permissions found")
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
            Turned::Lacks(_) => lacks(),
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
            Fault::NoPast(_) => Code::InvalidArgument,
            Fault::Internal => Code::Internal,
        };
        let retry_after_seconds = fault.retry_after_seconds();
        Self { retry_after_seconds, ..Self::bare(code, fault.to_string()) }
    }
}
