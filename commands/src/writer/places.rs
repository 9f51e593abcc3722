//! Where tenants are kept, and their keys, as far as anybody asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use domain::TenantId;
use eventlog::{EventLog, Keyring, LogError, TenantKeys, VaultWrite, partition_of};

use crate::Failure;

/// A tenant's partition and keys.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) partition: i32,
    pub(super) keys: Arc<TenantKeys>,
    /// The tenant was not placed yet, and its keys were drawn for the command that makes it.
    pub(super) is_founding: bool,
}

/// Remembers seats; a tenant that is not there is looked up each time.
pub(super) struct Places {
    log: Arc<dyn EventLog>,
    keyring: Keyring,
    known: Mutex<HashMap<TenantId, Seat>>,
}

impl Places {
    pub(super) fn new(log: Arc<dyn EventLog>, keyring: Keyring) -> Self {
        Self { log, keyring, known: Mutex::default() }
    }

    /// The seat of a tenant. One that is not placed yet gets a new seat if `founds`, with the
    /// vault row that will keep its key.
    pub(super) async fn seat(
        &self,
        tenant: &TenantId,
        founds: bool,
    ) -> Result<(Seat, Option<VaultWrite>), Failure<Infallible>> {
        if let Some(seat) = self.get(tenant) {
            return Ok((seat, None));
        }
        if let Some(place) = self.log.placement(tenant).await? {
            let keys = self.keyring.tenant(tenant).await?;
            let seat = Seat { partition: place.partition, keys, is_founding: false };
            self.known().insert(tenant.clone(), seat.clone());
            return Ok((seat, None));
        }
        if !founds {
            return Err(Failure::NoTenant(tenant.clone()));
        }
        let drawn = TenantKeys::draw(self.keyring.master(), tenant).map_err(LogError::from)?;
        let partition = partition_of(tenant, self.log.partitions());
        let seat = Seat { partition, keys: Arc::new(drawn.0), is_founding: true };
        Ok((seat, Some(drawn.1)))
    }

    pub(super) fn get(&self, tenant: &TenantId) -> Option<Seat> {
        self.known().get(tenant).cloned()
    }

    /// Takes up a tenant that was just made.
    pub(super) fn founded(&self, tenant: TenantId, seat: Seat) {
        self.keyring.adopt(Arc::clone(&seat.keys));
        self.known().insert(tenant, Seat { is_founding: false, ..seat });
    }

    /// Forgets a tenant that turned out not to be there.
    pub(super) fn forget(&self, tenant: &TenantId) {
        self.known().remove(tenant);
    }

    /// Forgets where the tenants of a partition are: what placed them may have vanished.
    pub(super) fn forget_partition(&self, partition: i32) {
        self.known().retain(|_, seat| seat.partition != partition);
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Seat>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
