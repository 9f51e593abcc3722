//! The catalogue of an account: what it has from its provider, and what roles, API clients and
//! users are put together from. No published operation makes any of it (Akamai IAM v3), so native
//! commands register it, entry by entry or as one document.

mod contract_types;
mod entries;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    ApiId, ContractTypeId, CpCodeId, Event, GrantableRole, GrantedRoleId, GroupId, Permission,
    RoleId, Tenant, TenantId,
};

pub use contract_types::{Assignee, ContractType, ContractTypeAssigned, ContractTypes};
pub use entries::{AccessLevel, Api, CpCode, Product, SwitchKey};

/// An entry came into the catalogue, or is another from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered<T> {
    pub before: Option<T>,
    pub after: T,
}

pub type ContractTypeRegistered = Registered<ContractType>;
pub type ApiRegistered = Registered<Api>;
pub type CpCodeRegistered = Registered<CpCode>;
pub type ProductRegistered = Registered<Product>;
pub type SwitchKeyRegistered = Registered<SwitchKey>;
pub type GrantableRoleRegistered = Registered<GrantableRole>;

/// The catalogue of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    pub contract_types: ContractTypes,
    apis: BTreeMap<ApiId, Api>,
    cp_codes: BTreeMap<CpCodeId, CpCode>,
    products: BTreeSet<Product>,
    switch_keys: BTreeMap<String, SwitchKey>,
    grantable_roles: BTreeMap<GrantedRoleId, GrantableRole>,
}

impl Catalog {
    pub fn api(&self, id: ApiId) -> Option<&Api> {
        self.apis.get(&id)
    }

    /// All APIs, by id.
    pub fn apis(&self) -> impl Iterator<Item = &Api> {
        self.apis.values()
    }

    pub fn cp_code(&self, id: CpCodeId) -> Option<&CpCode> {
        self.cp_codes.get(&id)
    }

    /// The CP codes that lie in `group` itself, by id.
    pub fn cp_codes_in(&self, group: GroupId) -> impl Iterator<Item = &CpCode> {
        self.cp_codes.values().filter(move |code| code.group == group)
    }

    pub fn has_product(&self, product: &Product) -> bool {
        self.products.contains(product)
    }

    pub fn switch_key(&self, key: &str) -> Option<&SwitchKey> {
        self.switch_keys.get(key)
    }

    /// The grantable role of that id: one that is built in, or one of this tenant.
    pub fn grantable_role(&self, id: GrantedRoleId) -> Option<&GrantableRole> {
        GrantableRole::find(id).or_else(|| self.grantable_roles.get(&id))
    }

    /// What these grantable roles give together. Ids that are in no catalogue give nothing.
    pub fn permissions_of(&self, ids: &BTreeSet<GrantedRoleId>) -> BTreeSet<Permission> {
        let entries = ids.iter().filter_map(|id| self.grantable_role(*id));
        entries.flat_map(|entry| entry.permissions.iter()).copied().collect()
    }

    pub fn len(&self) -> usize {
        let registers =
            [self.apis.len(), self.cp_codes.len(), self.products.len(), self.switch_keys.len()];
        registers.iter().sum::<usize>() + self.grantable_roles.len() + self.contract_types.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Folds one fact of the catalogue in; others do not concern it.
    pub fn apply(&mut self, event: &Event) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of the catalogue")]
        match event {
            Event::ContractTypeRegistered(fact) => self.contract_types.registered(fact),
            Event::ContractTypeAssigned(fact) => self.contract_types.assigned(fact),
            Event::ApiRegistered(fact) => {
                self.apis.insert(fact.after.id, fact.after.clone());
            }
            Event::CpCodeRegistered(fact) => {
                self.cp_codes.insert(fact.after.id, fact.after.clone());
            }
            Event::ProductRegistered(fact) => {
                self.products.insert(fact.after.clone());
            }
            Event::SwitchKeyRegistered(fact) => {
                self.switch_keys.insert(fact.after.key.clone(), fact.after.clone());
            }
            Event::GrantableRoleRegistered(fact) => {
                self.grantable_roles.insert(fact.after.id, fact.after.clone());
            }
            _ => {}
        }
    }
}

impl Tenant {
    /// The contract type of the hierarchy that `group` is in; `None` where there are none.
    pub fn contract_type_of_group(&self, group: GroupId) -> Option<&ContractTypeId> {
        let root = self.groups.line(group).last()?;
        self.catalog.contract_types.of_root(root)
    }

    /// Whether a role may be granted on a group: they belong to the same contract type (Akamai
    /// IAM v3, "Roles").
    pub fn role_fits(&self, role: RoleId, group: GroupId) -> bool {
        self.contract_type_of_group(group) == self.catalog.contract_types.of_role(role)
    }

    /// The tenant that an account switch key leads to, if it is in the catalogue.
    pub fn led_to_by(&self, key: &str) -> Option<&TenantId> {
        self.catalog.switch_key(key).map(|key| &key.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroupCreated;

    fn id(text: &str) -> ContractTypeId {
        ContractTypeId(text.to_owned())
    }

    /// Contract types `a` and `b`; root 1 with group 2 below, root 3.
    fn tenant() -> Tenant {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        for (group, parent) in [(1, None), (2, Some(1)), (3, None)] {
            let (group, parent) = (GroupId(group), parent.map(GroupId));
            tenant.groups.created(&GroupCreated { group, parent, name: String::new() });
        }
        for text in ["b", "a"] {
            let after = ContractType { id: id(text), name: text.to_owned() };
            tenant.apply(&ContractTypeRegistered { before: None, after }.into());
        }
        tenant
    }

    fn assign(tenant: &mut Tenant, to: Assignee, contract_type: &str) {
        let after = id(contract_type);
        tenant.apply(&ContractTypeAssigned { to, before: None, after }.into());
    }

    #[test]
    fn what_is_assigned_nowhere_belongs_to_the_first_contract_type() {
        let tenant = tenant();
        assert_eq!(tenant.contract_type_of_group(GroupId(2)), Some(&id("b")));
        assert!(tenant.role_fits(RoleId(9), GroupId(2)));
        let bare = Tenant::unborn(TenantId::new("acme").unwrap());
        assert_eq!(bare.contract_type_of_group(GroupId(2)), None);
        assert!(bare.role_fits(RoleId(9), GroupId(2)));
    }

    #[test]
    fn a_role_fits_the_hierarchies_of_its_contract_type() {
        let mut tenant = tenant();
        assign(&mut tenant, Assignee::Group(GroupId(1)), "a");
        let fits = |tenant: &Tenant| [1, 2, 3].map(|id| tenant.role_fits(RoleId(9), GroupId(id)));
        assert_eq!(fits(&tenant), [false, false, true]);
        assign(&mut tenant, Assignee::Role(RoleId(9)), "a");
        assert_eq!(fits(&tenant), [true, true, false]);
    }

    #[test]
    fn grantable_roles_of_the_tenant_stand_beside_the_built_in_ones() {
        let mut tenant = tenant();
        let ids = [GrantedRoleId(1001), GrantedRoleId(2001)].into();
        assert_eq!(tenant.catalog.permissions_of(&ids), [Permission::Read].into());
        let after = GrantableRole {
            id: GrantedRoleId(2001),
            name: "Edge".into(),
            description: "Edge".into(),
            permissions: vec![Permission::AssetMove].into(),
        };
        tenant.apply(&GrantableRoleRegistered { before: None, after }.into());
        let both = [Permission::Read, Permission::AssetMove].into();
        assert_eq!(tenant.catalog.permissions_of(&ids), both);
    }
}
