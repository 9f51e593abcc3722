//! The dialects over HTTP and gRPC, and the edge they share. It translates and decides nothing.

pub mod cli;
pub mod credentials;
pub mod data_dir;
pub mod edge;
pub mod edgegrid;
pub mod edgerc;
pub mod jwt;
pub mod logs;
pub mod measure;
pub mod settings;
pub mod store;
pub mod tls;
