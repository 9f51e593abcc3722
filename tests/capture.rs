//! The Capture dialect.

mod allow_lists;
mod clients;
mod config;
mod errors;
mod owners;
mod records;
mod set_features;
mod settings;
mod signature;
mod signing;
mod tokens;
