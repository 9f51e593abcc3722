//! The dialects over HTTP and gRPC, and the edge they share. It translates and decides nothing.

mod akamai;
pub mod app;
pub mod call;
pub mod caller;
mod capture;
pub mod cli;
mod client_page;
pub mod credentials;
pub mod data_dir;
pub mod dialect;
pub mod edge;
pub mod edgegrid;
pub mod edgerc;
pub mod fault;
pub mod jwt;
pub mod logs;
pub mod measure;
mod names;
mod native;

mod past;

pub mod outbox;

pub mod problem;
pub mod router;
pub mod serve;
pub mod settings;
pub mod start_data;
pub mod store;
mod tenant_clients;
pub mod tls;
pub mod user_names;
mod zitadel;
