//! The Capture dialect.

mod clients;
mod set_features;
mod signature;
mod signing;
