//! The states at hand, within a budget of memory.

use std::collections::HashMap;

use domain::TenantId;

use super::state::State;

/// The hot tenants. The least recently used give way when the budget is spent.
pub(super) struct States {
    by_tenant: HashMap<TenantId, State>,
    weight: usize,
    budget: usize,
    /// Counts uses, so that they can be compared.
    uses: u64,
}

impl States {
    pub(super) fn new(budget: usize) -> Self {
        Self { by_tenant: HashMap::new(), weight: 0, budget, uses: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.by_tenant.len()
    }

    pub(super) fn has(&self, tenant: &TenantId) -> bool {
        self.by_tenant.contains_key(tenant)
    }

    /// The state of a tenant, which counts as used now.
    pub(super) fn get_mut(&mut self, tenant: &TenantId) -> Option<&mut State> {
        let state = self.by_tenant.get_mut(tenant)?;
        self.uses += 1;
        state.used = self.uses;
        Some(state)
    }

    pub(super) fn insert(&mut self, mut state: State) {
        self.uses += 1;
        state.used = self.uses;
        let tenant = state.tenant.id.clone();
        self.remove(&tenant);
        self.by_tenant.insert(tenant.clone(), state);
        self.weigh(&tenant);
    }

    pub(super) fn remove(&mut self, tenant: &TenantId) -> Option<State> {
        let state = self.by_tenant.remove(tenant)?;
        self.weight -= state.weighed;
        Some(state)
    }

    /// Takes out all states of a partition.
    pub(super) fn remove_partition(&mut self, partition: i32) -> Vec<State> {
        let gone = self.by_tenant.extract_if(|_, state| state.partition == partition);
        let gone: Vec<_> = gone.map(|(_, state)| state).collect();
        self.weight -= gone.iter().map(|state| state.weighed).sum::<usize>();
        gone
    }

    /// Puts a state that changed on the scales again.
    pub(super) fn weigh(&mut self, tenant: &TenantId) {
        if let Some(state) = self.by_tenant.get_mut(tenant) {
            let weighs = state.weight();
            self.weight = self.weight - state.weighed + weighs;
            state.weighed = weighs;
        }
    }

    /// Takes out the least recently used states while the budget is overspent, and a tenth of it
    /// more, so that this is done seldom. The one used last stays, whatever it weighs.
    pub(super) fn evict(&mut self) -> Vec<State> {
        if self.weight <= self.budget {
            return Vec::new();
        }
        let uses = self.by_tenant.iter().map(|(tenant, state)| (state.used, tenant.clone()));
        let mut uses: Vec<_> = uses.collect();
        uses.sort_unstable();
        uses.pop();
        let mut gone = Vec::new();
        for (_, tenant) in uses {
            if self.weight <= self.budget / 10 * 9 {
                break;
            }
            gone.extend(self.remove(&tenant));
        }
        gone
    }

    /// Takes out all of them.
    pub(super) fn clear(&mut self) -> Vec<State> {
        self.weight = 0;
        self.by_tenant.drain().map(|(_, state)| state).collect()
    }
}
