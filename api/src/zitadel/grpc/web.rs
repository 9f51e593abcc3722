//! gRPC-web: the same frames, with the status as a last one, since browsers show no trailers. In
//! its text form all of it is base64.

use std::fmt::Write;

use axum::body::{Body, Bytes};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tonic::{Code, Status};

use super::{framed, status, trailers, typed};
use crate::zitadel::error::ZitadelError;

const BINARY: &str = "application/grpc-web+proto";
const TEXT: &str = "application/grpc-web-text+proto";
/// Marks the frame that has the status.
const STATUS_FRAME: u8 = 0x80;

/// What a body in text form holds: base64, perhaps of several pieces, each padded for itself.
pub(in crate::zitadel) fn from_text(body: &Bytes) -> Result<Bytes, ZitadelError> {
    let mut clear = Vec::with_capacity(body.len() / 4 * 3);
    for four in body.trim_ascii().chunks(4) {
        STANDARD
            .decode_vec(four, &mut clear)
            .map_err(|_| ZitadelError::bare(Code::InvalidArgument, "the body is not base64"))?;
    }
    Ok(clear.into())
}

pub(in crate::zitadel) fn reply(message: &[u8]) -> Response {
    let frames = [framed(message), last(&Status::new(Code::Ok, ""))].concat();
    typed(Response::new(Body::from(frames)), BINARY)
}

pub(in crate::zitadel) fn text_reply(message: &[u8]) -> Response {
    let frames = [framed(message), last(&Status::new(Code::Ok, ""))].concat();
    typed(Response::new(Body::from(STANDARD.encode(frames))), TEXT)
}

pub(in crate::zitadel) fn refuse(error: &ZitadelError) -> Response {
    error.mark(typed(Response::new(Body::from(last(&status(error)))), BINARY))
}

pub(in crate::zitadel) fn text_refuse(error: &ZitadelError) -> Response {
    let frame = STANDARD.encode(last(&status(error)));
    error.mark(typed(Response::new(Body::from(frame)), TEXT))
}

/// The frame that has the status: its headers as HTTP/1 writes them.
fn last(status: &Status) -> Vec<u8> {
    let lines = trailers(status).iter().fold(String::new(), |mut lines, (name, value)| {
        // Writing to a text cannot fail.
        let _ = write!(lines, "{name}:{}\r\n", value.to_str().unwrap_or_default());
        lines
    });
    let mut frame = framed(lines.as_bytes());
    if let Some(kind) = frame.first_mut() {
        *kind = STATUS_FRAME;
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_come_in_padded_pieces() {
        let read = |text: &'static str| from_text(&Bytes::from_static(text.as_bytes()));
        assert_eq!(read("AAAAAAIHCA==").unwrap(), Bytes::from_static(&[0, 0, 0, 0, 2, 7, 8]));
        assert_eq!(read("AA==AAAA\r\n").unwrap(), Bytes::from_static(&[0, 0, 0, 0]));
        for bad in ["AAA", "%%%%", "A==="] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_frame_has_the_status() {
        let frame = last(&Status::new(Code::NotFound, "no such thing"));
        let text = b"grpc-status:5\r\ngrpc-message:no%20such%20thing\r\n";
        assert_eq!(frame[0], STATUS_FRAME);
        assert_eq!(&frame[5..], text);
    }
}
