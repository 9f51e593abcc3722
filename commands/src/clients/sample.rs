//! For cases: tenants with a few API clients in them.

use domain::{
    AccessLevel, Actor, ActorKind, AkamaiClientId, Api, ApiAccess, ApiId, ApiRegistered,
    CaptureClientId, ClientAccess, ClientAccessSet, ClientCreated, ClientCredentialCreated,
    ClientFeature, ClientId, ClientKind, CpCode, CpCodeId, CpCodeRegistered, CredentialId, Grants,
    GroupAccess, GroupCreated, GroupGrant, GroupId, OrganizationCreated, OrganizationId,
    Permission, Personal, RoleCreated, RoleId, RoleKind, Tenant, TenantId, UserCreated, UserId,
};
use uuid::Uuid;

use crate::Context;

/// The id of the `n`th client.
pub(crate) fn id(n: u128) -> ClientId {
    ClientId(Uuid::from_u128(n))
}

/// The `n`th client comes to be, a service account that may touch nothing.
pub(crate) fn created(n: u128, name: &str, features: &[ClientFeature]) -> ClientCreated {
    ClientCreated {
        client: id(n),
        akamai_id: AkamaiClientId(format!("akamai{n}")),
        capture_id: CaptureClientId(format!("capture{n}")),
        name: name.to_owned(),
        description: String::new(),
        kind: ClientKind::ServiceAccount,
        authorized_user: None,
        organization: None,
        features: features.iter().copied().collect(),
        access: Vec::new(),
        tags: [].into(),
        is_default: false,
    }
}

/// A tenant with the clients 1 `boss`, who is its only owner, 2 `robot`, 3 `default`, who is its
/// default, and 4 `former`, a locked owner.
pub(crate) fn tenant() -> Tenant {
    let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
    tenant.clients.created(&created(1, "boss", &[ClientFeature::Owner]));
    tenant.clients.created(&created(2, "robot", &[ClientFeature::DirectAccess]));
    tenant.clients.created(&ClientCreated { is_default: true, ..created(3, "default", &[]) });
    tenant.clients.created(&created(4, "former", &[ClientFeature::Owner]));
    tenant.clients.lock(id(4), true);
    tenant
}

/// The user whom [`with_user`] knows.
pub(crate) fn ada() -> UserId {
    UserId("A-B-1".to_owned())
}

/// A user who holds nothing.
pub(crate) fn bob() -> UserId {
    UserId("A-B-2".to_owned())
}

/// As [`tenant`], and client 5 `agent`, which clones its user: `ada`, who holds role 2 on group 1,
/// and so on 2 below it, and is blocked on 3 below that. Group 4 is nobody's. API 2 purges, API 1
/// does not; CP codes 5, 6 and 7 lie in the groups 2, 3 and 4.
pub(crate) fn with_user() -> Tenant {
    let mut tenant = tenant();
    for (group, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, None)] {
        let (group, parent) = (GroupId(group), parent.map(GroupId));
        tenant.groups.created(&GroupCreated { group, parent, name: String::new() });
    }
    tenant.roles.created(&RoleCreated {
        role: RoleId(2),
        name: "viewer".to_owned(),
        description: String::new(),
        kind: RoleKind::Standard,
        permissions: [Permission::Read].into(),
        granted_roles: [].into(),
    });
    let mut grants = Grants::roles([(GroupId(1), RoleId(2))]);
    grants.groups.push(GroupGrant { group: GroupId(3), role: None, is_blocked: true });
    let (organization, name) = (OrganizationId("5".to_owned()), "emea".to_owned());
    tenant.organizations.created(&OrganizationCreated { organization, name });
    for (user, grants) in [(ada(), grants), (bob(), Grants::default())] {
        let (organization, profile) = (OrganizationId("5".to_owned()), Personal::Erased);
        tenant.users.created(&UserCreated { user, organization, profile, grants });
    }
    for (id, end_point) in [(1, "/identity-management"), (2, "/ccu/v3")] {
        let after = Api {
            id: ApiId(id),
            name: String::new(),
            description: String::new(),
            end_point: end_point.to_owned(),
            documentation_url: String::new(),
            access_levels: AccessLevel::ALL.into(),
            service_provider: 1,
        };
        tenant.apply(&ApiRegistered { before: None, after }.into());
    }
    for (id, group) in [(5, 2), (6, 3), (7, 4)] {
        let after = CpCode { id: CpCodeId(id), name: String::new(), group: GroupId(group) };
        tenant.apply(&CpCodeRegistered { before: None, after }.into());
    }
    let (kind, authorized_user) = (ClientKind::Client, Some(ada()));
    tenant.clients.created(&ClientCreated { kind, authorized_user, ..created(5, "agent", &[]) });
    let apis = ApiAccess { all: true, apis: Vec::new() };
    let groups = GroupAccess { clones_user: true, groups: Vec::new() };
    let (client, after) = (id(5), ClientAccess { apis, groups });
    tenant.clients.access_set(&ClientAccessSet { client, before: after.clone(), after });
    tenant
}

/// Client `n` has credential `credential`, with the token `akab-<credential>`, for `hours` more.
pub(crate) fn give_credential(tenant: &mut Tenant, n: u128, credential: i64, hours: i64) {
    tenant.clients.credential_created(&ClientCredentialCreated {
        client: id(n),
        credential: CredentialId(credential),
        client_token: format!("akab-{credential}"),
        access_token: String::new(),
        expires_at: Context::sample(()).now + chrono::TimeDelta::hours(hours),
    });
}

/// Client `n` itself asks.
pub(crate) fn acting(tenant: &Tenant, n: u128) -> Context {
    let (home, kind) = (tenant.id.clone(), ActorKind::Client);
    let actor = Actor { home, kind, id: id(n).to_string(), authenticated: "basic".to_owned() };
    Context { actor, ..Context::sample(()) }
}
