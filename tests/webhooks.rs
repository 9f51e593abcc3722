//! Webhooks: registered by commands, and sent what is recorded.

mod delivering;
mod failing;
mod hub;
mod importing;
mod nodes;
mod receiver;
mod registering;
