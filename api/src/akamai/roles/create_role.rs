//! Creates a custom role.

use axum::response::Response;
use commands::roles::{CreateRole, CreateRoleRejection};
use domain::RoleKind;

use super::show::Sections;
use super::{description, get_role, granted_roles, name_taken, required};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let command = CreateRole {
        name: wire::body_text(&body, "roleName")?,
        description: required(description(&body)?, "roleDescription")?,
        kind: RoleKind::Custom,
        permissions: Vec::new(),
        granted_roles: required(granted_roles(&body)?, "grantedRoles")?,
    };
    let (call, granted) = call.run(command).await?;
    let role = granted.fresh;
    let shown = get_role::shown(&call, role, &Sections::AFTER_A_WRITE).await?;
    Ok(wire::created(&format!("/user-admin/roles/{role}"), shown))
}

impl From<CreateRoleRejection> for Problem {
    fn from(rejection: CreateRoleRejection) -> Self {
        use CreateRoleRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::NameInvalid => Self::invalid("roleName", text),
            No::NameTaken(_) => name_taken(text),
            No::DescriptionInvalid => Self::invalid("roleDescription", text),
            No::PermissionUnknown(_) | No::GrantedRoleUnknown(_) => {
                Self::invalid("grantedRoles", text)
            }
            No::NotHeld(_) => Self::not_authorized(&text),
        }
    }
}
