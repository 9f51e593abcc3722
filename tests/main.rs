//! The service from outside, the contract of both stores, and rules about the source.
