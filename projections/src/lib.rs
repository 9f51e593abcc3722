//! Read models: facts to rows, and the questions rows can answer. Nothing here decides a rule, and
//! nothing here can be lost: all of it is folded from the event log.

mod change;
mod db;
mod error;
mod list;
mod projection;
mod table;
mod value;
mod views;

pub mod aggregates;
pub mod assets;
pub mod clients;
pub mod features;
pub mod groups;
pub mod organizations;
pub mod roles;
pub mod tenants;
pub mod tokens;
pub mod users;

pub use change::{Changes, RowChange, TableChanges};
pub use error::{ProjectError, ViewError};
pub use list::{all, statements};
pub use projection::{Marks, Projection};
pub use table::{Column, ColumnKind, Slot, Table};
pub use value::Value;
pub use views::{VIEWS_FILE, Views};
