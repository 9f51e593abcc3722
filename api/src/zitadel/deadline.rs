//! The time a caller gives a call on the RPC path (`grpc-timeout`, `connect-timeout-ms`). What was
//! handed to the writer when it ends may still be recorded, as after a lost connection.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use chrono::Utc;
use tonic::Code;

use super::error::ZitadelError;
use super::rpc;
use crate::call::{Incoming, address, request_id};

/// Answers in the time given, or says that it is over.
pub(crate) async fn keep(request: Request, next: Next) -> Response {
    let time = match given(request.headers()) {
        Ok(Some(time)) => time,
        Ok(None) => return next.run(request).await,
        Err(error) => return rpc::refuse(&head(request), &error),
    };
    let (parts, body) = request.into_parts();
    let spare = head(Request::from_parts(parts.clone(), ()));
    let over = || {
        let error = ZitadelError::bare(Code::DeadlineExceeded, "context deadline exceeded");
        rpc::refuse(&spare, &error)
    };
    if time.is_zero() {
        // What is over before it began is not begun.
        return over();
    }
    let answer = next.run(Request::from_parts(parts, body));
    tokio::time::timeout(time, answer).await.unwrap_or_else(|_| over())
}

/// The request without its body.
fn head<B>(request: Request<B>) -> Incoming {
    let (parts, _) = request.into_parts();
    let (id, address) = (request_id(&parts), address(&parts));
    Incoming::new(id, address, Utc::now(), parts, Bytes::new())
}

/// How much time the caller gives, where it says so.
fn given(headers: &HeaderMap) -> Result<Option<Duration>, ZitadelError> {
    let value = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let (text, time) = if let Some(text) = value("grpc-timeout") {
        (text, grpc(text))
    } else if let Some(text) = value("connect-timeout-ms") {
        (text, number(text, 10).map(Duration::from_millis))
    } else {
        return Ok(None);
    };
    let wrong = || ZitadelError::bare(Code::InvalidArgument, format!("malformed timeout {text}"));
    time.map(Some).ok_or_else(wrong)
}

/// Up to eight digits and a unit.
fn grpc(text: &str) -> Option<Duration> {
    let (amount, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount = number(amount, 8)?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

fn number(text: &str, digits_max: usize) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && text.len() <= digits_max).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &'static str, text: &str, expected: Option<Duration>) {
        let mut headers = HeaderMap::new();
        headers.insert(header, text.parse().unwrap());
        assert_eq!(given(&headers).ok().flatten(), expected, "{header}: {text}");
    }

    #[test]
    fn a_timeout_has_digits_and_a_unit() {
        check("grpc-timeout", "250m", Some(Duration::from_millis(250)));
        check("grpc-timeout", "1H", Some(Duration::from_hours(1)));
        check("grpc-timeout", "99999999S", Some(Duration::from_secs(99_999_999)));
        for bad in ["", "m", "5", "-1S", "123456789S", "1x", "1.5S"] {
            check("grpc-timeout", bad, None);
        }
        check("connect-timeout-ms", "1500", Some(Duration::from_millis(1500)));
        check("connect-timeout-ms", "soon", None);
        assert_eq!(given(&HeaderMap::new()).unwrap(), None);
    }
}
