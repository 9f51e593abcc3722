//! The trees that a sealer has in hand: those of the tenants that grow, and the installation's.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::TenantId;

use crate::proof::flaw::{Finding, Flaw};
use crate::proof::forest::{self, Growing, Tree, entry_leaf};
use crate::proof::note::{SigningKey, VerifierKey, installation_origin, tenant_origin};
use crate::proof::tree::Frontier;
use crate::proof::{Checkpoint, Entry, SignedHead};
use crate::{EventLog, Hash, LogError, Placement, Recorded};

/// Entries read at once.
const PAGE: usize = 1_000;

/// A tenant's tree, up to the last event that was taken.
pub(super) struct TenantTree {
    pub(super) growing: Growing,
    /// The size of its last checkpoint.
    sealed: u64,
}

impl TenantTree {
    pub(super) fn next_ordinal(&self) -> i64 {
        i64::try_from(self.growing.frontier.size() + 1).unwrap_or(i64::MAX)
    }

    pub(super) fn unsealed(&self) -> u64 {
        self.growing.frontier.size() - self.sealed
    }

    pub(super) fn push(&mut self, event: &Recorded) {
        self.growing.push(&event.leaf_hash);
    }
}

/// A tree as it was found.
pub(super) enum Loaded<'a> {
    Ready(&'a mut TenantTree),
    Broken(Finding),
}

pub(super) struct Grove {
    log: Arc<dyn EventLog>,
    key: VerifierKey,
    trees: HashMap<TenantId, TenantTree>,
    /// `None` before the first round.
    installation: Option<Growing>,
    /// The size of the installation's last checkpoint.
    signed: u64,
}

impl Grove {
    pub(super) fn new(log: Arc<dyn EventLog>, key: VerifierKey) -> Self {
        Self { log, key, trees: HashMap::new(), installation: None, signed: 0 }
    }

    /// The tenant's tree as its last checkpoint left it, and as it grew since.
    pub(super) async fn load(&mut self, place: &Placement) -> Result<Loaded<'_>, LogError> {
        if !self.trees.contains_key(&place.tenant) {
            match self.open(place).await? {
                Ok(tree) => drop(self.trees.insert(place.tenant.clone(), tree)),
                Err(finding) => return Ok(Loaded::Broken(finding)),
            }
        }
        match self.trees.get_mut(&place.tenant) {
            Some(tree) => Ok(Loaded::Ready(tree)),
            None => Err(LogError::Unusable("a tree is gone".to_owned())),
        }
    }

    async fn open(&self, place: &Placement) -> Result<Result<TenantTree, Finding>, LogError> {
        let (store, tenant) = (self.log.proofs()?, &place.tenant);
        let tree = Tree::Tenant(place.clone());
        let Some(entry) = store.head_of(tenant, i64::MAX).await? else {
            let growing = Growing::new(tree, Frontier::default());
            return Ok(Ok(TenantTree { growing, sealed: 0 }));
        };
        let head = &entry.head;
        let origin = tenant_origin(self.log.installation(), tenant);
        if let Err(flaw) = head.holds(&self.key, &origin) {
            return Ok(Err(Finding::of_tenant(tenant, head.size, flaw)));
        }
        let newest = store.newest_ordinal(place).await?;
        if newest < head.size {
            let flaw = Flaw::CutOff { sealed: head.size };
            return Ok(Err(Finding::of_tenant(tenant, newest + 1, flaw)));
        }
        let size = head.size.unsigned_abs();
        let frontier = match frontier(&*self.log, &tree, size, &head.root).await {
            Ok(frontier) => frontier,
            Err(LogError::Integrity { partition, position, .. }) => {
                let finding = Finding::of_position(partition, position, Flaw::Hole);
                return Ok(Err(Finding { tenant: Some(tenant.clone()), ..finding }));
            }
            Err(error) => return Err(error),
        };
        Ok(match frontier {
            Some(frontier) => {
                Ok(TenantTree { growing: Growing::new(tree, frontier), sealed: size })
            }
            None => Err(Finding::of_tenant(tenant, 1, Flaw::Root { to: head.size })),
        })
    }

    pub(super) fn loaded(&mut self, tenant: &TenantId) -> Option<&mut TenantTree> {
        self.trees.get_mut(tenant)
    }

    pub(super) fn forget(&mut self, tenant: &TenantId) {
        self.trees.remove(tenant);
    }

    /// Tenants whose trees grew beyond their checkpoints.
    pub(super) fn grown(&self) -> Vec<TenantId> {
        let grown = self.trees.iter().filter(|(_, tree)| tree.unsealed() > 0);
        let mut grown: Vec<_> = grown.map(|(tenant, _)| tenant.clone()).collect();
        grown.sort_unstable();
        grown
    }

    /// Forgets what has grown, and says whose it was.
    pub(super) fn forget_unsealed(&mut self) -> BTreeSet<TenantId> {
        let grown: BTreeSet<_> = self.grown().into_iter().collect();
        self.trees.retain(|tenant, _| !grown.contains(tenant));
        grown
    }

    pub(super) fn keep_at_most(&mut self, most: usize) {
        if self.trees.len() > most {
            self.trees.retain(|_, tree| tree.unsealed() > 0);
        }
    }

    /// Entries of the installation's tree.
    pub(super) fn entries(&self) -> i64 {
        let size = self.installation.as_ref().map_or(0, |tree| tree.frontier.size());
        i64::try_from(size).unwrap_or(i64::MAX)
    }

    /// Notes that these entries landed.
    pub(super) fn sealed(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Some(tree) = self.trees.get_mut(&entry.tenant) {
                tree.sealed = entry.head.size.unsigned_abs();
            }
            if let Some(installation) = &mut self.installation {
                installation.push(&entry_leaf(entry));
            }
        }
    }

    /// Takes up what other nodes sealed, and what was sealed before this one started.
    /// The flaw that ends it, if there is one.
    pub(super) async fn follow(&mut self) -> Result<Option<Finding>, LogError> {
        if self.installation.is_none()
            && let Err(finding) = self.open_installation().await?
        {
            return Ok(Some(finding));
        }
        loop {
            let entries = self.log.proofs()?.entries(self.entries(), PAGE).await?;
            for entry in &entries {
                if entry.number != self.entries() + 1 {
                    let missing = self.entries() + 1;
                    return Ok(Some(Finding::of_entry(missing, Flaw::EntryMissing)));
                }
                // Its tree is read again when it is needed.
                self.trees.remove(&entry.tenant);
                self.sealed(std::slice::from_ref(entry));
            }
            if entries.len() < PAGE {
                return Ok(None);
            }
        }
    }

    async fn open_installation(&mut self) -> Result<Result<(), Finding>, LogError> {
        let store = self.log.proofs()?;
        let newest = store.installation_head(i64::MAX, DateTime::<Utc>::MAX_UTC).await?;
        let mut begun = Frontier::default();
        if let Some(head) = newest {
            let origin = installation_origin(self.log.installation());
            if let Err(flaw) = head.holds(&self.key, &origin) {
                return Ok(Err(Finding::of_entry(head.size, flaw)));
            }
            let (size, root) = (head.size.unsigned_abs(), head.root);
            match frontier(&*self.log, &Tree::Installation, size, &root).await? {
                Some(frontier) => begun = frontier,
                None => return Ok(Err(Finding::of_entry(head.size, Flaw::Entries))),
            }
        }
        self.signed = begun.size();
        self.installation = Some(Growing::new(Tree::Installation, begun));
        Ok(Ok(()))
    }

    /// Signs the installation's head, if it grew.
    pub(super) async fn sign_installation(
        &mut self,
        key: &SigningKey,
        now: DateTime<Utc>,
    ) -> Result<(), LogError> {
        let size = self.entries();
        let Some(growing) = &mut self.installation else { return Ok(()) };
        if growing.frontier.size() == self.signed {
            return Ok(());
        }
        let store = self.log.proofs()?;
        growing.save(store).await?;
        let root = growing.frontier.root();
        let origin = installation_origin(self.log.installation());
        let signed = Checkpoint { origin, size: growing.frontier.size(), root, signed_at: now };
        let head = SignedHead { size, root, signed_at: now, note: signed.sign(key) };
        store.add_installation_head(&head).await?;
        self.signed = signed.size;
        Ok(())
    }
}

/// The tree at a size, if it has this root. Stored hashes that do not lead there are made again
/// from the leaves before the leaves are blamed.
async fn frontier(
    log: &dyn EventLog,
    tree: &Tree,
    size: u64,
    root: &Hash,
) -> Result<Option<Frontier>, LogError> {
    let store = log.proofs()?;
    match forest::frontier(store, tree, size).await {
        Ok(frontier) if frontier.root() == *root => {
            let stands = forest::end_stands(store, tree, size).await?;
            return Ok(stands.then_some(frontier));
        }
        Ok(_) | Err(LogError::Unusable(_)) => {}
        Err(error) => return Err(error),
    }
    let frontier = forest::rebuild(store, tree, size).await?;
    Ok((frontier.root() == *root).then_some(frontier))
}
