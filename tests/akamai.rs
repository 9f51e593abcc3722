//! The Akamai dialect, signed.

mod api_clients;
mod catalog;
mod groups;
mod ip_allowlist;
mod lists;
mod operations;
mod roles;
mod signing;
