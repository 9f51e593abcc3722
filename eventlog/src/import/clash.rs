//! What may stand in the way here: another history, another's secrets, another's ids. All of it is
//! looked for before anything is written.

use domain::{Event, TenantId};

use super::ImportError;
use super::check::Checked;
use crate::{EventLog, Filter, Placement, TenantKeys, VaultKind, VaultRow, VaultWrite};

const PAGE: usize = 1_000;

/// Refuses a history that does not go on from the one that is here, up to `newest`.
pub(super) async fn history(
    log: &dyn EventLog,
    place: &Placement,
    newest: i64,
    checked: &Checked,
) -> Result<(), ImportError> {
    let after = checked.header.after;
    if newest < after {
        return Err(ImportError::Gap { after, newest });
    }
    let other = |ordinal| ImportError::OtherHistory { tenant: place.tenant.clone(), ordinal };
    if let Some(before) = checked.header.after_leaf_hash {
        let there = log.read_tenant(place, after - 1, 1).await?;
        if there.first().is_none_or(|event| event.leaf_hash != before) {
            return Err(other(after));
        }
    }
    let mut leaves = checked.leaves.iter();
    let mut at = after;
    while !leaves.as_slice().is_empty() {
        let page = log.read_tenant(place, at, PAGE).await?;
        for (there, leaf) in page.iter().zip(leaves.by_ref()) {
            at = there.ordinal;
            if there.leaf_hash != *leaf {
                return Err(other(at));
            }
        }
        if page.is_empty() {
            break;
        }
    }
    Ok(())
}

/// The rows of the vault that are to be written: none that is here already. Each must be sealed by
/// the tenant's key, and none may be another's.
pub(super) async fn secrets(
    log: &dyn EventLog,
    tenant: &TenantId,
    keys: Option<&TenantKeys>,
    checked: &Checked,
) -> Result<Vec<VaultWrite>, ImportError> {
    let mut writes = Vec::new();
    let Some(keys) = keys else { return Ok(writes) };
    for secret in checked.secrets.values() {
        let (kind, public_id) = (secret.kind, secret.public_id.clone());
        if kind == VaultKind::TenantKey && public_id == tenant.as_str() {
            continue;
        }
        let (owner, sealed) = (secret.owner.clone(), secret.sealed.clone());
        let row = VaultRow { kind, public_id, tenant: tenant.clone(), owner, sealed };
        if !is_of(kind, &row.public_id, tenant) || keys.open(&row).is_err() {
            let (kind, public_id) = (kind.as_str(), row.public_id);
            return Err(ImportError::SecretForeign { kind, public_id });
        }
        match log.vault(kind, &row.public_id).await? {
            None => writes.push(VaultWrite::Insert(row)),
            Some(held) if held == row => {}
            Some(_) => {
                let (kind, public_id) = (kind.as_str(), row.public_id);
                return Err(ImportError::SecretTaken { kind, public_id });
            }
        }
    }
    Ok(writes)
}

/// Whether a public id may be this tenant's: some begin with its name, and the rest were drawn.
fn is_of(kind: VaultKind, public_id: &str, tenant: &TenantId) -> bool {
    let begins = |joint: char| {
        let rest = public_id.strip_prefix(tenant.as_str());
        rest.is_some_and(|rest| rest.starts_with(joint))
    };
    match kind {
        VaultKind::TenantKey => false,
        VaultKind::AddressKey
        | VaultKind::SubjectKey
        | VaultKind::Password
        | VaultKind::Mail
        | VaultKind::WebhookSecret => begins('/'),
        VaultKind::SigningSecret => begins('.'),
        VaultKind::ClientSecret | VaultKind::EdgeGrid | VaultKind::Bearer => true,
    }
}

/// Refuses integer ids that another tenant here has, and has the counter go past all others. Those
/// that the counter did not come to yet are nobody's, and need no looking for.
pub(super) async fn numbers(
    log: &dyn EventLog,
    tenant: &TenantId,
    checked: &Checked,
) -> Result<(), ImportError> {
    let numbers = &checked.numbers;
    let least = numbers.iter().map(|(_, number)| *number).min();
    let (Some(least), Some(most)) = (least, numbers.iter().map(|(_, number)| *number).max()) else {
        return Ok(());
    };
    if least < log.reserve_ids(0).await? {
        for place in log.placements().await? {
            if place.tenant != *tenant {
                numbers_of(log, &place, checked).await?;
            }
        }
    }
    loop {
        let next = log.reserve_ids(0).await?;
        if next > most {
            return Ok(());
        }
        log.reserve_ids(most + 1 - next).await?;
    }
}

async fn numbers_of(
    log: &dyn EventLog,
    place: &Placement,
    checked: &Checked,
) -> Result<(), ImportError> {
    let event_types = Event::DRAWING.map(str::to_owned).to_vec();
    let mut filter = Filter { event_types, ..Filter::default() };
    loop {
        let page = log.search(place, &filter, PAGE).await?;
        for event in &page {
            let decoded = Event::decode(&event.event_type, event.event_version, &event.payload);
            let drawn = decoded.ok().and_then(|event| event.drawn());
            if let Some((kind, number)) = drawn.filter(|drawn| checked.numbers.contains(drawn)) {
                let tenant = place.tenant.clone();
                return Err(ImportError::NumberTaken { kind, number, tenant });
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
        filter.after = page.last().map(|last| last.ordinal);
    }
}
