//! Cases of the writer, against a log in memory that can be made to fail.

mod memory;
mod world;

mod answering;
