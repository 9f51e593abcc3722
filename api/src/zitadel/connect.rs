//! Connect, unary: a bare message in, a bare message out, and errors as JSON with the status of
//! their code. No version header is asked for.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use prost::Message;
use serde_json::json;
use tonic::Code;

use super::error::{DETAIL, ZitadelError};

/// A message in binary form.
pub(super) fn reply(message: Bytes) -> Response {
    let mut response = Response::new(Body::from(message));
    let kind = HeaderValue::from_static("application/proto");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The reply that says no.
pub(super) fn refuse(error: &ZitadelError) -> Response {
    let details = error.detail().map(|detail| {
        let value = STANDARD_NO_PAD.encode(detail.encode_to_vec());
        let debug = json!({"id": detail.id, "message": detail.message});
        json!({"type": DETAIL, "value": value, "debug": debug})
    });
    let details: Vec<_> = details.into_iter().collect();
    let body = json!({"code": name(error.code()), "message": error.message(), "details": details});
    let mut response = (error.status(), axum::Json(body)).into_response();
    if error.code() == Code::Unimplemented {
        response
            .headers_mut()
            .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    error.mark(response)
}

/// A code as Connect spells it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "canceled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}
