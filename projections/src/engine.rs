//! The engine: follows the log, folds its events into row changes, and keeps the rows.

mod checkpoint;
mod convoy;
mod fold;
mod heads;
mod layout;
mod page;
mod rebuild;
mod schema;
mod start;
mod status;

pub(crate) use convoy::Engine;
pub(crate) use fold::fold_into;
pub(crate) use heads::raise;
pub use rebuild::Progress;
pub(crate) use schema::create;
pub use start::Projections;
pub use status::{Parked, PartitionStatus, ProjectionStatus, Status};
