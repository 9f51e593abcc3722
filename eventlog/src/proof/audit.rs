//! Looking at a whole log: every event, every checkpoint, and the installation's own tree, read in
//! the order they lie in, with nothing trusted but the public key.

mod chain;

use std::collections::BTreeMap;

use domain::TenantId;

use super::flaw::{Finding, Flaw};
use super::note::{VerifierKey, installation_origin};
use super::store::{ProofStore, Row};
use super::tree::Frontier;
use super::{Checkpoint, forest};
use crate::{EventLog, LogError, Placement, genesis};
use chain::Chain;

/// Rows read at once.
const PAGE: usize = 2_000;
/// More than so many tell nothing new.
const FINDINGS_MOST: usize = 1_000;

/// What looking at a log came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub events: u64,
    pub tenants: u64,
    /// Tenants' checkpoints that hold.
    pub checkpoints: u64,
    /// Events that no checkpoint vouches for yet.
    pub unsealed: u64,
    /// What does not hold: of each tenant the first, and what is known of no tenant.
    pub findings: Vec<Finding>,
}

impl Verdict {
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// The first event that does not hold, or else the first of whatever does not.
    pub fn first(&self) -> Option<&Finding> {
        let of_event = self.findings.iter().find(|found| found.tenant.is_some());
        of_event.or_else(|| self.findings.first())
    }
}

/// A look at a log under way.
pub struct Audit<'a, P> {
    log: &'a dyn EventLog,
    store: &'a dyn ProofStore,
    key: &'a VerifierKey,
    /// A checkpoint from elsewhere, which the log must have grown out of.
    pinned: Option<&'a Checkpoint>,
    /// Told how many events were read.
    progress: P,
    chains: BTreeMap<TenantId, Chain>,
    verdict: Verdict,
}

impl<'a, P: Fn(u64)> Audit<'a, P> {
    pub fn new(
        log: &'a dyn EventLog,
        key: &'a VerifierKey,
        pinned: Option<&'a Checkpoint>,
        progress: P,
    ) -> Result<Self, LogError> {
        let (store, chains, verdict) = (log.proofs()?, BTreeMap::new(), Verdict::default());
        Ok(Self { log, store, key, pinned, progress, chains, verdict })
    }

    /// Looks at the events of one tenant and at its checkpoints.
    pub async fn tenant(mut self, place: &Placement) -> Result<Verdict, LogError> {
        self.begin(place).await?;
        let mut after = 0;
        loop {
            let rows = self.store.rows_of(place, after, PAGE).await?;
            let is_last = rows.len() < PAGE;
            let last = rows.last().and_then(|row| match row {
                Ok(event) => Some(event.ordinal),
                Err(finding) => finding.ordinal,
            });
            for row in rows {
                self.take(row).await?;
            }
            match last.filter(|_| !is_last) {
                Some(ordinal) => after = ordinal,
                None => break,
            }
        }
        self.end();
        Ok(self.verdict)
    }

    /// Looks at everything.
    pub async fn all(mut self) -> Result<Verdict, LogError> {
        for place in self.log.placements().await? {
            self.begin(&place).await?;
        }
        if let Some((partition, position)) = self.store.stray().await? {
            self.found(Finding::of_position(partition, position, Flaw::NoPartition));
        }
        for partition in 0..self.log.partitions() {
            self.partition(partition).await?;
        }
        self.installation().await?;
        self.end();
        Ok(self.verdict)
    }

    async fn begin(&mut self, place: &Placement) -> Result<(), LogError> {
        let chain = Chain::begin(self.log, self.pinned, place).await?;
        self.chains.insert(place.tenant.clone(), chain);
        Ok(())
    }

    async fn partition(&mut self, partition: i32) -> Result<(), LogError> {
        let (mut after, mut expected) = (i64::MIN, 0);
        loop {
            let rows = self.store.rows(partition, after, PAGE).await?;
            let is_last = rows.len() < PAGE;
            for row in rows {
                let position = match &row {
                    Ok(event) => Some(event.position),
                    Err(finding) => finding.position,
                };
                let position = position.unwrap_or(expected);
                if position != expected {
                    self.found(Finding::of_position(partition, expected, Flaw::Hole));
                }
                (after, expected) = (position, position + 1);
                match row {
                    Ok(event) if position == 0 => {
                        if event != genesis(self.log.installation(), partition) {
                            self.found(Finding::of_position(partition, 0, Flaw::Genesis));
                        }
                    }
                    row => self.take(row).await?,
                }
            }
            if is_last {
                break;
            }
        }
        if expected == 0 {
            self.found(Finding::of_position(partition, 0, Flaw::Genesis));
        }
        Ok(())
    }

    async fn take(&mut self, row: Row) -> Result<(), LogError> {
        self.verdict.events += 1;
        (self.progress)(self.verdict.events);
        let tenant = match &row {
            Ok(event) => Some(&event.tenant),
            Err(finding) => finding.tenant.as_ref(),
        };
        let found = match (tenant.and_then(|tenant| self.chains.get_mut(tenant)), row) {
            (Some(chain), row) => chain.take(self.store, self.key, row).await?,
            (None, Ok(event)) => Some(Finding::of_event(&event, event.ordinal, Flaw::Misplaced)),
            (None, Err(finding)) => Some(finding),
        };
        self.verdict.findings.extend(found);
        Ok(())
    }

    /// The installation's tree: entries without a hole, each of a tenant that there is, and signed
    /// roots over all of them.
    async fn installation(&mut self) -> Result<(), LogError> {
        let origin = installation_origin(self.log.installation());
        let mut tree = Frontier::default();
        let (mut heads, mut number, mut is_whole) = (Vec::new().into_iter(), 0, true);
        let mut next = self.next_installation_head(&mut heads, 0).await?;
        while is_whole {
            let entries = self.store.entries(number, PAGE).await?;
            for entry in &entries {
                number += 1;
                if entry.number != number {
                    self.found(Finding::of_entry(number, Flaw::EntryMissing));
                    is_whole = false;
                    break;
                }
                if !self.chains.contains_key(&entry.tenant) {
                    let flaw = Flaw::CutOff { sealed: entry.head.size };
                    self.found(Finding::of_tenant(&entry.tenant, 1, flaw));
                }
                tree.push(&forest::entry_leaf(entry), |_, _| {});
                let pinned = self.pinned.filter(|pinned| pinned.origin == origin);
                if pinned.is_some_and(|it| it.size == tree.size() && it.root != tree.root()) {
                    self.found(Finding::of_entry(number, Flaw::Entries));
                }
                if let Some(head) = next.take_if(|head| head.size == number) {
                    if let Err(flaw) = head.holds(self.key, &origin) {
                        self.found(Finding::of_entry(number, flaw));
                    } else if head.root != tree.root() {
                        self.found(Finding::of_entry(number, Flaw::Entries));
                        is_whole = false;
                        break;
                    }
                    next = self.next_installation_head(&mut heads, number).await?;
                }
            }
            if entries.len() < PAGE {
                break;
            }
        }
        if is_whole && next.is_some() {
            self.found(Finding::of_entry(number + 1, Flaw::EntryMissing));
        }
        self.pinned_installation(&tree, &origin);
        Ok(())
    }

    async fn next_installation_head(
        &self,
        heads: &mut std::vec::IntoIter<super::SignedHead>,
        after: i64,
    ) -> Result<Option<super::SignedHead>, LogError> {
        if let Some(head) = heads.next() {
            return Ok(Some(head));
        }
        *heads = self.store.installation_heads(after, PAGE).await?.into_iter();
        Ok(heads.next())
    }

    /// Where the checkpoint from elsewhere is one of the installation: its entries must be there.
    fn pinned_installation(&mut self, tree: &Frontier, origin: &str) {
        let Some(pinned) = self.pinned.filter(|pinned| pinned.origin == origin) else { return };
        if pinned.size > tree.size() {
            let missing = i64::try_from(tree.size() + 1).unwrap_or(i64::MAX);
            self.found(Finding::of_entry(missing, Flaw::EntryMissing));
        }
    }

    /// What is sealed must be there to the end.
    fn end(&mut self) {
        for chain in std::mem::take(&mut self.chains).into_values() {
            self.verdict.tenants += 1;
            self.verdict.checkpoints += chain.checkpoints();
            self.verdict.unsealed += chain.unsealed();
            self.verdict.findings.extend(chain.end());
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.verdict.findings.len() < FINDINGS_MOST {
            self.verdict.findings.push(finding);
        }
    }
}
