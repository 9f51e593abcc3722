//! What every store of events must do; each test here runs on both.

mod append;
mod sample;
