//! The service from outside, the contract of both stores, and rules about the source.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm,
    clippy::format_collect,
    clippy::allow_attributes,
    reason = "a test that fails should say where; its helpers are tests too"
)]

mod access_records;
mod akamai;
mod as_of;
mod capture;
mod contract;
mod differential;
mod edge;
mod erasure;
mod gate;
mod killed;
mod matrix;
mod moving;
mod native;
mod program;
mod projections;
mod proof;
mod secrecy;
mod start_data;
mod stores;
mod tenant_clients;
mod tidy;
mod webhooks;
mod world;
mod writer;
mod zitadel;
