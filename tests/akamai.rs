//! The Akamai dialect, signed.

mod account_switch;
mod affected_users;
mod api_clients;
mod asset_users;
mod assets;
mod authentication;
mod authentication_own;
mod catalog;
mod client_access;
pub(crate) mod client_sample;
mod client_writes;
mod credentials;
mod fuzz;
mod groups;
mod helpers;
mod ip_allowlist;
mod lists;
mod operations;
mod parties;
mod roles;
mod sign_in;
mod sign_in_mail;
mod signing;
mod users;
mod walk;
