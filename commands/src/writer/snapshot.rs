//! Snapshots: a folded state kept aside, sealed, so that the next load need not fold all of it.
//! They are never truth: one that does not fit the log is ignored.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Aggregate, Tenant};
use eventlog::{EventLog, LogError, Placement, Snapshot};
use serde::{Deserialize, Serialize};

use super::meter::cause;
use super::places::Seat;
use super::state::{Stand, State};

const PURPOSE: &str = "snapshot";

#[derive(Serialize)]
struct Frozen<'a> {
    tenant: &'a Tenant,
    stands: Vec<(&'a Aggregate, &'a Stand)>,
}

#[derive(Deserialize)]
struct Thawed {
    tenant: Tenant,
    stands: Vec<(Aggregate, Stand)>,
}

/// Whether loading the state again would cost more than keeping it: a few events are read as
/// fast as a snapshot is.
pub(super) fn is_worth_it(state: &State, every: usize) -> bool {
    state.unsaved > every / 4
}

/// Keeps the state aside. That it fails costs time at the next load, nothing else.
pub(super) async fn save(log: &dyn EventLog, state: &State) {
    let saved = match freeze(state) {
        Ok(snapshot) => log.save_snapshot(&snapshot).await,
        Err(error) => Err(error),
    };
    if let Err(error) = saved {
        tracing::warn!(tenant = %state.tenant.id, error = cause(&error), "a snapshot was not saved");
    }
}

fn freeze(state: &State) -> Result<Snapshot, LogError> {
    let frozen = Frozen { tenant: &state.tenant, stands: state.stands.iter().collect() };
    let unwritable = |_| LogError::Unusable("a state cannot be encoded".to_owned());
    let plain = serde_json::to_vec(&frozen).map_err(unwritable)?;
    Ok(Snapshot {
        tenant: state.tenant.id.clone(),
        partition: state.partition,
        fold_version: Tenant::FOLD_VERSION,
        ordinal: state.ordinal,
        position: state.position,
        leaf_hash: state.leaf_hash,
        sealed: state.keys.seal_bytes(PURPOSE, &plain)?,
    })
}

/// The state in the tenant's snapshot, if there is one that still fits the log: the event it was
/// made at must stand where it stood.
pub(super) async fn restore(
    log: &dyn EventLog,
    place: &Placement,
    seat: &Seat,
) -> Result<Option<State>, LogError> {
    let found = log.load_snapshot(&place.tenant, Tenant::FOLD_VERSION).await?;
    let Some(snapshot) = found.filter(|found| found.partition == place.partition) else {
        return Ok(None);
    };
    let at = log.read_tenant(place, snapshot.ordinal - 1, 1).await?;
    let fits = at.first().is_some_and(|event| {
        event.ordinal == snapshot.ordinal && event.leaf_hash == snapshot.leaf_hash
    });
    if !fits {
        tracing::warn!(tenant = %place.tenant, "a snapshot of a tail that vanished is ignored");
        return Ok(None);
    }
    Ok(thaw(snapshot, seat))
}

/// `None` when the bytes are not what this program writes; folding all is then right as well.
fn thaw(snapshot: Snapshot, seat: &Seat) -> Option<State> {
    let plain = seat.keys.open_bytes(PURPOSE, &snapshot.sealed).ok()?;
    let thawed: Thawed = serde_json::from_slice(&plain).ok()?;
    let at = thawed.stands.iter().map(|(_, stand)| stand.changed_at).max();
    Some(State {
        tenant: thawed.tenant,
        partition: snapshot.partition,
        keys: Arc::clone(&seat.keys),
        ordinal: snapshot.ordinal,
        position: snapshot.position,
        leaf_hash: snapshot.leaf_hash,
        at: at.unwrap_or_default(),
        stands: thawed.stands.into_iter().collect::<HashMap<_, _>>(),
        unsaved: 0,
        used: 0,
        weighed: 0,
    })
}
