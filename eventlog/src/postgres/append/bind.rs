//! A batch as arrays, one for each column: the number of parameters does not grow with the batch,
//! so the same prepared statement serves every size.

use super::Statement;
use crate::store::bind_event;
use crate::{Answer, Basis, Batch, Placement, Recorded, VaultKind, VaultRow, VaultWrite};

fn column<'a, T, V>(rows: &'a [T], value: impl Fn(&'a T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

/// `$1` to `$25`, each a plain value.
pub(super) fn one(query: Statement, basis: &Basis, event: &Recorded) -> Statement {
    let query = query.bind(i64::from(basis.partition)).bind(basis.position);
    bind_event!(query.bind(basis.leaf_hash.0.as_slice()), event)
}

/// `$1` to `$3`.
pub(super) fn bases(query: Statement, bases: &[Basis]) -> Statement {
    query
        .bind(column(bases, |basis| i64::from(basis.partition)))
        .bind(column(bases, |basis| basis.position))
        .bind(column(bases, |basis| basis.leaf_hash.0.as_slice()))
}

/// `$4` to `$25`.
pub(super) fn events(query: Statement, events: &[Recorded]) -> Statement {
    query
        .bind(column(events, |event| i64::from(event.partition)))
        .bind(column(events, |event| event.position))
        .bind(column(events, |event| event.tenant.as_str()))
        .bind(column(events, |event| event.ordinal))
        .bind(column(events, |event| event.aggregate.kind.as_str()))
        .bind(column(events, |event| event.aggregate.id.as_str()))
        .bind(column(events, |event| event.sequence))
        .bind(column(events, |event| event.event_type.as_str()))
        .bind(column(events, |event| i64::from(event.event_version)))
        .bind(column(events, |event| event.payload.as_slice()))
        .bind(column(events, |event| event.payload_hash.0.as_slice()))
        .bind(column(events, |event| event.leaf_hash.0.as_slice()))
        .bind(column(events, |event| event.resource_owner.as_str()))
        .bind(column(events, |event| event.actor.home.as_str()))
        .bind(column(events, |event| event.actor.kind.as_str()))
        .bind(column(events, |event| event.actor.id.as_str()))
        .bind(column(events, |event| event.actor.authenticated.as_str()))
        .bind(column(events, |event| event.command.as_str()))
        .bind(column(events, |event| event.command_id.as_bytes().as_slice()))
        .bind(column(events, |event| event.correlation.as_str()))
        .bind(column(events, |event| event.caller_address.as_deref()))
        .bind(column(events, |event| event.created_at.timestamp_micros()))
}

/// `$1` to `$45`.
pub(super) fn everything(query: Statement, batch: &Batch) -> Statement {
    let query = events(bases(query, &batch.bases), &batch.events);
    let (dropped, kept) = net(&batch.vault);
    let query = inserts(deletes(answers(query, &batch.answers), &dropped), &kept);
    let erased: Vec<_> = batch.vault.iter().filter_map(VaultWrite::erases).collect();
    placements(query, &batch.placements).bind(column(&erased, |tenant| tenant.as_str()))
}

fn answers(query: Statement, answers: &[Answer]) -> Statement {
    query
        .bind(column(answers, |answer| i64::from(answer.key.partition)))
        .bind(column(answers, |answer| answer.key.tenant.as_str()))
        .bind(column(answers, |answer| answer.key.actor.as_str()))
        .bind(column(answers, |answer| answer.key.key.as_str()))
        .bind(column(answers, |answer| answer.fingerprint.0.as_slice()))
        .bind(column(answers, |answer| answer.command_id.as_bytes().as_slice()))
        .bind(column(answers, |answer| answer.sealed.as_slice()))
        .bind(column(answers, |answer| answer.answered_at.timestamp_micros()))
        .bind(column(answers, |answer| answer.expires_at.timestamp_micros()))
}

fn deletes(query: Statement, rows: &[Dropped<'_>]) -> Statement {
    query
        .bind(column(rows, |row| row.kind.as_str()))
        .bind(column(rows, |row| row.public_id))
        .bind(column(rows, |row| row.tenant))
}

fn inserts(query: Statement, rows: &[&VaultRow]) -> Statement {
    query
        .bind(column(rows, |row| row.kind.as_str()))
        .bind(column(rows, |row| row.public_id.as_str()))
        .bind(column(rows, |row| row.tenant.as_str()))
        .bind(column(rows, |row| row.owner.as_str()))
        .bind(column(rows, |row| row.sealed.as_slice()))
}

fn placements(query: Statement, placements: &[Placement]) -> Statement {
    query
        .bind(column(placements, |placement| placement.tenant.as_str()))
        .bind(column(placements, |placement| i64::from(placement.partition)))
}

struct Dropped<'a> {
    kind: VaultKind,
    public_id: &'a str,
    tenant: &'a str,
}

impl Dropped<'_> {
    fn is(&self, row: &VaultRow) -> bool {
        (self.kind, self.public_id, self.tenant)
            == (row.kind, row.public_id.as_str(), row.tenant.as_str())
    }
}

/// What the writes come to. The parts of one statement do not see each other's rows, so a secret
/// that a batch makes and then drops must appear in neither part; one that it drops and then makes
/// appears in both, and the dropping comes first.
fn net(writes: &[VaultWrite]) -> (Vec<Dropped<'_>>, Vec<&VaultRow>) {
    let (mut dropped, mut kept) = (Vec::new(), Vec::<&VaultRow>::new());
    for write in writes {
        match write {
            VaultWrite::Insert(row) => kept.push(row),
            VaultWrite::Delete { kind, public_id, tenant } => {
                let old = Dropped { kind: *kind, public_id, tenant: tenant.as_str() };
                match kept.iter().rposition(|row| old.is(row)) {
                    Some(index) => drop(kept.remove(index)),
                    None => dropped.push(old),
                }
            }
        }
    }
    (dropped, kept)
}
