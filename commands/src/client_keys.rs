//! Commands on the keys that API clients sign for tokens with.

mod add_client_key;
mod remove_client_key;

pub use add_client_key::{AddClientKey, AddClientKeyRejection};
pub use remove_client_key::{RemoveClientKey, RemoveClientKeyRejection};
