//! A tenant's record from a file into this store. All of the file is proved before anything is
//! written; then its keys and events go in through the append, as another node's would, beside
//! whoever serves the store. The tenant is placed last: until then nobody can find it, and an import
//! that broke off is gone on with by doing it again.

mod check;
mod clash;
mod land;

use std::path::PathBuf;
use std::sync::Arc;

use domain::{DecodeError, TenantId};

use crate::seal::SealError;
use crate::{
    EventLog, ExportError, Hash, Keyring, LogError, Placement, RecipientKey, TenantKeys, VaultWrite,
};
use check::Checked;
use land::Landing;

/// An import that is to be done.
pub struct Import {
    pub log: Arc<dyn EventLog>,
    /// Under its master key the tenant's key is wrapped from now on.
    pub keyring: Keyring,
    /// A file that can be read more than once.
    pub file: PathBuf,
    /// Opens the keys that travelled. Without it, a file that carries keys is refused.
    pub recipient_key: Option<RecipientKey>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportProgress {
    /// So many events were proved.
    Checked(i64),
    /// So many of so many events are in the store.
    Written { events: i64, of: i64 },
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub tenant: TenantId,
    /// How many events were written by this run.
    pub written: i64,
    /// How many of the file's events were there before.
    pub found: i64,
    /// The last event of the file.
    pub ordinal: i64,
    pub leaf_hash: Option<Hash>,
    /// Whether what is sealed can be read here.
    pub has_keys: bool,
}

/// Why a file is not imported. Nothing is served of it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] ExportError),
    #[error("the file cannot be opened: {0}")]
    Unopened(std::io::ErrorKind),
    #[error("event {ordinal} cannot be read by this program: {source}")]
    Unknown { ordinal: i64, source: DecodeError },
    #[error("tenant {tenant} is here already, and its event {ordinal} is another one")]
    OtherHistory { tenant: TenantId, ordinal: i64 },
    #[error("the file begins behind event {after}, but {newest} is the newest one here")]
    Gap { after: i64, newest: i64 },
    #[error("{kind} {number} is one of tenant {tenant} here")]
    NumberTaken { kind: &'static str, number: i64, tenant: TenantId },
    #[error("{kind} {number} has an id that no installation gives")]
    NumberForeign { kind: &'static str, number: i64 },
    #[error("{kind} {public_id} is here already, and is another one")]
    SecretTaken { kind: &'static str, public_id: String },
    #[error("{kind} {public_id} in the file is not what its tenant's key sealed")]
    SecretForeign { kind: &'static str, public_id: String },
    #[error("the file carries keys; it takes the private key of their recipient to import it")]
    KeysSealed,
    #[error("the file carries no keys, so no private key opens any")]
    NoKeys,
    #[error("the keys in the file are sealed for another recipient")]
    OtherRecipient,
    #[error("tenant {0} is here already, with another key")]
    OtherKey(TenantId),
    #[error("the file was changed while it was imported")]
    Changed,
    #[error("other writers were always first; try again when there are fewer")]
    Contended,
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<SealError> for ImportError {
    fn from(error: SealError) -> Self {
        Self::Log(error.into())
    }
}

impl Import {
    /// Does it, and tells how far it is.
    pub async fn run(
        self,
        mut report: impl FnMut(ImportProgress) + Send,
    ) -> Result<Imported, ImportError> {
        let tenant = check::tenant(&self.file)?;
        let place = self.log.placement(&tenant).await?;
        let is_placed = place.is_some();
        let partition = crate::partition_of(&tenant, self.log.partitions());
        let place = place.unwrap_or(Placement { tenant: tenant.clone(), partition });
        let newest = crate::export::newest(&*self.log, &place, None).await?;
        let checked = self.check(newest, &mut report).await?;
        clash::history(&*self.log, &place, newest, &checked).await?;
        let (keys, row) = self.keys(&tenant, &checked).await?;
        let vault = clash::secrets(&*self.log, &tenant, keys.as_ref(), &checked).await?;
        clash::numbers(&*self.log, &tenant, &checked).await?;

        // From here on it is written.
        let landing = Landing { log: &*self.log, place: &place };
        let end = &checked.end;
        // Where all events are here, so were their keys, and what went since stays away.
        if newest < end.ordinal {
            landing.vault(row.into_iter().chain(vault).collect()).await?;
            landing.webhooks(&checked).await?;
        }
        let start = newest.clamp(checked.header.after, end.ordinal);
        let mut events = check::again(&self.file, &checked, start);
        let (found, mut written) = (start - checked.header.after, 0);
        while let Some(page) = events.next().await? {
            written += i64::try_from(page.len()).unwrap_or_default();
            landing.events(page).await?;
            report(ImportProgress::Written { events: found + written, of: end.events });
        }
        if !is_placed {
            landing.place().await?;
        }
        let (ordinal, leaf_hash) = (end.ordinal, end.leaf_hash);
        let has_keys = keys.is_some();
        Ok(Imported { tenant, written, found, ordinal, leaf_hash, has_keys })
    }

    /// The tenant's keys, where they travelled, and the row that keeps its own one from now on, if
    /// it is not there. Where none travelled the tenant gets a new key: it opens nothing of what was
    /// sealed before.
    async fn keys(
        &self,
        tenant: &TenantId,
        checked: &Checked,
    ) -> Result<(Option<TenantKeys>, Option<VaultWrite>), ImportError> {
        let master = self.keyring.master();
        let held = self.log.vault(crate::VaultKind::TenantKey, tenant.as_str()).await?;
        let root = match (checked.root(self.recipient_key.as_ref())?, &held) {
            (Some(root), _) => root,
            (None, Some(_)) => return Ok((None, None)),
            (None, None) => {
                let (_, row) = TenantKeys::draw(master, tenant)?;
                return Ok((None, Some(row)));
            }
        };
        let (keys, row) = TenantKeys::under(master, tenant, root)?;
        if let Some(held) = held {
            let is_same = master.0.open(held.kind.as_str(), &held.sealed)? == keys.root().bytes();
            let other = || ImportError::OtherKey(tenant.clone());
            return is_same.then_some((Some(keys), None)).ok_or_else(other);
        }
        Ok((Some(keys), Some(row)))
    }
}
