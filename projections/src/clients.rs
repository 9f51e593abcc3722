//! API clients with all that the four dialects show of one, and what each can sign in with. One
//! projection keeps the clients and the resets of their secrets, another one their EdgeGrid
//! credentials.

mod brief;
mod credentials;
mod project;
mod query;
mod resets;
mod standing;
mod tables;

pub use brief::{BriefRow, all_in_brief, one_in_brief};
pub(crate) use credentials::Credentials;
pub use credentials::{CredentialRow, all_credentials, by_client_token, credentials_of};
pub(crate) use project::Clients;
pub use query::{ClientFilter, ClientRow, Due, all, by_akamai_id, by_capture_id, due, one, page};
pub use resets::ended_at;
pub use standing::{Standing, standing};

pub(crate) const STATEMENTS: &[&[&str]] = &[
    query::STATEMENTS,
    brief::STATEMENTS,
    credentials::STATEMENTS,
    resets::STATEMENTS,
    standing::STATEMENTS,
];
