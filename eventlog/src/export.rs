//! A tenant's record as a file that moves between stores and installations: NDJSON, one object a
//! line. First who exported what, then every event with all that its hashes cover, then sealed rows
//! of the vault where keys travel, and last how many events there were. A file without its last
//! line was cut off.

mod ahead;
mod check;
mod decode;
mod encode;
mod pages;
mod reader;

use chrono::{DateTime, Utc};
use domain::TenantId;
use uuid::Uuid;

use crate::{Hash, Recorded, VaultKind};

pub use check::ExportCheck;
pub(crate) use pages::newest;
pub use pages::{Export, ExportRange, ExportRefused, ExportUntil};
pub use reader::ExportReader;

/// Names the form of the file, in its first line.
pub const EXPORT_FORM: &str = "export/1";

/// Most bytes of a line. An event is at most as long as a request's body, which as text in JSON
/// may take six times as many.
pub const EXPORT_LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// For what a tenant's key is sealed when it travels, before the tenant's id.
pub(crate) const KEY_PURPOSE: &str = "export\0tenant_key\0";

/// The first line: whose events follow, from where on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportHeader {
    /// The installation that exported.
    pub installation: Uuid,
    pub tenant: TenantId,
    /// Ordinal of the event before the first one; 0 where the file begins at the beginning.
    pub after: i64,
    /// Leaf of that event; none where the file begins at the beginning.
    pub after_leaf_hash: Option<Hash>,
    pub exported_at: DateTime<Utc>,
}

/// A row of the vault that travels. A tenant's own key is sealed for the recipient; the rest is
/// sealed under that key, as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedSecret {
    pub kind: VaultKind,
    pub public_id: String,
    /// Id of the aggregate it belongs to.
    pub owner: String,
    pub sealed: Vec<u8>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportEnd {
    /// How many events the file has.
    pub events: i64,
    /// Of the last event; that of the header where there is none.
    pub ordinal: i64,
    /// Of the last event; that of the header where there is none.
    pub leaf_hash: Option<Hash>,
    /// Signed note about the tenant's tree, as the sealer left it.
    pub checkpoint: Option<String>,
}

/// One line. An event's partition and position are 0: they are no part of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportLine {
    Header(ExportHeader),
    Event(Box<Recorded>),
    Secret(ExportedSecret),
    End(ExportEnd),
}

/// Why a file is not the export of a record.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("line {line}: {what}")]
    Broken {
        /// Counted from 1.
        line: u64,
        what: String,
    },
    #[error("the file is cut off: there is no last line behind line {line}")]
    CutOff { line: u64 },
    #[error("line {line} cannot be read: {}", source.kind())]
    Unreadable { line: u64, source: std::io::Error },
}

impl ExportError {
    /// The line at fault, counted from 1; for a file that was cut off, the last one it has.
    pub fn line(&self) -> u64 {
        match self {
            Self::Broken { line, .. } | Self::CutOff { line } | Self::Unreadable { line, .. } => {
                *line
            }
        }
    }
}

#[cfg(test)]
mod tests;
