//! A client that speaks every transport, and knows of the messages only what reflection told it.

mod reflected;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::world::World;
pub(super) use reflected::{Reflection, V1, V1alpha};

/// How a call travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Rest,
    Grpc,
    GrpcWeb,
    GrpcWebText,
    ConnectJson,
    ConnectBinary,
}

impl Over {
    pub(super) const ALL: [Self; 6] = [
        Self::Rest,
        Self::Grpc,
        Self::GrpcWeb,
        Self::GrpcWebText,
        Self::ConnectJson,
        Self::ConnectBinary,
    ];

    fn kind(self) -> &'static str {
        match self {
            Self::Grpc => "application/grpc",
            Self::GrpcWeb => "application/grpc-web+proto",
            Self::GrpcWebText => "application/grpc-web-text",
            Self::Rest | Self::ConnectJson => "application/json",
            Self::ConnectBinary => "application/proto",
        }
    }
}

/// What came of a call, whatever it travelled by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    /// The gRPC code, 0 where all is well.
    pub(super) code: i32,
    pub(super) message: String,
    /// `id: message` of the error's detail.
    pub(super) detail: String,
    /// The reply in JSON.
    pub(super) body: Value,
}

#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

#[derive(Clone, PartialEq, Message)]
struct ErrorDetail {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    message: String,
}

pub(super) struct Client<'a> {
    pub(super) world: &'a World,
    pub(super) channel: Channel,
    reflection: Reflection,
}

impl<'a> Client<'a> {
    pub(super) async fn of(world: &'a World) -> Self {
        let channel = Channel::from_shared(format!("http://{}", world.host())).unwrap();
        Self::over(world, channel.connect().await.unwrap()).await
    }

    /// The same, where gRPC goes over a channel of its own.
    pub(super) async fn over(world: &'a World, channel: Channel) -> Self {
        let reflection = Reflection::read::<V1>(channel.clone()).await;
        Self { world, channel, reflection }
    }

    pub(super) fn method(&self, version: &str, name: &str) -> MethodDescriptor {
        self.reflection.method(&format!("zitadel.feature.{version}.FeatureService"), name)
    }

    pub(super) async fn call(
        &self,
        over: Over,
        (version, name): (&str, &str),
        token: &str,
        body: &Value,
    ) -> Outcome {
        let method = self.method(version, name);
        match over {
            Over::Rest => said(rest(self.world, version, name, token, body)).await,
            Over::Grpc => self.grpc(&method, token, body).await,
            Over::GrpcWeb | Over::GrpcWebText | Over::ConnectJson | Over::ConnectBinary => {
                let request = self.on_rpc_path(over, &method).bearer_auth(token);
                let binary = || framed_if(over, &message(method.input(), body).encode_to_vec());
                let request = match over {
                    Over::ConnectJson => request.body(body.to_string()),
                    Over::GrpcWebText => request.body(STANDARD.encode(binary())),
                    _ => request.body(binary()),
                };
                match over {
                    Over::ConnectJson => said(request).await,
                    Over::ConnectBinary => said_in_binary(request, method.output()).await,
                    _ => said_in_frames(request, over, method.output()).await,
                }
            }
        }
    }

    /// A request on the RPC path, without a body.
    pub(super) fn on_rpc_path(&self, over: Over, method: &MethodDescriptor) -> RequestBuilder {
        let target = format!("/{}/{}", method.parent_service().full_name(), method.name());
        self.world.request("POST", &target).header("content-type", over.kind())
    }

    async fn grpc(&self, method: &MethodDescriptor, token: &str, body: &Value) -> Outcome {
        let mut request = Request::new(message(method.input(), body));
        let bearer = format!("Bearer {token}");
        request.metadata_mut().insert("authorization", bearer.parse().unwrap());
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.unwrap();
        match grpc.unary(request, path.parse().unwrap(), Dynamic(method.output())).await {
            Ok(reply) => granted(serde_json::to_value(reply.into_inner()).unwrap()),
            Err(status) => refused(&status),
        }
    }
}

fn message(kind: MessageDescriptor, body: &Value) -> DynamicMessage {
    DynamicMessage::deserialize(kind, body.clone()).unwrap()
}

fn granted(body: Value) -> Outcome {
    Outcome { code: 0, message: String::new(), detail: String::new(), body }
}

fn refused(status: &Status) -> Outcome {
    let whole = RpcStatus::decode(status.details()).unwrap();
    let detail = whole.details.first().map(|any| shown(&any.value)).unwrap_or_default();
    let (code, message) = (status.code() as i32, status.message().to_owned());
    Outcome { code, message, detail, body: Value::Null }
}

fn shown(detail: &[u8]) -> String {
    let detail = ErrorDetail::decode(detail).unwrap();
    format!("{}: {}", detail.id, detail.message)
}

/// The REST form of a call.
fn rest(world: &World, version: &str, name: &str, token: &str, body: &Value) -> RequestBuilder {
    let (act, of) =
        name.trim_end_matches("Features").split_at(if name.starts_with("Reset") { 5 } else { 3 });
    let id = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let level = match of {
        "Organization" => format!("organization/{}", id("organizationId")),
        "User" => format!("user/{}", id("userId")),
        of => of.to_lowercase(),
    };
    let target = format!("/{version}/features/{level}");
    match act {
        "Set" => world.request("PUT", &target).bearer_auth(token).json(body),
        "Reset" => world.request("DELETE", &target).bearer_auth(token),
        _ => {
            let inheritance = body["inheritance"].as_bool().unwrap_or_default();
            let request = world.request("GET", &target).bearer_auth(token);
            request.query(&[("inheritance", inheritance.to_string())])
        }
    }
}

/// A reply in JSON, of REST or of Connect.
async fn said(request: RequestBuilder) -> Outcome {
    let response = request.send().await.unwrap();
    let is_ok = response.status().is_success();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    if is_ok { granted(body) } else { from_json(&body) }
}

async fn said_in_binary(request: RequestBuilder, output: MessageDescriptor) -> Outcome {
    let response = request.send().await.unwrap();
    let is_ok = response.status().is_success();
    let body = response.bytes().await.unwrap();
    if !is_ok {
        return from_json(&serde_json::from_slice(&body).unwrap());
    }
    granted(serde_json::to_value(DynamicMessage::decode(output, body).unwrap()).unwrap())
}

/// An error of REST, whose code is a number, or of Connect, whose code is a word.
fn from_json(body: &Value) -> Outcome {
    let detail = &body["details"][0];
    let (code, detail) = match &body["code"] {
        Value::Number(code) => {
            let text = |member: &str| detail[member].as_str().unwrap_or_default().to_owned();
            let shown = format!("{}: {}", text("id"), text("message"));
            (code.as_i64().unwrap(), if detail.is_null() { String::new() } else { shown })
        }
        word => {
            let words = [
                (3, "invalid_argument"),
                (4, "deadline_exceeded"),
                (5, "not_found"),
                (7, "permission_denied"),
                (8, "resource_exhausted"),
                (9, "failed_precondition"),
                (12, "unimplemented"),
                (16, "unauthenticated"),
            ];
            let code = words.iter().find(|(_, known)| word == known).unwrap().0;
            let bytes = detail["value"].as_str().map(|text| STANDARD_NO_PAD.decode(text).unwrap());
            (code, bytes.map(|bytes| shown(&bytes)).unwrap_or_default())
        }
    };
    let message = body["message"].as_str().unwrap().to_owned();
    Outcome { code: i32::try_from(code).unwrap(), message, detail, body: Value::Null }
}

/// A message in a frame, for transports that have them.
fn framed_if(over: Over, message: &[u8]) -> Vec<u8> {
    if over == Over::ConnectBinary {
        return message.to_vec();
    }
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], message].concat()
}

/// The frames of gRPC-web: perhaps a message, then a status.
async fn said_in_frames(request: RequestBuilder, over: Over, output: MessageDescriptor) -> Outcome {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with(over.kind()), "{kind}");
    let mut body = response.bytes().await.unwrap().to_vec();
    if over == Over::GrpcWebText {
        body = STANDARD.decode(body).unwrap();
    }
    let (mut reply, mut status) = (json!(null), None);
    let mut rest = &body[..];
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize;
        let frame = &rest[5..5 + length];
        if rest[0] == 0 {
            let message = DynamicMessage::decode(output.clone(), frame).unwrap();
            reply = serde_json::to_value(message).unwrap();
        } else {
            assert_eq!(rest[0], 0x80);
            status = Some(trailers(std::str::from_utf8(frame).unwrap()));
        }
        rest = &rest[5 + length..];
    }
    let status = status.unwrap();
    if status.code() == tonic::Code::Ok { granted(reply) } else { refused(&status) }
}

fn trailers(text: &str) -> Status {
    let mut headers = reqwest::header::HeaderMap::new();
    for line in text.lines() {
        let (name, value) = line.split_once(':').unwrap();
        let name: reqwest::header::HeaderName = name.parse().unwrap();
        headers.insert(name, value.trim().parse().unwrap());
    }
    Status::from_header_map(&headers).unwrap()
}

/// Messages of a kind that is known at run time only.
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self(self.0.clone())
    }

    fn decoder(&mut self) -> Self {
        Self(self.0.clone())
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(to).map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let decoded = DynamicMessage::decode(self.0.clone(), from);
        decoded.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
