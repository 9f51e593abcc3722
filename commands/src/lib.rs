//! What may be asked, the rules that answer, and the writer that brings the answer into the log.
//! One operation, one file: a struct, a rejection enum, and a pure `decide` with its cases.

mod command;
mod mint;
mod request;

pub mod groups;

pub use command::{Command, Context, Refusal, RefusalKind, Rejection};
pub use mint::{Mint, Secret};
pub use request::{Failure, Granted, Idempotency, Request};
