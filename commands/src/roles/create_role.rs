//! Creates a role: a named set of permissions (Akamai IAM v3, "Create a role").

use domain::{Aggregate, Event, Permission, Right, RoleCreated, RoleId, RoleKind, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::names::{bytes_of, is_description, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

const NAME_MAX: usize = 70;
const DESCRIPTION_MAX: usize = 250;

/// Creates a role: a named set of permissions.
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
    /// `read`, `group.admin`, `user.admin`, `role.admin`, `asset.move`, `client.admin`.
    pub permissions: Vec<String>,
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
        size_of_val(self) + self.name.len() + self.description.len() + bytes_of(&self.permissions)
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
        let fact = RoleCreated {
            role: context.fresh,
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind,
            permissions: self.permissions.iter().map(read).collect::<Result<_, _>>()?,
        };
        Ok(vec![fact.into()])
    }

    fn reply(fresh: &RoleId) -> Map<String, Value> {
        Map::from_iter([("role".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
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
        };
        let permissions = ["asset.move", "read", "read"];
        let decided = decide(json!({"name": "editor", "permissions": permissions}));
        assert_eq!(decided, Ok(vec![fact.into()]));
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
    }
}
