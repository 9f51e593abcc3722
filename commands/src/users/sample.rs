//! For cases: a tenant with groups, roles of both kinds, and a user in it.

use domain::{
    Grants, GroupCreated, GroupId, OrganizationCreated, OrganizationId, Permission, RoleCreated,
    RoleId, RoleKind, Tenant, UserCreated, UserId,
};
use eventlog::TenantKeys;

use super::ClearProfile;
use crate::access;

/// Groups 1 over 4, and 5; organization 5; role 2 reads, on groups, and role 6 for the account.
pub(super) fn tenant() -> Tenant {
    let mut tenant = access::sample::tenant();
    for (group, parent) in [(4, Some(GroupId(1))), (5, None)] {
        let (group, name) = (GroupId(group), "group".to_owned());
        tenant.groups.created(&GroupCreated { group, parent, name });
    }
    for (role, kind) in [(2, RoleKind::Standard), (6, RoleKind::Account)] {
        tenant.roles.created(&RoleCreated {
            role: RoleId(role),
            name: format!("reads {role}"),
            description: String::new(),
            kind,
            permissions: [Permission::Read].into(),
            granted_roles: [].into(),
        });
    }
    let (organization, name) = (organization(), "Emea".to_owned());
    tenant.organizations.created(&OrganizationCreated { organization, name });
    tenant
}

pub(super) fn organization() -> OrganizationId {
    OrganizationId("5".to_owned())
}

pub(super) fn user() -> UserId {
    UserId("A-B-1".to_owned())
}

/// Somebody of that first name.
pub(super) fn clear(first_name: &str) -> ClearProfile {
    ClearProfile {
        first_name: first_name.to_owned(),
        last_name: "Lovelace".to_owned(),
        email: format!("{}@example.com", first_name.to_lowercase()),
        country: "United Kingdom".to_owned(),
        ..ClearProfile::default()
    }
}

/// The same with user `A-B-1`, who is Ada and reads group 4.
pub(super) fn with_ada(keys: &TenantKeys) -> Tenant {
    let mut tenant = tenant();
    let (person, _) = clear("Ada").seal_new(&user(), keys).unwrap().unwrap();
    let profile = keys.open_personal(&person.profile);
    let grants = Grants::roles([(GroupId(4), RoleId(2))]);
    let (user, organization) = (user(), organization());
    tenant.users.created(&UserCreated { user, organization, profile, grants });
    tenant
}
