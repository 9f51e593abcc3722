//! The tests are in `main.rs`; cargo wants a library or a program in every package.
