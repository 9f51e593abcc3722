//! The Capture dialect.

mod clients;
mod set_features;
