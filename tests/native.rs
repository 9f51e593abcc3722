//! The native API: commands, queries, the record, and the read models' state.

mod commands;
mod confined;
mod passwords;
mod queries;
