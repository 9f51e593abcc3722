//! What may be asked, the rules that answer, and the writer that brings the answer into the log.
//! One operation, one file: a struct, a rejection enum, and a pure `decide` with its cases.

mod access;
mod body;
mod command;
mod mint;
mod names;
mod request;
mod writer;

pub mod allow_list;
pub mod assets;
pub mod catalog;
pub mod client_keys;
pub mod clients;
pub mod features;
pub mod groups;
pub mod list;
pub mod memberships;
pub mod organizations;
pub mod records;
pub mod roles;
pub mod sign_ins;
pub mod subjects;
pub mod tenants;
pub mod tokens;
pub mod users;
pub mod webhooks;

pub use access::{Grant, GrantFault};
pub use body::BodyError;
pub use command::{Command, Context, Refusal, RefusalKind, Rejection};
pub use mint::{Locked, Mint, Secret};
pub use request::{Failure, Granted, Idempotency, Request};
pub use writer::{Clock, SystemClock, Writer, WriterSettings};
