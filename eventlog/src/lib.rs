//! The event log: dense, hashed, partitioned, on SQLite or PostgreSQL, with the vault of sealed
//! secrets and the idempotency records that are written in the same statement as the events.

mod access;
mod cursor;
mod envelope;
mod error;
mod export;
mod handover;
mod import;
mod keyring;
mod log;
mod partition;
mod postgres;
pub mod proof;
mod recipient;
mod seal;
mod sqlite;
mod store;
mod vault;

pub use access::{AccessActor, AccessFilter, AccessOutcome, AccessRecord};
pub use cursor::{Cursor, CursorStore, Holding};
pub use envelope::{GENESIS_TYPE, Hash, Recorded, genesis, leaf_hash, payload_hash};
pub use error::LogError;
pub use export::{
    EXPORT_FORM, EXPORT_LINE_BYTES_MAX, Export, ExportCheck, ExportEnd, ExportError, ExportHeader,
    ExportLine, ExportRange, ExportReader, ExportRefused, ExportUntil, ExportedSecret,
};
pub use handover::{Committed, Handover};
pub use import::{Import, ImportError, ImportProgress, Imported};
pub use keyring::{Keyring, TenantKeys};
pub use log::{
    Answer, AnswerKey, Appended, Basis, Batch, EventLog, Filter, Head, Order, Placement, Snapshot,
};
pub use partition::partition_of;
pub use postgres::PostgresLog;
pub use recipient::{Recipient, RecipientError, RecipientKey};
pub use seal::{Key, MasterKey, SealError};
pub use sqlite::SqliteLog;
pub use vault::{VaultKind, VaultRow, VaultWrite};
