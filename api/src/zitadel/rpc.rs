//! The RPC path of each call, which gRPC, gRPC-web and Connect share; the content type tells them
//! apart. All calls are unary and read whole, so a transport is a way to find the message in a body
//! and to put one into a reply.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::Code;

use super::error::ZitadelError;
use super::messages::{described, from_binary};
use super::methods::{METHODS, Method, Of, Version};
use super::{connect, grpc, rest, service};
use crate::call::{Call, Incoming};

/// What a call on the RPC path speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Grpc,
    GrpcWeb,
    /// The same in base64, for clients that can read text only.
    GrpcWebText,
    ConnectBinary,
    ConnectJson,
}

impl Protocol {
    fn of(request: &Incoming) -> Option<Self> {
        let kind = request.header("content-type")?.to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind {
            "application/grpc" | "application/grpc+proto" => Some(Self::Grpc),
            "application/grpc-web" | "application/grpc-web+proto" => Some(Self::GrpcWeb),
            "application/grpc-web-text" | "application/grpc-web-text+proto" => {
                Some(Self::GrpcWebText)
            }
            "application/proto" => Some(Self::ConnectBinary),
            "application/json" => Some(Self::ConnectJson),
            _ => None,
        }
    }

    /// The header that names how a message is compressed.
    fn compression(self) -> &'static str {
        match self {
            Self::Grpc | Self::GrpcWeb | Self::GrpcWebText => "grpc-encoding",
            Self::ConnectBinary | Self::ConnectJson => "content-encoding",
        }
    }
}

/// The kind of level that the path is about.
pub(super) fn of(request: &Incoming) -> Option<Of> {
    let path = request.uri.path();
    METHODS.iter().find(|method| path.ends_with(method.path)).map(|method| method.of)
}

/// Refuses what no transport is known for, before anybody asks who sent it.
pub(super) fn check(request: &Incoming) -> Result<(), ZitadelError> {
    let Some(protocol) = Protocol::of(request) else {
        let text = "a call has one of the content types application/grpc, application/grpc-web, \
                    application/grpc-web-text, application/proto and application/json";
        let error = ZitadelError::bare(Code::InvalidArgument, text);
        return Err(error.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    };
    let compression = request.header(protocol.compression());
    match compression.filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity")) {
        Some(other) => {
            let text = format!("messages compressed with {other} are not supported");
            Err(ZitadelError::bare(Code::Unimplemented, text))
        }
        None => Ok(()),
    }
}

/// Answers one call.
pub(super) async fn serve(
    call: Call,
    method: &Method,
    version: Version,
) -> Result<Response, ZitadelError> {
    let described = described(method, version)?;
    let protocol = Protocol::of(&call.request).unwrap_or(Protocol::ConnectJson);
    let request = read(protocol, &call.request, described.input())?;
    let reply = service::answer(call, method, request, described.output()).await?;
    let binary = || Bytes::from(reply.encode_to_vec());
    match protocol {
        Protocol::Grpc => Ok(grpc::reply(&binary())),
        Protocol::GrpcWeb => Ok(grpc::web::reply(&binary())),
        Protocol::GrpcWebText => Ok(grpc::web::text_reply(&binary())),
        Protocol::ConnectBinary => Ok(connect::reply(binary())),
        Protocol::ConnectJson => rest::json_reply(&reply),
    }
}

fn read(
    protocol: Protocol,
    request: &Incoming,
    kind: MessageDescriptor,
) -> Result<DynamicMessage, ZitadelError> {
    let body = &request.body;
    match protocol {
        Protocol::Grpc | Protocol::GrpcWeb => from_binary(kind, grpc::unframed(body)?),
        Protocol::GrpcWebText => from_binary(kind, grpc::unframed(&grpc::web::from_text(body)?)?),
        Protocol::ConnectBinary => from_binary(kind, body.clone()),
        Protocol::ConnectJson => rest::json_body(request, kind),
    }
}

/// The reply that says no, as the caller's transport says it.
pub(super) fn refuse(request: &Incoming, error: &ZitadelError) -> Response {
    match Protocol::of(request) {
        Some(Protocol::Grpc) => grpc::refuse(error),
        Some(Protocol::GrpcWeb) => grpc::web::refuse(error),
        Some(Protocol::GrpcWebText) => grpc::web::text_refuse(error),
        Some(Protocol::ConnectBinary | Protocol::ConnectJson) | None => connect::refuse(error),
    }
}
