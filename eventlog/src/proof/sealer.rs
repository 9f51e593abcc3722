//! The sealer: reads what is new, checks it, extends the trees, and signs their heads. Every node
//! may run one; of two that seal the same, one lands and the other reads on from there.

mod again;
mod grove;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::TenantId;

use super::flaw::{Finding, Flaw, flaw_of};
use super::note::{SigningKey, tenant_origin};
use super::{Checkpoint, Entry, SignedHead};
use crate::{EventLog, LogError, Placement, Recorded};
use grove::{Grove, Loaded};

/// Events read at once.
const PAGE: usize = 1_000;
/// A tenant that has much to catch up with is sealed after so many events, so that a stop in the
/// midst of it loses little.
const SEAL_AFTER: u64 = 50_000;
/// Trees kept in memory.
const TREES_MOST: usize = 4_096;
/// Entries that one statement adds.
const ENTRIES_AT_ONCE: usize = 32;

/// What one round did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// Events that were sealed.
    pub events: u64,
    /// Tenants' heads that were signed.
    pub checkpoints: u64,
    /// When the oldest of these events was recorded.
    pub oldest: Option<DateTime<Utc>>,
    /// What was found not to hold in this round. Its tenant is not sealed until
    /// [`Sealer::look_again`] finds nothing wrong with it.
    pub found: Vec<Finding>,
}

/// Seals one log.
pub struct Sealer {
    log: Arc<dyn EventLog>,
    key: SigningKey,
    grove: Grove,
    /// Up to where each partition was read; none before the first round.
    read: Vec<i64>,
    /// Tenants to be read by themselves, from their last checkpoint on.
    behind: BTreeSet<TenantId>,
    /// Tenants that do not hold, and are not sealed until they do.
    broken: BTreeSet<TenantId>,
    /// Whether the installation's own tree does not hold: nothing is sealed until it does.
    is_stopped: bool,
    round: Round,
}

impl Sealer {
    pub fn new(log: Arc<dyn EventLog>, key: SigningKey) -> Self {
        let grove = Grove::new(Arc::clone(&log), key.verifier().clone());
        let (read, behind, broken) = <(_, _, _)>::default();
        let (is_stopped, round) = (false, Round::default());
        Self { log, key, grove, read, behind, broken, is_stopped, round }
    }

    /// Seals everything that is there now. After an error the next round goes on where this one
    /// stopped.
    pub async fn round(&mut self, now: DateTime<Utc>) -> Result<Round, LogError> {
        self.round = Round::default();
        let outcome = self.seal_all(now).await;
        if outcome.is_err() {
            // What was read and not sealed is read again.
            self.behind.append(&mut self.grove.forget_unsealed());
        }
        outcome.map(|()| std::mem::take(&mut self.round))
    }

    async fn seal_all(&mut self, now: DateTime<Utc>) -> Result<(), LogError> {
        if self.is_stopped {
            return Ok(());
        }
        if let Some(finding) = self.grove.follow().await? {
            self.is_stopped = true;
            self.report(finding);
            return Ok(());
        }
        let heads = self.log.heads().await?;
        if self.read.is_empty() {
            self.read = heads.iter().map(|head| head.position).collect();
            let all = self.log.placements().await?;
            self.behind = all.into_iter().map(|place| place.tenant).collect();
        }
        for head in heads {
            self.read_partition(head.partition, head.position).await?;
        }
        while let Some(tenant) = self.behind.pop_first() {
            if let Err(error) = self.catch_up(&tenant, now).await {
                self.behind.insert(tenant);
                return Err(error);
            }
        }
        self.seal(now).await?;
        self.grove.sign_installation(&self.key, now).await?;
        self.grove.keep_at_most(TREES_MOST);
        Ok(())
    }

    /// Reads what is new in a partition. What is not as expected is looked at tenant by tenant.
    async fn read_partition(&mut self, partition: i32, head: i64) -> Result<(), LogError> {
        let at = usize::try_from(partition).unwrap_or_default();
        let mut after = self.read.get(at).copied().unwrap_or_default();
        if head < after {
            // What was sealed of it may have been followed by something else already.
            self.report(Finding::of_position(partition, head + 1, Flaw::Hole));
            let places = self.log.placements().await?.into_iter();
            let its = places.filter(|place| place.partition == partition);
            self.behind.extend(its.map(|place| place.tenant));
        }
        while after < head {
            let rows = self.log.proofs()?.rows(partition, after, PAGE).await?;
            let Some(last) = rows.last().and_then(position) else { break };
            for row in rows {
                if position(&row) != Some(after + 1) {
                    self.report(Finding::of_position(partition, after + 1, Flaw::Hole));
                }
                after = position(&row).unwrap_or(after + 1);
                self.take(row).await?;
            }
            after = after.max(last);
            self.note_read(at, after);
        }
        self.note_read(at, head);
        Ok(())
    }

    fn note_read(&mut self, at: usize, position: i64) {
        if let Some(read) = self.read.get_mut(at) {
            *read = position;
        }
    }

    async fn take(&mut self, row: Result<Recorded, Finding>) -> Result<(), LogError> {
        let event = match row {
            Ok(event) => event,
            Err(finding) => {
                self.behind.extend(finding.tenant.clone());
                self.report(Finding { tenant: None, ordinal: None, ..finding });
                return Ok(());
            }
        };
        let tenant = event.tenant.clone();
        if self.broken.contains(&tenant) || self.behind.contains(&tenant) {
            return Ok(());
        }
        let place = Placement { tenant: tenant.clone(), partition: event.partition };
        match self.grove.load(&place).await? {
            Loaded::Broken(finding) => self.report(finding),
            Loaded::Ready(tree) => {
                let expected = tree.next_ordinal();
                match flaw_of(&event, expected) {
                    None => {
                        tree.push(&event);
                        self.count(&event);
                    }
                    // Another node has sealed it already.
                    Some(Flaw::Twice) => {}
                    Some(flaw) => {
                        if !matches!(flaw, Flaw::Missing { .. }) {
                            let (partition, position) = (event.partition, event.position);
                            self.report(Finding::of_position(partition, position, flaw));
                        }
                        self.behind.insert(tenant);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads one tenant from its last checkpoint on.
    async fn catch_up(&mut self, tenant: &TenantId, now: DateTime<Utc>) -> Result<(), LogError> {
        let place = self.log.placement(tenant).await?;
        let Some(place) = place.filter(|_| !self.broken.contains(tenant)) else { return Ok(()) };
        self.grove.forget(tenant);
        loop {
            let tree = match self.grove.load(&place).await? {
                Loaded::Ready(tree) => tree,
                Loaded::Broken(finding) => {
                    self.report(finding);
                    return Ok(());
                }
            };
            let (expected, unsealed) = (tree.next_ordinal(), tree.unsealed());
            if unsealed >= SEAL_AFTER {
                self.seal(now).await?;
                continue;
            }
            let rows = self.log.proofs()?.rows_of(&place, expected - 1, PAGE).await?;
            let is_last = rows.len() < PAGE;
            for row in rows {
                if !self.take_next(&place, row).await? {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Takes a tenant's next event; `false` when it does not hold.
    async fn take_next(
        &mut self,
        place: &Placement,
        row: Result<Recorded, Finding>,
    ) -> Result<bool, LogError> {
        let Loaded::Ready(tree) = self.grove.load(place).await? else { return Ok(false) };
        let expected = tree.next_ordinal();
        let found = match row {
            Ok(event) => match flaw_of(&event, expected) {
                None => {
                    tree.push(&event);
                    self.count(&event);
                    return Ok(true);
                }
                Some(flaw) => Finding::of_event(&event, expected, flaw),
            },
            Err(finding) => Finding { ordinal: Some(expected), ..finding },
        };
        self.report(found);
        Ok(false)
    }

    fn count(&mut self, event: &Recorded) {
        let oldest = self.round.oldest.get_or_insert(event.created_at);
        *oldest = event.created_at.min(*oldest);
    }

    fn report(&mut self, finding: Finding) {
        self.broken.extend(finding.tenant.clone());
        self.round.found.push(finding);
    }

    /// Signs the heads of all trees that grew.
    async fn seal(&mut self, now: DateTime<Utc>) -> Result<(), LogError> {
        let grown = self.grove.grown();
        for tenants in grown.chunks(ENTRIES_AT_ONCE) {
            let mut number = self.grove.entries();
            let mut entries = Vec::with_capacity(tenants.len());
            let mut events = BTreeMap::new();
            for tenant in tenants {
                let Some(tree) = self.grove.loaded(tenant) else { continue };
                events.insert(tenant.clone(), tree.unsealed());
                tree.growing.save(self.log.proofs()?).await?;
                number += 1;
                let origin = tenant_origin(self.log.installation(), tenant);
                let (size, root) = (tree.growing.frontier.size(), tree.growing.frontier.root());
                let note = Checkpoint { origin, size, root, signed_at: now }.sign(&self.key);
                let size = tree.next_ordinal() - 1;
                let head = SignedHead { size, root, signed_at: now, note };
                entries.push(Entry { number, tenant: tenant.clone(), head });
            }
            if self.log.proofs()?.add_entries(&entries).await? {
                self.round.checkpoints += entries.len() as u64;
                self.round.events += events.values().sum::<u64>();
                self.grove.sealed(&entries);
            } else {
                // Another node was first. What it sealed is followed in the next round.
                self.behind.append(&mut self.grove.forget_unsealed());
                return Ok(());
            }
        }
        Ok(())
    }
}

fn position(row: &Result<Recorded, Finding>) -> Option<i64> {
    match row {
        Ok(event) => Some(event.position),
        Err(finding) => finding.position,
    }
}
