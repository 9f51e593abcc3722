//! Webhooks: registered by commands, and sent what is recorded.

mod registering;
