//! One tenant's events, one after another, and its checkpoints as they are reached.

use std::vec::IntoIter;

use domain::TenantId;

use crate::proof::flaw::{Finding, Flaw, flaw_of};
use crate::proof::note::{VerifierKey, tenant_origin};
use crate::proof::store::{Entry, ProofStore, Row};
use crate::proof::tree::Frontier;
use crate::proof::{Checkpoint, SignedHead};
use crate::{EventLog, LogError, Placement, Recorded};

/// Checkpoints kept at hand for a tenant: few, since there may be many tenants.
const HEADS: usize = 8;

/// As far as a tenant's events were looked at.
pub(super) struct Chain {
    place: Placement,
    origin: String,
    tree: Frontier,
    heads: IntoIter<Entry>,
    /// The checkpoint that is reached next.
    next: Option<SignedHead>,
    /// A checkpoint from elsewhere that is not reached yet.
    pinned: Option<Checkpoint>,
    /// The size of the last checkpoint that holds.
    sealed: i64,
    checkpoints: u64,
    is_broken: bool,
}

impl Chain {
    pub(super) async fn begin(
        log: &dyn EventLog,
        pinned: Option<&Checkpoint>,
        place: &Placement,
    ) -> Result<Self, LogError> {
        let origin = tenant_origin(log.installation(), &place.tenant);
        let pinned = pinned.filter(|pinned| pinned.origin == origin && pinned.size > 0);
        let mut chain = Self {
            place: place.clone(),
            origin,
            tree: Frontier::default(),
            heads: Vec::new().into_iter(),
            next: None,
            pinned: pinned.cloned(),
            sealed: 0,
            checkpoints: 0,
            is_broken: false,
        };
        chain.turn(log.proofs()?, 0).await?;
        Ok(chain)
    }

    /// Turns to the checkpoint that is larger than `after`.
    async fn turn(&mut self, store: &dyn ProofStore, after: i64) -> Result<(), LogError> {
        let mut next = self.heads.next();
        if next.is_none() {
            self.heads = store.heads_of(&self.place.tenant, after, HEADS).await?.into_iter();
            next = self.heads.next();
        }
        self.next = next.map(|entry| entry.head);
        Ok(())
    }

    fn expected(&self) -> i64 {
        i64::try_from(self.tree.size() + 1).unwrap_or(i64::MAX)
    }

    pub(super) fn checkpoints(&self) -> u64 {
        self.checkpoints
    }

    pub(super) fn unsealed(&self) -> u64 {
        self.tree.size() - self.sealed.unsigned_abs()
    }

    fn tenant(&self) -> &TenantId {
        &self.place.tenant
    }

    /// Takes the next row; what is wrong with it, if it is the first of this tenant that is.
    pub(super) async fn take(
        &mut self,
        store: &dyn ProofStore,
        key: &VerifierKey,
        row: Row,
    ) -> Result<Option<Finding>, LogError> {
        if self.is_broken {
            return Ok(None);
        }
        let found = match row {
            Ok(event) => {
                if let Some((ordinal, flaw)) = self.flaw(&event) {
                    Some(Finding::of_event(&event, ordinal, flaw))
                } else {
                    self.tree.push(&event.leaf_hash, |_, _| {});
                    self.look_at_checkpoints(store, key).await?
                }
            }
            Err(finding) => Some(Finding { ordinal: Some(self.expected()), ..finding }),
        };
        self.is_broken = found.is_some();
        Ok(found)
    }

    fn flaw(&self, event: &Recorded) -> Option<(i64, Flaw)> {
        if event.partition != self.place.partition {
            return Some((event.ordinal, Flaw::Misplaced));
        }
        let flaw = flaw_of(event, self.expected())?;
        // An ordinal that was there before, or an altered row that claims to be further on: the row
        // itself is at fault. Any other fault is with the one that was to come.
        let ordinal = if flaw == Flaw::Twice { event.ordinal } else { self.expected() };
        Some((ordinal, flaw))
    }

    async fn look_at_checkpoints(
        &mut self,
        store: &dyn ProofStore,
        key: &VerifierKey,
    ) -> Result<Option<Finding>, LogError> {
        let size = self.expected() - 1;
        if self
            .pinned
            .take_if(|pinned| pinned.size == size.unsigned_abs())
            .is_some_and(|pinned| pinned.root != self.tree.root())
        {
            return Ok(Some(self.other_root(size)));
        }
        let Some(head) = self.next.take_if(|head| head.size == size) else { return Ok(None) };
        if let Err(flaw) = head.holds(key, &self.origin) {
            return Ok(Some(Finding::of_tenant(self.tenant(), size, flaw)));
        }
        if head.root != self.tree.root() {
            return Ok(Some(self.other_root(size)));
        }
        (self.sealed, self.checkpoints) = (size, self.checkpoints + 1);
        self.turn(store, size).await?;
        Ok(None)
    }

    /// One of the events since the last checkpoint is another than was sealed.
    fn other_root(&self, size: i64) -> Finding {
        Finding::of_tenant(self.tenant(), self.sealed + 1, Flaw::Root { to: size })
    }

    /// What is missing where the events end.
    pub(super) fn end(self) -> Option<Finding> {
        let pinned = self.pinned.as_ref().and_then(|pinned| i64::try_from(pinned.size).ok());
        let sealed = self.next.as_ref().map(|head| head.size).or(pinned)?;
        let flaw = Flaw::CutOff { sealed };
        (!self.is_broken).then(|| Finding::of_tenant(self.tenant(), self.expected(), flaw))
    }
}
