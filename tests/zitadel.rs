//! Zitadel's feature service over every transport it is called through.

mod client;
mod discovery;
mod levels;
mod limits;
mod refusals;
mod transports;
