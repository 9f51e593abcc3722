//! For cases: a tenant whose catalogue was registered by a document.

use domain::{
    ClientCreated, Event, Grants, GroupCreated, GroupId, GroupRole, OrganizationId, Personal,
    RoleId, Tenant, UserCreated, UserId,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{CatalogFault, RegisterCatalog};
use crate::access::sample;
use crate::clients;
use crate::{Command, Context};

/// What a command on `tenant` comes to, sent by the installation itself.
pub(super) fn decide<C>(tenant: &Tenant, body: Value) -> Result<Vec<Event>, CatalogFault>
where
    C: Command<Rejection = CatalogFault, Fresh = ()> + DeserializeOwned,
{
    let command: C = serde_json::from_value(body).unwrap();
    command.decide(tenant, &Context::sample(()))
}

/// The tenant after that command.
pub(super) fn after<C>(mut tenant: Tenant, body: Value) -> Tenant
where
    C: Command<Rejection = CatalogFault, Fresh = ()> + DeserializeOwned,
{
    decide::<C>(&tenant, body).unwrap().iter().for_each(|event| tenant.apply(event));
    tenant
}

/// Groups 1 over 3, and 4 beside them; role 2, which user `A-B-9` holds on group 3 and client 1 on
/// group 4; contract types `one` and `two`.
pub(super) fn tenant() -> Tenant {
    let mut tenant = sample::tenant();
    for (group, parent) in [(3, Some(1)), (4, None)] {
        let (group, parent) = (GroupId(group), parent.map(GroupId));
        tenant.groups.created(&GroupCreated { group, parent, name: "more".to_owned() });
    }
    tenant.users.created(&UserCreated {
        user: UserId("A-B-9".to_owned()),
        organization: OrganizationId("5".to_owned()),
        profile: Personal::Erased,
        grants: Grants::roles([(GroupId(3), RoleId(2))]),
    });
    let client = clients::sample::created(1, "robot", &[]);
    let access = vec![GroupRole { group: GroupId(4), role: RoleId(2) }];
    tenant.clients.created(&ClientCreated { access, ..client });
    let types = json!([{"id": "one", "name": "One"}, {"id": "two", "name": "Two"}]);
    after::<RegisterCatalog>(tenant, json!({"contractTypes": types}))
}
