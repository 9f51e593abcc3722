//! Commands on bearer tokens.

mod issue_token;
mod revoke_token;

pub use issue_token::{FreshToken, Holder, IssueToken, IssueTokenRejection};
pub use revoke_token::{RevokeToken, RevokeTokenRejection};
