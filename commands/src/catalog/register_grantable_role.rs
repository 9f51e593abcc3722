//! Registers something that roles of this account may grant, beside what is built in.

use std::collections::BTreeSet;

use domain::{Actor, Aggregate, Catalog, Event, GrantableRole, GrantedRoleId, Permission, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    CatalogFault, DESCRIPTION_MAX, Entry, NAME_MAX, check_number, check_text, registered, registers,
};
use crate::Command;

/// Registers something that roles of this account may grant, or describes it anew. What it carries
/// stays while a role grants it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterGrantableRole {
    /// As the provider numbers it; not that of one that is built in.
    #[schemars(with = "i64")]
    pub id: GrantedRoleId,
    /// 1 to 256 characters.
    pub name: String,
    /// 1 to 1,000 characters.
    pub description: String,
    /// `read`, `group.admin`, `user.admin`, `role.admin`, `asset.move`, `client.admin`.
    #[schemars(with = "Vec<String>")]
    pub permissions: BTreeSet<Permission>,
}

impl Entry for RegisterGrantableRole {
    fn fact(
        &self,
        tenant: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        let id = self.id;
        check_number("id", id.0)?;
        if GrantableRole::find(id).is_some() {
            return Err(CatalogFault::BuiltIn(id));
        }
        check_text("name", &self.name, NAME_MAX)?;
        check_text("description", &self.description, DESCRIPTION_MAX)?;
        if self.permissions.is_empty() {
            return Err(CatalogFault::PermissionsMissing);
        }
        let after = GrantableRole {
            id,
            name: self.name.clone().into(),
            description: self.description.clone().into(),
            permissions: self.permissions.iter().copied().collect::<Vec<_>>().into(),
        };
        let before = catalog.grantable_role(id);
        if before.is_some_and(|before| before.permissions != after.permissions) {
            // Facts of roles hold the permissions that came with it.
            let by: Vec<_> = tenant.roles.granting(id).map(Aggregate::role).collect();
            if !by.is_empty() {
                return Err(CatalogFault::Granted { id, by });
            }
        }
        Ok(registered(before, after))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.name.len() + self.description.len()
    }
}

impl Command for RegisterGrantableRole {
    registers!("RegisterGrantableRole", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::{RoleCreated, RoleId, RoleKind};
    use serde_json::{Value, json};

    use super::super::sample::{after, decide, tenant};
    use super::*;

    fn body(id: i64, name: &str, permissions: &[&str]) -> Value {
        json!({"id": id, "name": name, "description": "does", "permissions": permissions})
    }

    fn send(tenant: &Tenant, body: Value) -> Result<Vec<Event>, CatalogFault> {
        decide::<RegisterGrantableRole>(tenant, body)
    }

    #[test]
    fn a_grantable_role_comes_once_and_never_in_place_of_a_built_in_one() {
        let own = body(2001, "Edge", &["asset.move", "read"]);
        assert_eq!(send(&tenant(), own.clone()).unwrap().len(), 1);
        let tenant = after::<RegisterGrantableRole>(tenant(), own.clone());
        assert_eq!(send(&tenant, own), Ok(vec![]));
        let given = tenant.catalog.permissions_of(&[GrantedRoleId(2001)].into());
        assert_eq!(given, [Permission::Read, Permission::AssetMove].into());
        let built_in = CatalogFault::BuiltIn(GrantedRoleId(1001));
        assert_eq!(send(&tenant, body(1001, "x", &["read"])), Err(built_in));
        assert_eq!(send(&tenant, body(2002, "x", &[])), Err(CatalogFault::PermissionsMissing));
    }

    #[test]
    fn what_it_carries_stays_while_a_role_grants_it() {
        let mut tenant = after::<RegisterGrantableRole>(tenant(), body(2001, "Edge", &["read"]));
        assert_eq!(send(&tenant, body(2001, "Edge", &["asset.move"])).unwrap().len(), 1);
        tenant.roles.created(&RoleCreated {
            role: RoleId(7),
            name: "edge".to_owned(),
            description: String::new(),
            kind: RoleKind::Custom,
            permissions: [Permission::Read].into(),
            granted_roles: [GrantedRoleId(2001)].into(),
        });
        let (id, by) = (GrantedRoleId(2001), vec![Aggregate::role(RoleId(7))]);
        let refused = Err(CatalogFault::Granted { id, by });
        assert_eq!(send(&tenant, body(2001, "Edge", &["asset.move"])), refused);
        assert_eq!(send(&tenant, body(2001, "Edges", &["read"])).unwrap().len(), 1, "its name may");
    }
}
