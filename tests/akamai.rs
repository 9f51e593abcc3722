//! The Akamai dialect, signed.

mod api_clients;
mod groups;
mod operations;
mod signing;
