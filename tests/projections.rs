//! Read models, from the log to the rows and back to the questions, on both stores.

pub(crate) mod ledger;
mod parking;
mod past;
mod picky;
mod plans;
mod questions;
mod reads;
mod rebuild;
mod rows;
mod scenario;
mod search;
mod start;
mod statements;
mod told;
mod watched;
