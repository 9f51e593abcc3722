//! Read models: facts to rows, and the questions rows can answer. Nothing here decides a rule, and
//! nothing here can be lost: all of it is folded from the event log.

mod as_of;
mod change;
mod db;
mod engine;
mod error;
mod gate;
mod list;
mod pasts;
mod projection;
mod reads;
mod replay;
mod rows;
#[cfg(test)]
mod sample;
mod table;
mod text_parts;
mod tx;
mod value;
mod views;
mod write;

pub mod access_schemas;
pub mod aggregates;
pub mod allow_lists;
pub mod assets;
pub mod blocked_assets;
pub mod catalog;
pub mod cidr_blocks;
pub mod client_access;
pub mod client_allow_lists;
pub mod client_keys;
pub mod client_settings;
pub mod clients;
pub mod erasures;
pub mod events;
pub mod features;
pub mod groups;
pub mod memberships;
pub mod organizations;
pub mod positions;
pub mod record_tokens;
pub mod records;
pub mod roles;
pub mod tenant_clients;
pub mod tenants;
pub mod things;
pub mod tokens;
pub mod user_sign_ins;
pub mod users;
pub mod webhooks;

pub use as_of::{FOLDED_MOST, Past, Until, as_of};
pub use change::{Changes, RowChange, TableChanges};
pub use engine::{Parked, PartitionStatus, Progress, ProjectionStatus, Projections, Status};
pub use error::{ProjectError, ViewError};
pub use list::{all, statements};
pub use projection::{Marks, Projection};
pub use reads::{Current, Reads};
pub use replay::{Replay, Replayed};
pub use table::{Column, ColumnKind, Slot, Table};
pub use text_parts::TAGS_MOST;
pub use value::Value;
pub use views::{VIEWS_FILE, Views};
