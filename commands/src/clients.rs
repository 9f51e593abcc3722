//! Commands on API clients: one aggregate, whichever dialect asks.

#[cfg(test)]
pub(crate) mod sample;
