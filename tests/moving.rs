//! A record that leaves its store: as a file, as read models of then, and as they happen.

mod export;
pub(crate) mod files;
mod import;
pub(crate) mod live;
mod replay;
