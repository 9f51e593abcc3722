//! Zitadel's feature service over every transport it is called through.

mod audit;
mod browsers;
mod client;
mod discovery;
mod levels;
mod limits;
mod machines;
mod refusals;
mod tls;
mod transports;
mod trusted;
