//! Looking at a store: a data directory, which may be served meanwhile, or a database.

use std::sync::Arc;

use domain::TenantId;
use eventlog::proof::{Audit, Checkpoint, SigningKey, VerifierKey, tenant_origin};
use eventlog::{EventLog, Placement};

use super::Verify;
use super::outcome::Outcome;
use crate::cli::{Failure, PARTITIONS, progress};
use crate::store::{master_key, open_log_to_read};

impl Verify {
    pub(super) async fn store(&self) -> Result<Outcome, Failure> {
        let (log, key) = self.open().await?;
        let pinned = self.pinned(&key)?;
        self.check_pinned(&log, pinned.as_ref())?;
        let bar = progress::bar(self.json, "events", "events");
        let show = |read| bar.set_position(read);
        let audit = Audit::new(&*log, &key, pinned.as_ref(), show)?;
        let verdict = if let Some(tenant) = &self.tenant {
            let place = place_of(&log, tenant).await?;
            let newest = log.proofs()?.newest_ordinal(&place).await?;
            bar.set_length(newest.unsigned_abs());
            audit.tenant(&place).await?
        } else {
            let positions = log.heads().await?.into_iter().map(|head| head.position.unsigned_abs());
            bar.set_length(positions.sum());
            audit.all().await?
        };
        bar.finish_and_clear();
        Ok(verdict.into())
    }

    async fn open(&self) -> Result<(Arc<dyn EventLog>, VerifierKey), Failure> {
        let (data_dir, place) = (self.place.data_dir(), self.place.place(PARTITIONS));
        let log = open_log_to_read(&data_dir, &place).await?;
        if let Some(key) = self.key()? {
            return Ok((log, key));
        }
        let master = master_key(&data_dir, &place, &self.place.key_source()?)?;
        let key = SigningKey::derive(&master, log.installation())?;
        Ok((log, key.verifier().clone()))
    }

    /// Refuses a checkpoint that is about something that is not looked at.
    fn check_pinned(
        &self,
        log: &Arc<dyn EventLog>,
        pinned: Option<&Checkpoint>,
    ) -> Result<(), Failure> {
        let Some(pinned) = pinned else { return Ok(()) };
        let origin = &pinned.origin;
        let installation = eventlog::proof::installation_origin(log.installation());
        let below = origin.strip_prefix(&installation);
        let is_of = self.tenant.as_ref().map_or_else(
            || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            |tenant| *origin == tenant_origin(log.installation(), tenant),
        );
        if is_of {
            return Ok(());
        }
        Err(Failure::new(format!("the checkpoint is one of {origin}, which is not looked at")))
    }
}

async fn place_of(log: &Arc<dyn EventLog>, tenant: &TenantId) -> Result<Placement, Failure> {
    let place = log.placement(tenant).await?;
    place.ok_or_else(|| Failure::new(format!("there is no tenant {tenant}")))
}
