//! What every store of events must do; each test here runs on both.

mod alongside;
mod append;
mod counters;
mod cursors;
mod install;
mod integrity;
mod killed;
mod outage;
mod proofs;
mod races;
mod reads;
pub(crate) mod sample;
