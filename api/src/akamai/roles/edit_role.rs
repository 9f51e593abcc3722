//! Changes a custom role. What the body leaves out stays; `grantedRoles` replaces the whole set.

use axum::response::Response;
use commands::roles::{EditRole, EditRoleRejection};
use domain::RoleId;

use super::show::Sections;
use super::{description, get_role, granted_roles, name_taken, no_role, text};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let role = RoleId(wire::path_id(&call.request, "roleId")?);
    let body = wire::body(&call.request)?;
    let command = EditRole {
        role,
        name: text(&body, "roleName")?,
        description: description(&body)?,
        granted_roles: granted_roles(&body)?,
    };
    let (call, _) = call.run(command).await?;
    get_role::shown(&call, role, &Sections::AFTER_A_WRITE).await.map(wire::ok)
}

impl From<EditRoleRejection> for Problem {
    fn from(rejection: EditRoleRejection) -> Self {
        use EditRoleRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::RoleUnknown(role) => no_role("Role not found", role),
            No::NotCustom(_) | No::NotHeld(_) => Self::not_authorized(&text),
            No::NameInvalid => Self::invalid("roleName", text),
            No::NameTaken(_) => name_taken(text),
            No::DescriptionInvalid => Self::invalid("roleDescription", text),
            No::GrantedRoleUnknown(_) => Self::invalid("grantedRoles", text),
        }
    }
}
