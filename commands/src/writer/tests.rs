//! Cases of the writer, against a log in memory that can be made to fail.

mod memory;
mod world;

mod admission;
mod answering;
mod batching;
mod conflicts;
mod faults;
mod idempotency;
mod interleaving;
mod memory_budget;
mod oddities;
mod turns;
