//! Akamai's EdgeGrid scheme, EG1-HMAC-SHA256: signing a request and checking a signed one. Pure:
//! looking up a client token and remembering a nonce is the caller's part.
//!
//! What is signed: method, scheme, host, raw request target, no headers (Identity and Access
//! Management agrees on none), the hash of a POST's body, and the header text before `signature`.

mod header;
mod sign;
mod verify;

pub use header::Header;
pub use sign::{Credential, Signed, content_hash, data_to_sign, sign, signing_key};
pub use verify::{Schemes, check_access_token, check_signature, check_time};

use chrono::{DateTime, Utc};

/// How far a client's clock may be off, either way.
pub const WINDOW_SECONDS: i64 = 30;

/// How many bytes of a POST's body are hashed; what follows is not signed.
pub const BODY_BYTES_MAX: usize = 131_072;

/// Which part of a signed request is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgeGridError {
    #[error("the authorization header is not an EG1-HMAC-SHA256 one: {0}")]
    BadHeader(&'static str),
    #[error("timestamp {0:?} is not of the form yyyyMMddTHH:mm:ss+0000")]
    MalformedTimestamp(String),
    #[error(
        "timestamp {sent} is more than {WINDOW_SECONDS} s away from the server's time, {server}"
    )]
    TimestampOutsideWindow { sent: DateTime<Utc>, server: DateTime<Utc> },
    #[error("no API client has this client token")]
    UnknownClientToken,
    #[error("the access token does not belong to the client token")]
    AccessTokenMismatch,
    #[error("the signature does not match")]
    SignatureMismatch,
    #[error("the nonce was used before")]
    NonceReplayed,
}
