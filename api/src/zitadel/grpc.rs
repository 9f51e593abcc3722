//! gRPC: messages in frames, and a status behind them (gRPC over HTTP/2). Nothing is compressed:
//! messages are small, and a small message can unpack to a large one.

pub(super) mod web;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};

use super::error::{DETAIL, ZitadelError};

/// Bytes before a message: whether it is compressed, and its length, big end first.
const PREFIX: usize = 5;
/// Names what a server can unpack.
const ENCODINGS: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// `google.rpc.Status`, which carries the details of an error.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// The one message of a unary call.
pub(super) fn unframed(body: &Bytes) -> Result<Bytes, ZitadelError> {
    let wrong = |text: &str| Err(ZitadelError::bare(Code::InvalidArgument, text));
    let Some((prefix, message)) = body.split_first_chunk::<PREFIX>() else {
        return wrong("there is no message in the call");
    };
    let [compressed, length @ ..] = *prefix;
    if compressed != 0 {
        return wrong("the message is compressed, and no encoding says how");
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length != message.len() {
        return wrong("the message is not as long as its frame says, or not the only one");
    }
    Ok(body.slice(PREFIX..))
}

/// A message in its frame.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0], length.to_be_bytes().as_slice(), message].concat()
}

/// A message, and that all is well behind it.
pub(super) fn reply(message: &[u8]) -> Response {
    let trailers = trailers(&Status::new(Code::Ok, ""));
    let body = Full::new(Bytes::from(framed(message)));
    let body = body.with_trailers(std::future::ready(Some(Ok(trailers))));
    typed(Response::new(Body::new(body)), "application/grpc")
}

/// A status without a message.
pub(super) fn refuse(error: &ZitadelError) -> Response {
    let mut response = Response::new(Body::empty());
    response.headers_mut().extend(trailers(&status(error)));
    error.mark(typed(response, "application/grpc"))
}

fn typed(mut response: Response, kind: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(ENCODINGS, HeaderValue::from_static("identity"));
    response
}

/// The status an error comes to, with its details.
fn status(error: &ZitadelError) -> Status {
    let (code, message) = (error.code(), error.message());
    let Some(detail) = error.detail() else { return Status::new(code, message) };
    let type_url = format!("type.googleapis.com/{DETAIL}");
    let details = vec![Any { type_url, value: detail.encode_to_vec() }];
    let whole = RpcStatus { code: code as i32, message: message.clone(), details };
    Status::with_details(code, message, whole.encode_to_vec().into())
}

/// A status as headers.
fn trailers(status: &Status) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if status.add_header(&mut headers).is_err() {
        headers.insert("grpc-status", HeaderValue::from(status.code() as i32));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_one_frame_of_the_length_it_says() {
        for message in [&[][..], &[7, 8]] {
            assert_eq!(unframed(&framed(message).into()).unwrap(), message);
        }
        for bad in [
            &b""[..],
            &[0, 0, 0],
            &[0, 0, 0, 0, 2, 7],
            &[0, 0, 0, 0, 1, 7, 8],
            &[1, 0, 0, 0, 1, 7],
            &[0, 255, 255, 255, 255, 7],
        ] {
            assert!(unframed(&Bytes::copy_from_slice(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_error_carries_its_id_as_a_detail() {
        let error = ZitadelError::new(Code::NotFound, "ORG-1p9wz", "nothing there");
        let status = status(&error);
        assert_eq!(
            (status.code(), status.message()),
            (Code::NotFound, "nothing there (ORG-1p9wz)")
        );
        let whole = RpcStatus::decode(status.details()).unwrap();
        let detail = super::super::error::ErrorDetail::decode(&whole.details[0].value[..]).unwrap();
        assert_eq!((detail.id.as_str(), detail.message.as_str()), ("ORG-1p9wz", "nothing there"));
        assert_eq!(whole.details[0].type_url, "type.googleapis.com/zitadel.v1.ErrorDetail");
    }
}
