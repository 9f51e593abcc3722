//! The native API: commands, queries, the record, and the read models' state.

mod commands;
mod queries;
