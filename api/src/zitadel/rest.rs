//! The JSON form of each call: what the path names wins over the body, and GET and DELETE take
//! their fields from the query.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage, Value as Field};
use serde_json::json;
use tonic::Code;

use super::error::{DETAIL, ZitadelError};
use super::messages::{self, described, put};
use super::methods::{Act, METHODS, Method, Of, Version};
use super::service;
use crate::call::{Call, Incoming};
use crate::fault::Fault;

/// Answers one call.
pub(super) async fn serve(
    call: Call,
    method: &Method,
    version: Version,
) -> Result<Response, ZitadelError> {
    let described = described(method, version)?;
    let request = read(&call.request, method, described.input())?;
    let reply = service::answer(call, method, request, described.output()).await?;
    json_reply(&reply)
}

/// A message as the body of a reply.
pub(super) fn json_reply(reply: &DynamicMessage) -> Result<Response, ZitadelError> {
    let body = serde_json::to_vec(reply).map_err(|_| Fault::Internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// The body as a message of that kind.
pub(super) fn json_body(
    request: &Incoming,
    kind: MessageDescriptor,
) -> Result<DynamicMessage, ZitadelError> {
    let body = request.json().map_err(|error| {
        ZitadelError::bare(Code::InvalidArgument, format!("the body is not JSON: {error}"))
    })?;
    messages::from_json(kind, body)
}

fn read(
    request: &Incoming,
    method: &Method,
    kind: MessageDescriptor,
) -> Result<DynamicMessage, ZitadelError> {
    let id_field = method.of.id_field();
    let mut message = match method.act {
        Act::Set => json_body(request, kind)?,
        Act::Reset | Act::Get => of_query(request, kind)?,
    };
    if let Some(field) = id_field.and_then(|it| message.descriptor().get_field_by_json_name(it)) {
        let id = request.param(id_field.unwrap_or_default()).to_owned();
        put(&mut message, field.name(), Field::String(id));
    }
    Ok(message)
}

/// A message whose fields the query has; pairs it has no field for are passed over.
fn of_query(request: &Incoming, kind: MessageDescriptor) -> Result<DynamicMessage, ZitadelError> {
    let mut message = DynamicMessage::new(kind.clone());
    for (name, text) in request.query() {
        let by_name = || kind.get_field_by_name(&name);
        let Some(field) = kind.get_field_by_json_name(&name).or_else(by_name) else { continue };
        let value = if field.kind() == Kind::Bool {
            let word = truth(&text).ok_or_else(|| {
                let text = format!("the query parameter {name} is neither true nor false");
                ZitadelError::bare(Code::InvalidArgument, text)
            })?;
            Field::Bool(word)
        } else {
            Field::String(text)
        };
        put(&mut message, field.name(), value);
    }
    Ok(message)
}

/// The words that upstream's gateway takes for a truth value.
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The reply that says no.
pub(super) fn refuse(error: &ZitadelError) -> Response {
    let details = error.detail().map(|detail| {
        let kind = format!("type.googleapis.com/{DETAIL}");
        json!({"@type": kind, "id": detail.id, "message": detail.message})
    });
    let details: Vec<_> = details.into_iter().collect();
    let (code, message) = (error.code() as i32, error.message());
    let body = json!({"code": code, "message": message, "details": details});
    error.mark((error.status(), axum::Json(body)).into_response())
}

/// The kind of level that the path is about.
pub(super) fn of(request: &Incoming) -> Option<Of> {
    let path = request.uri.path();
    if path.starts_with("/admin/") {
        return None;
    }
    match path.split('/').nth(3)? {
        "system" => Some(Of::System),
        "instance" => Some(Of::Instance),
        "organization" => Some(Of::Organization),
        "user" => Some(Of::User),
        _ => None,
    }
}

/// Whether it is a gRPC call, which no path of this form takes.
pub(crate) fn is_grpc(request: &Incoming) -> bool {
    let kind = request.header("content-type").unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/grpc")
}

/// Says where such a call belongs.
pub(super) fn grpc_elsewhere(request: &Incoming) -> ZitadelError {
    let is_beta = request.uri.path().starts_with("/v2beta/");
    let version = if is_beta { Version::V2beta } else { Version::V2 };
    let of = of(request);
    let meant = METHODS.iter().find(|it| Some(it.of) == of && it.verb() == request.method);
    let text = match meant {
        Some(Method { path, .. }) => {
            let service = messages::service(version);
            format!("this path speaks JSON; gRPC goes to /{service}{path}")
        }
        None => "this path speaks JSON".to_owned(),
    };
    let error = ZitadelError::bare(Code::InvalidArgument, text);
    error.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}
