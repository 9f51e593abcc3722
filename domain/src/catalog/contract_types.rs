//! Contract types: what an account's hierarchies and roles belong to, and so which go together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ContractTypeRegistered;
use crate::{ContractTypeId, GroupId, RoleId};

/// A kind of contract that an account has with its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractType {
    pub id: ContractTypeId,
    pub name: String,
}

/// What belongs to a contract type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// The root of a hierarchy, and all below it.
    Group(GroupId),
    Role(RoleId),
}

/// A hierarchy or a role belongs to another contract type from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTypeAssigned {
    pub to: Assignee,
    pub before: Option<ContractTypeId>,
    pub after: ContractTypeId,
}

/// The contract types of an account, and what belongs to which. What was never assigned belongs to
/// the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTypes {
    /// In the order they were registered.
    all: Vec<ContractType>,
    of_roots: BTreeMap<GroupId, ContractTypeId>,
    of_roles: BTreeMap<RoleId, ContractTypeId>,
}

impl ContractTypes {
    /// The contract types in their order, and what was assigned to them.
    pub fn new(
        all: Vec<ContractType>,
        assigned: impl IntoIterator<Item = (Assignee, ContractTypeId)>,
    ) -> Self {
        let mut types = Self { all, ..Self::default() };
        assigned.into_iter().for_each(|(to, contract_type)| types.assign(to, contract_type));
        types
    }

    /// In the order they were registered.
    pub fn all(&self) -> &[ContractType] {
        &self.all
    }

    /// What was assigned to which: hierarchies by their roots, then roles.
    pub fn assigned_to(&self) -> impl Iterator<Item = (Assignee, &ContractTypeId)> {
        let groups = self.of_roots.iter().map(|(root, of)| (Assignee::Group(*root), of));
        groups.chain(self.of_roles.iter().map(|(role, of)| (Assignee::Role(*role), of)))
    }

    pub fn get(&self, id: &ContractTypeId) -> Option<&ContractType> {
        self.all.iter().find(|it| it.id == *id)
    }

    pub fn len(&self) -> usize {
        self.all.len() + self.of_roots.len() + self.of_roles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the hierarchy under `root` belongs to; `None` where there are no contract types.
    pub fn of_root(&self, root: GroupId) -> Option<&ContractTypeId> {
        self.of_roots.get(&root).or_else(|| self.first())
    }

    /// What a role belongs to; `None` where there are no contract types.
    pub fn of_role(&self, role: RoleId) -> Option<&ContractTypeId> {
        self.of_roles.get(&role).or_else(|| self.first())
    }

    fn first(&self) -> Option<&ContractTypeId> {
        self.all.first().map(|it| &it.id)
    }

    pub(super) fn registered(&mut self, fact: &ContractTypeRegistered) {
        match self.all.iter_mut().find(|it| it.id == fact.after.id) {
            Some(held) => held.clone_from(&fact.after),
            None => self.all.push(fact.after.clone()),
        }
    }

    pub(super) fn assigned(&mut self, fact: &ContractTypeAssigned) {
        self.assign(fact.to, fact.after.clone());
    }

    fn assign(&mut self, to: Assignee, contract_type: ContractTypeId) {
        match to {
            Assignee::Group(root) => self.of_roots.insert(root, contract_type),
            Assignee::Role(role) => self.of_roles.insert(role, contract_type),
        };
    }

    /// A role that is gone belongs to nothing.
    pub(crate) fn role_deleted(&mut self, role: RoleId) {
        self.of_roles.remove(&role);
    }
}
