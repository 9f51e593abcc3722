//! Reads a tenant out of a log, a page at a time, as the lines of an export. Whoever takes the pages
//! sets the pace.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::TenantId;

use super::ahead::{Page, Pages};
use super::{ExportEnd, ExportHeader, ExportLine, ExportedSecret, KEY_PURPOSE};
use crate::{EventLog, Filter, Keyring, LogError, Order, Placement, Recipient, VaultKind};

/// With which event an export ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportUntil {
    /// With this one.
    Ordinal(i64),
    /// With the last one recorded at this instant or before.
    Instant(DateTime<Utc>),
}

/// Why a text names no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is neither an RFC 3339 instant nor an ordinal")]
pub struct UntilError;

impl FromStr for ExportUntil {
    type Err = UntilError;
    fn from_str(text: &str) -> Result<Self, UntilError> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Ordinal).map_err(|_| UntilError);
        }
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| UntilError)?;
        Ok(Self::Instant(instant.to_utc()))
    }
}

/// Which events are wanted, and whether keys travel with them.
#[derive(Debug, Clone, Default)]
pub struct ExportRange {
    /// Ordinal of the event before the first one.
    pub after: i64,
    /// The newest event there is where nothing is said.
    pub until: Option<ExportUntil>,
    /// For whom the tenant's key is sealed; without it no keys travel.
    pub recipient: Option<Recipient>,
}

/// Why an export does not begin.
#[derive(Debug, thiserror::Error)]
pub enum ExportRefused {
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// It should begin or end behind the newest event.
    #[error("there is no event {asked}; the newest one is {newest}")]
    NoSuchOrdinal { asked: i64, newest: i64 },
    /// It should end before it begins.
    #[error("event {until}, with which to end, is not behind event {after}")]
    Backwards { after: i64, until: i64 },
    #[error("the instant with which to end is yet to come")]
    Future,
    #[error(transparent)]
    Log(#[from] LogError),
}

/// An export under way.
pub struct Export {
    log: Arc<dyn EventLog>,
    keyring: Keyring,
    place: Placement,
    recipient: Option<Recipient>,
    pages: Pages,
    header: ExportHeader,
    /// The last event's ordinal; what is recorded meanwhile is not waited for.
    until: i64,
    /// How far it is.
    reached: ExportEnd,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Events,
    Secrets,
    End,
    Done,
}

impl Export {
    /// Finds out where it begins and ends. `keyring` is asked only where keys travel.
    pub async fn begin(
        log: Arc<dyn EventLog>,
        keyring: Keyring,
        tenant: &TenantId,
        range: ExportRange,
        now: DateTime<Utc>,
    ) -> Result<Self, ExportRefused> {
        let place = log.placement(tenant).await?;
        let place = place.ok_or_else(|| ExportRefused::NoTenant(tenant.clone()))?;
        let ExportRange { after, until, recipient } = range;
        let newest = newest(&*log, &place, None).await?;
        let until = match until {
            None => newest,
            Some(ExportUntil::Ordinal(ordinal)) => ordinal,
            Some(ExportUntil::Instant(at)) if at > now => return Err(ExportRefused::Future),
            Some(ExportUntil::Instant(at)) => self::newest(&*log, &place, Some(at)).await?,
        };
        if let Some(asked) = [after, until].into_iter().find(|asked| *asked > newest) {
            return Err(ExportRefused::NoSuchOrdinal { asked, newest });
        }
        if until < after {
            return Err(ExportRefused::Backwards { after, until });
        }
        let before = match after {
            0 => None,
            after => log.read_tenant(&place, after - 1, 1).await?.pop(),
        };
        let after_leaf_hash = before.map(|event| event.leaf_hash);
        let header = ExportHeader {
            installation: log.installation(),
            tenant: tenant.clone(),
            after,
            after_leaf_hash,
            exported_at: now,
        };
        let reached =
            ExportEnd { events: 0, ordinal: after, leaf_hash: after_leaf_hash, checkpoint: None };
        let pages = Pages::new(Arc::clone(&log), place.clone(), after, until);
        let stage = Stage::Header;
        Ok(Self { log, keyring, place, recipient, pages, header, until, reached, stage })
    }

    /// How many events there will be.
    pub fn events(&self) -> i64 {
        self.until - self.header.after
    }

    /// The next lines, whole; none behind the last one.
    pub async fn page(&mut self) -> Result<Option<Vec<u8>>, LogError> {
        let mut lines = Vec::new();
        if self.stage == Stage::Header {
            ExportLine::Header(self.header.clone()).put(&mut lines)?;
            self.stage = Stage::Events;
        }
        match self.stage {
            Stage::Header | Stage::Events => self.put_events(&mut lines).await?,
            Stage::Secrets => self.put_secrets(&mut lines).await?,
            Stage::End => {
                // A log that keeps no proofs has none to give.
                if let Ok(store) = self.log.proofs() {
                    let sealed = store.head_of(&self.place.tenant, self.until).await?;
                    self.reached.checkpoint = sealed.map(|entry| entry.head.note);
                }
                ExportLine::End(self.reached.clone()).put(&mut lines)?;
                self.stage = Stage::Done;
            }
            Stage::Done => return Ok(None),
        }
        Ok(Some(lines))
    }

    async fn put_events(&mut self, lines: &mut Vec<u8>) -> Result<(), LogError> {
        if let Some(Page { lines: more, last: (ordinal, leaf_hash) }) = self.pages.next().await? {
            lines.extend(more);
            let (events, leaf_hash) = (ordinal - self.header.after, Some(leaf_hash));
            self.reached = ExportEnd { events, ordinal, leaf_hash, checkpoint: None };
        }
        if self.reached.ordinal >= self.until {
            self.stage = if self.recipient.is_some() { Stage::Secrets } else { Stage::End };
        }
        Ok(())
    }

    /// The rows of the vault that the tenant needs to live on elsewhere. Mail that waits stays:
    /// it is handed over where it was asked for.
    async fn put_secrets(&mut self, lines: &mut Vec<u8>) -> Result<(), LogError> {
        let tenant = &self.place.tenant;
        let travels = |kind: &VaultKind| *kind != VaultKind::Mail;
        for kind in VaultKind::ALL.into_iter().filter(travels) {
            for row in self.log.vault_of(kind, tenant).await? {
                let sealed = match (kind, &self.recipient) {
                    (VaultKind::TenantKey, Some(recipient)) => {
                        let keys = self.keyring.tenant(tenant).await?;
                        recipient.seal(&format!("{KEY_PURPOSE}{tenant}"), keys.root().bytes())?
                    }
                    _ => row.sealed,
                };
                let (public_id, owner) = (row.public_id, row.owner);
                ExportLine::Secret(ExportedSecret { kind, public_id, owner, sealed }).put(lines)?;
            }
        }
        self.stage = Stage::End;
        Ok(())
    }
}

/// The newest ordinal of a tenant, or the newest by then; 0 where there is none. Inside a tenant
/// time never runs backwards.
pub(crate) async fn newest(
    log: &dyn EventLog,
    place: &Placement,
    until: Option<DateTime<Utc>>,
) -> Result<i64, LogError> {
    let filter = Filter { order: Order::Descending, until, ..Filter::default() };
    let events = log.search(place, &filter, 1).await?;
    Ok(events.first().map_or(0, |event| event.ordinal))
}
