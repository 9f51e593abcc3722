//! API clients as the tenant-clients dialect shows them: deleted ones too, until they are purged;
//! found by any of its filters, and counted without being looked at.

mod filter;
mod project;
mod query;
mod tables;

pub use filter::{Deleted, Filter, Word};
pub(crate) use project::TenantClients;
pub(crate) use query::STATEMENTS;
pub use query::{TenantClientRow, all, count, one, roles_of, slice, statement};
