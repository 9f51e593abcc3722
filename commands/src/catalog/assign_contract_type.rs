//! Has a hierarchy of groups, or a role, belong to a contract type. A role can be held on groups of
//! its own contract type only (Akamai IAM v3, "Roles"), so nothing moves away from what is held.

use domain::{
    Actor, Aggregate, Assignee, Catalog, ContractTypeAssigned, ContractTypeId, ContractTypes,
    Event, GroupId, RoleId, Tenant,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatalogFault, Entry, registers};
use crate::Command;

/// Has a hierarchy of groups, or a role, belong to a contract type.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignContractType {
    pub to: AssignedTo,
    #[schemars(with = "String")]
    pub contract_type: ContractTypeId,
}

/// What a contract type is assigned to.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AssignedTo {
    /// The root of a hierarchy.
    Group(#[schemars(with = "i64")] GroupId),
    Role(#[schemars(with = "i64")] RoleId),
}

impl Entry for AssignContractType {
    fn fact(
        &self,
        tenant: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        let types = &catalog.contract_types;
        let after = types.get(&self.contract_type).map(|it| it.id.clone());
        let unknown = || CatalogFault::ContractTypeUnknown(self.contract_type.clone());
        let after = after.ok_or_else(unknown)?;
        let (to, before) = match self.to {
            AssignedTo::Group(id) => {
                let group = tenant.groups.get(id).ok_or(CatalogFault::GroupUnknown(id))?;
                if group.parent.is_some() {
                    return Err(CatalogFault::GroupNotRoot(id));
                }
                (Assignee::Group(id), types.of_root(id))
            }
            AssignedTo::Role(id) => {
                tenant.roles.get(id).ok_or(CatalogFault::RoleUnknown(id))?;
                (Assignee::Role(id), types.of_role(id))
            }
        };
        let before = before.cloned();
        let is_new = before.as_ref() != Some(&after);
        Ok(is_new.then(|| ContractTypeAssigned { to, before, after }.into()))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.contract_type.as_str().len()
    }
}

/// Refuses contract types under which somebody would hold a role on a group of another one. A
/// document is looked at as a whole: a role can go along with the hierarchy it is held in.
pub(super) fn check(tenant: &Tenant, after: &ContractTypes) -> Result<(), CatalogFault> {
    if *after == tenant.catalog.contract_types {
        return Ok(());
    }
    let crosses = |group, role| {
        let root = tenant.groups.line(group).last();
        root.is_some_and(|root| after.of_root(root) != after.of_role(role))
    };
    let users = tenant.users.iter().filter(|(_, user)| {
        let mut grants = user.grants.groups.iter();
        grants.any(|held| held.role.is_some_and(|role| crosses(held.group, role)))
    });
    let clients = tenant.clients.iter().filter(|(_, client)| {
        client.access.groups.roles().any(|held| crosses(held.group, held.role))
    });
    let by: Vec<_> = users
        .map(|(id, _)| Aggregate::user(id))
        .chain(clients.map(|(id, _)| Aggregate::client(*id)))
        .collect();
    if by.is_empty() { Ok(()) } else { Err(CatalogFault::HeldAcross { by }) }
}

impl Command for AssignContractType {
    registers!("AssignContractType", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::{Role, RoleCreated, RoleKind, UserId};
    use serde_json::{Value, json};

    use super::super::RegisterCatalog;
    use super::super::sample::{after, decide, tenant};
    use super::*;
    use crate::clients;

    fn assigned(to: Value, contract_type: &str) -> Result<Vec<Event>, CatalogFault> {
        decide::<AssignContractType>(&free(), json!({"to": to, "contractType": contract_type}))
    }

    /// With a role 5 that nobody holds, and a root 9 on which nothing is held.
    fn free() -> Tenant {
        let mut tenant = tenant();
        let Some(Role { kind, content }) = tenant.roles.get(RoleId(2)).cloned() else {
            panic!("no role 2");
        };
        assert_eq!(kind, RoleKind::Standard);
        tenant.roles.created(&RoleCreated {
            role: RoleId(5),
            name: "free".to_owned(),
            description: content.description,
            kind,
            permissions: content.permissions,
            granted_roles: content.granted_roles,
        });
        let (group, name) = (GroupId(9), "free".to_owned());
        tenant.groups.created(&domain::GroupCreated { group, parent: None, name });
        tenant
    }

    fn fact(to: Assignee) -> Event {
        let id = |text: &str| ContractTypeId(text.to_owned());
        ContractTypeAssigned { to, before: Some(id("one")), after: id("two") }.into()
    }

    #[test]
    fn a_hierarchy_or_a_role_goes_to_another_contract_type() {
        assert_eq!(
            assigned(json!({"group": 9}), "two"),
            Ok(vec![fact(Assignee::Group(GroupId(9)))])
        );
        assert_eq!(assigned(json!({"role": 5}), "two"), Ok(vec![fact(Assignee::Role(RoleId(5)))]));
        assert_eq!(assigned(json!({"role": 5}), "one"), Ok(vec![]), "that is where it is");
    }

    #[test]
    fn refuses_what_is_not_there_and_groups_inside_a_hierarchy() {
        use CatalogFault as No;
        let three = ContractTypeId("three".to_owned());
        assert_eq!(assigned(json!({"role": 5}), "three"), Err(No::ContractTypeUnknown(three)));
        assert_eq!(assigned(json!({"role": 7}), "two"), Err(No::RoleUnknown(RoleId(7))));
        assert_eq!(assigned(json!({"group": 7}), "two"), Err(No::GroupUnknown(GroupId(7))));
        assert_eq!(assigned(json!({"group": 3}), "two"), Err(No::GroupNotRoot(GroupId(3))));
    }

    #[test]
    fn nothing_goes_away_from_what_is_held() {
        let user = Aggregate::user(&UserId("A-B-9".to_owned()));
        let client = Aggregate::client(clients::sample::id(1));
        let held = |by| Err(CatalogFault::HeldAcross { by });
        assert_eq!(assigned(json!({"group": 1}), "two"), held(vec![user.clone()]));
        assert_eq!(assigned(json!({"group": 4}), "two"), held(vec![client.clone()]));
        assert_eq!(assigned(json!({"role": 2}), "two"), held(vec![user, client]));
    }

    #[test]
    fn a_role_goes_along_with_all_hierarchies_it_is_held_in() {
        let to = |to: Value| json!({"to": to, "contractType": "two"});
        let all = [json!({"group": 1}), json!({"group": 4}), json!({"role": 2})].map(to);
        let tenant = after::<RegisterCatalog>(free(), json!({"assignments": all}));
        assert!(
            tenant.role_fits(RoleId(2), GroupId(3)) && !tenant.role_fits(RoleId(5), GroupId(3))
        );
    }
}
