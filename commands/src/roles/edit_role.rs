//! Renames a custom role, describes it otherwise, or has it grant something else (Akamai IAM v3,
//! "Modify a role").

use domain::{
    Aggregate, Event, GrantedRoleId, Permission, Right, RoleEdited, RoleId, RoleKind, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{DESCRIPTION_MAX, NAME_MAX, first_not_held, granted};
use crate::names::{is_description, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Changes a custom role. What is absent stays as it is; whoever holds the role is held to the
/// change at once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditRole {
    #[schemars(with = "i64")]
    pub role: RoleId,
    /// 1 to 70 characters; no other role of the tenant has it.
    pub name: Option<String>,
    /// At most 250 characters.
    pub description: Option<String>,
    /// Ids of all grantable roles it grants from now on, and so of its permissions.
    #[schemars(with = "Option<Vec<i64>>")]
    pub granted_roles: Option<Vec<GrantedRoleId>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditRoleRejection {
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    #[error("role {0} is not a custom role and cannot be changed")]
    NotCustom(RoleId),
    #[error("a role's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("role {0} has that name")]
    NameTaken(RoleId),
    #[error("a role's description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
    #[error("there is no grantable role {0}")]
    GrantedRoleUnknown(GrantedRoleId),
    #[error("whoever does not hold {} wherever the role is held cannot have it granted", .0.as_str())]
    NotHeld(Permission),
}

impl Rejection for EditRoleRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", "role"),
            Self::NotCustom(_) => Refusal::forbidden("role_not_custom"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => {
                Refusal::conflict("name_taken", vec![Aggregate::role(*by)]).about("name")
            }
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
            Self::GrantedRoleUnknown(_) => Refusal::invalid("granted_role_unknown", "grantedRoles"),
            Self::NotHeld(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

impl Command for EditRole {
    type Rejection = EditRoleRejection;
    type Fresh = ();
    const NAME: &'static str = "EditRole";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        let texts = [&self.name, &self.description].into_iter().flatten().map(String::len);
        let granted = self.granted_roles.as_deref().map_or(0, size_of_val);
        size_of_val(self) + texts.sum::<usize>() + granted
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::role(self.role)
    }

    fn decide(&self, tenant: &Tenant, context: &Context) -> Result<Vec<Event>, EditRoleRejection> {
        use EditRoleRejection as No;

        let role = tenant.roles.get(self.role).ok_or(No::RoleUnknown(self.role))?;
        if role.kind != RoleKind::Custom {
            return Err(No::NotCustom(self.role));
        }
        let mut after = role.content.clone();
        if let Some(name) = &self.name {
            if !is_name(name, NAME_MAX) {
                return Err(No::NameInvalid);
            }
            if let Some(by) = tenant.roles.named(name).filter(|by| *by != self.role) {
                return Err(No::NameTaken(by));
            }
            after.name.clone_from(name);
        }
        if let Some(description) = &self.description {
            if !is_description(description, DESCRIPTION_MAX) {
                return Err(No::DescriptionInvalid);
            }
            after.description.clone_from(description);
        }
        if let Some(ids) = &self.granted_roles {
            after.granted_roles = granted(&tenant.catalog, ids).map_err(No::GrantedRoleUnknown)?;
            after.permissions = tenant.catalog.permissions_of(&after.granted_roles);
        }
        if after == role.content {
            return Ok(Vec::new());
        }
        let added = after.permissions.difference(&role.content.permissions).copied();
        if let Some(no) = first_not_held(added, self.role, tenant, &context.authority) {
            return Err(No::NotHeld(no));
        }
        let before = role.content.clone();
        Ok(vec![RoleEdited { role: self.role, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::{Authority, GrantableRole, GroupCreated, GroupId, RoleContent};
    use serde_json::{Value, json};

    use super::*;
    use crate::roles::sample::{content, held};

    fn decide(body: Value) -> Result<Vec<Event>, EditRoleRejection> {
        let command: EditRole = serde_json::from_value(body).unwrap();
        command.decide(&held(), &Context::sample(()))
    }

    fn edited(after: RoleContent) -> Vec<Event> {
        vec![RoleEdited { role: RoleId(3), before: content(), after }.into()]
    }

    #[test]
    fn what_is_absent_stays() {
        let name = "planner".to_owned();
        let decided = decide(json!({"role": 3, "name": name}));
        assert_eq!(decided, Ok(edited(RoleContent { name, ..content() })));
        let description = String::new();
        let decided = decide(json!({"role": 3, "description": ""}));
        assert_eq!(decided, Ok(edited(RoleContent { description, ..content() })));
    }

    #[test]
    fn what_it_grants_is_replaced_as_a_whole_and_permissions_follow() {
        let after = |permissions: &[Permission]| {
            let permissions = permissions.iter().copied().collect();
            let granted_roles = GrantableRole::covered_by(&permissions);
            Ok(edited(RoleContent { permissions, granted_roles, ..content() }))
        };
        let decided = decide(json!({"role": 3, "grantedRoles": [1005, 1001]}));
        assert_eq!(decided, after(&[Permission::Read, Permission::AssetMove]));
        assert_eq!(decide(json!({"role": 3, "grantedRoles": []})), after(&[]));
    }

    #[test]
    fn nothing_happens_when_nothing_changes() {
        for same in [
            json!({"role": 3}),
            json!({"role": 3, "name": "editor", "description": "edits"}),
            json!({"role": 3, "grantedRoles": [1002, 1001, 1002]}),
        ] {
            assert_eq!(decide(same), Ok(vec![]));
        }
    }

    #[test]
    fn nobody_widens_a_role_beyond_what_they_hold_wherever_it_is_held() {
        let mut tenant = held();
        let (group, parent) = (GroupId(4), Some(GroupId(1)));
        tenant.groups.created(&GroupCreated { group, parent, name: "emea".to_owned() });
        let decide = |granted: &[i64], authority: &Authority| {
            let granted = granted.iter().copied().map(GrantedRoleId).collect();
            let (role, granted_roles) = (RoleId(3), Some(granted));
            let command = EditRole { role, name: None, description: None, granted_roles };
            let context = Context { authority: authority.clone(), ..Context::sample(()) };
            command.decide(&tenant, &context).map(|events| events.len())
        };
        let moves = |group| Authority::On(vec![(GroupId(group), [Permission::AssetMove].into())]);
        let no = |permission| Err(EditRoleRejection::NotHeld(permission));
        assert_eq!(decide(&[1001, 1002, 1005], &moves(1)), Ok(1), "what it has may stay");
        assert_eq!(decide(&[1001], &moves(4)), Ok(1), "less is always granted");
        assert_eq!(decide(&[1001, 1006], &moves(1)), no(Permission::ClientAdmin));
        assert_eq!(decide(&[1001, 1005], &moves(4)), no(Permission::AssetMove), "held above");
    }

    #[test]
    fn refuses_what_no_custom_role_can_become() {
        use EditRoleRejection as No;
        let check = |body: Value, no: No| assert_eq!(decide(body), Err(no));
        check(json!({"role": 9}), No::RoleUnknown(RoleId(9)));
        check(json!({"role": 2, "name": "x"}), No::NotCustom(RoleId(2)));
        check(json!({"role": 3, "name": " "}), No::NameInvalid);
        check(json!({"role": 3, "name": "x".repeat(71)}), No::NameInvalid);
        check(json!({"role": 3, "name": "viewer"}), No::NameTaken(RoleId(2)));
        check(json!({"role": 3, "description": "x".repeat(251)}), No::DescriptionInvalid);
        let unknown = No::GrantedRoleUnknown(GrantedRoleId(7));
        check(json!({"role": 3, "grantedRoles": [1001, 7]}), unknown);
    }
}
