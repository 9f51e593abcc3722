//! The native API: commands, queries, the record, and the read models' state.

mod commands;
mod confined;
mod confined_record;
mod events;
mod history;
mod passwords;
mod proofs;
mod queries;
