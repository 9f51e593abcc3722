//! For cases: a tenant with a custom role beside the standard one.

use domain::{
    ClientCreated, GrantableRole, Grants, GroupId, GroupRole, OrganizationId, Permission, Personal,
    RoleContent, RoleCreated, RoleId, RoleKind, Tenant, UserCreated, UserId,
};

use crate::access::sample;
use crate::clients;

/// What the custom role is made of.
pub(super) fn content() -> RoleContent {
    let permissions = [Permission::Read, Permission::GroupAdmin].into();
    RoleContent {
        name: "editor".to_owned(),
        description: "edits".to_owned(),
        granted_roles: GrantableRole::covered_by(&permissions),
        permissions,
    }
}

/// A tenant with group 1, the standard role 2, and the custom role 3.
pub(super) fn tenant() -> Tenant {
    let mut tenant = sample::tenant();
    let RoleContent { name, description, permissions, granted_roles } = content();
    let (role, kind) = (RoleId(3), RoleKind::Custom);
    let fact = RoleCreated { role, name, description, kind, permissions, granted_roles };
    tenant.roles.created(&fact);
    tenant
}

/// The same, with a user and an API client that hold role 3.
pub(super) fn held() -> Tenant {
    let mut tenant = tenant();
    let grants = vec![GroupRole { group: GroupId(1), role: RoleId(3) }];
    tenant.users.created(&UserCreated {
        user: UserId("A-B-9".to_owned()),
        organization: OrganizationId("5".to_owned()),
        profile: Personal::Erased,
        grants: Grants::roles(grants.iter().map(|it| (it.group, it.role))),
    });
    let client = clients::sample::created(1, "robot", &[]);
    tenant.clients.created(&ClientCreated { access: grants, ..client });
    tenant
}
