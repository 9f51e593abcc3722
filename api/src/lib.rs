//! The dialects over HTTP and gRPC, and the edge they share. It translates and decides nothing.

pub mod edgegrid;
pub mod jwt;
pub mod settings;
