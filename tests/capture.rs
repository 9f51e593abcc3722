//! The Capture dialect.

mod allow_lists;
mod clients;
mod owners;
mod set_features;
mod signature;
mod signing;
