//! Creates a role: a name for what it grants, and for the permissions that come with it (Akamai IAM v3, "Create a role").

use std::collections::BTreeSet;

use domain::{
    Aggregate, Event, GrantableRole, GrantedRoleId, Permission, Right, RoleCreated, RoleId,
    RoleKind, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{DESCRIPTION_MAX, NAME_MAX, first_not_held, granted};
use crate::names::{bytes_of, is_description, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Creates a role: a name for what it grants, and for the permissions that come with it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRole {
    /// 1 to 70 characters; no other role of the tenant has it.
    pub name: String,
    /// At most 250 characters.
    #[serde(default)]
    pub description: String,
    /// `custom` if absent.
    #[serde(default = "custom")]
    #[schemars(with = "String", extend("enum" = ["custom", "standard", "account"]))]
    pub kind: RoleKind,
    /// `read`, `group.admin`, `user.admin`, `role.admin`, `asset.move`, `client.admin`. The
    /// grantable roles that come to these are granted.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Ids of grantable roles, beside those.
    #[serde(default)]
    #[schemars(with = "Vec<i64>")]
    pub granted_roles: Vec<GrantedRoleId>,
}

fn custom() -> RoleKind {
    RoleKind::Custom
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateRoleRejection {
    #[error("a role's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("role {0} has that name")]
    NameTaken(RoleId),
    #[error("a role's description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
    #[error("there is no permission {0}")]
    PermissionUnknown(String),
    #[error("there is no grantable role {0}")]
    GrantedRoleUnknown(GrantedRoleId),
    #[error("whoever does not hold {} wherever the role is held cannot have it granted", .0.as_str())]
    NotHeld(Permission),
}

impl Rejection for CreateRoleRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => {
                Refusal::conflict("name_taken", vec![Aggregate::role(*by)]).about("name")
            }
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
            Self::PermissionUnknown(_) => Refusal::invalid("permission_unknown", "permissions"),
            Self::GrantedRoleUnknown(_) => Refusal::invalid("granted_role_unknown", "grantedRoles"),
            Self::NotHeld(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

impl Command for CreateRole {
    type Rejection = CreateRoleRejection;
    type Fresh = RoleId;
    const NAME: &'static str = "CreateRole";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        let texts = self.name.len() + self.description.len() + bytes_of(&self.permissions);
        size_of_val(self) + texts + size_of_val(self.granted_roles.as_slice())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<RoleId, SealError> {
        mint.number().map(RoleId)
    }

    fn target(&self, _: &Tenant, context: &Context<RoleId>) -> Aggregate {
        Aggregate::role(context.fresh)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<RoleId>,
    ) -> Result<Vec<Event>, CreateRoleRejection> {
        use CreateRoleRejection as No;

        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        if let Some(by) = tenant.roles.named(&self.name) {
            return Err(No::NameTaken(by));
        }
        if !is_description(&self.description, DESCRIPTION_MAX) {
            return Err(No::DescriptionInvalid);
        }
        let read = |name: &String| {
            Permission::from_name(name).ok_or_else(|| No::PermissionUnknown(name.clone()))
        };
        let mut permissions: BTreeSet<_> =
            self.permissions.iter().map(read).collect::<Result<_, _>>()?;
        let mut granted_roles =
            granted(&tenant.catalog, &self.granted_roles).map_err(No::GrantedRoleUnknown)?;
        granted_roles.extend(GrantableRole::covered_by(&permissions));
        permissions.extend(tenant.catalog.permissions_of(&granted_roles));
        let asked = permissions.iter().copied();
        if let Some(no) = first_not_held(asked, context.fresh, tenant, &context.authority) {
            return Err(No::NotHeld(no));
        }
        let fact = RoleCreated {
            role: context.fresh,
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind,
            permissions,
            granted_roles,
        };
        Ok(vec![fact.into()])
    }

    fn reply(fresh: &RoleId) -> Map<String, Value> {
        Map::from_iter([("role".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
    use domain::{Authority, GroupId};
    use serde_json::json;

    use super::*;
    use crate::access::sample::tenant;

    fn decide(body: Value) -> Result<Vec<Event>, CreateRoleRejection> {
        let command: CreateRole = serde_json::from_value(body).unwrap();
        command.decide(&tenant(), &Context::sample(RoleId(7)))
    }

    #[test]
    fn a_role_holds_permissions_under_a_name_of_its_own() {
        let fact = RoleCreated {
            role: RoleId(7),
            name: "editor".to_owned(),
            description: String::new(),
            kind: RoleKind::Custom,
            permissions: [Permission::Read, Permission::AssetMove].into(),
            granted_roles: [GrantedRoleId(1001), GrantedRoleId(1005)].into(),
        };
        let expected = Ok(vec![fact.into()]);
        for what in [
            json!({"name": "editor", "permissions": ["asset.move", "read", "read"]}),
            json!({"name": "editor", "grantedRoles": [1005, 1001, 1005]}),
            json!({"name": "editor", "permissions": ["read"], "grantedRoles": [1005]}),
        ] {
            assert_eq!(decide(what), expected);
        }
    }

    #[test]
    fn a_role_may_grant_nothing() {
        let decided = decide(json!({"name": "editor", "grantedRoles": []})).unwrap();
        let Event::RoleCreated(fact) = &decided[0] else { panic!("{decided:?}") };
        assert!(fact.permissions.is_empty() && fact.granted_roles.is_empty());
    }

    #[test]
    fn nobody_makes_a_role_wider_than_what_they_hold() {
        let decide = |granted: &[i64]| {
            let granted = granted.iter().copied().map(GrantedRoleId).collect();
            let body = json!({"name": "editor"});
            let command: CreateRole = serde_json::from_value(body).unwrap();
            let command = CreateRole { granted_roles: granted, ..command };
            let authority = Authority::On(vec![(GroupId(1), [Permission::RoleAdmin].into())]);
            let context = Context { authority, ..Context::sample(RoleId(7)) };
            command.decide(&tenant(), &context)
        };
        assert_eq!(decide(&[1004]).map(|events| events.len()), Ok(1));
        assert_eq!(decide(&[]).map(|events| events.len()), Ok(1));
        let no = CreateRoleRejection::NotHeld(Permission::ClientAdmin);
        assert_eq!(decide(&[1004, 1006]), Err(no));
    }

    #[test]
    fn refuses_what_no_role_can_be() {
        use CreateRoleRejection as No;
        let with = |name: &str, description: String, permission: &str| {
            let permissions = [permission];
            decide(json!({"name": name, "description": description, "permissions": permissions}))
        };
        let unknown = No::PermissionUnknown("fly".to_owned());
        assert_eq!(with(&"x".repeat(71), String::new(), "read"), Err(No::NameInvalid));
        assert_eq!(with("viewer", String::new(), "read"), Err(No::NameTaken(RoleId(2))));
        assert_eq!(with("a", "x".repeat(251), "read"), Err(No::DescriptionInvalid));
        assert_eq!(with("a", String::new(), "fly"), Err(unknown));
        let unknown = No::GrantedRoleUnknown(GrantedRoleId(7));
        assert_eq!(decide(json!({"name": "a", "grantedRoles": [1001, 7]})), Err(unknown));
    }
}
