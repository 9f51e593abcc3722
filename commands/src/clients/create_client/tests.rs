//! Cases of creating an API client.

use domain::{
    ClientFeature, GroupId, GroupRole, OrganizationCreated, Personal, RoleId, UserCreated,
};
use serde_json::json;

use super::*;
use crate::clients::sample::{created, id};
use crate::mint::sample;

/// Group 1, role 2, organization `5`, user `A-B-9`, and the client `robot`.
fn tenant() -> Tenant {
    let mut tenant = access::sample::tenant();
    let (organization, name) = (OrganizationId("5".to_owned()), "Emea".to_owned());
    tenant.organizations.created(&OrganizationCreated { organization: organization.clone(), name });
    tenant.users.created(&UserCreated {
        user: UserId("A-B-9".to_owned()),
        organization,
        profile: Personal::Erased,
        grants: domain::Grants::default(),
    });
    tenant.clients.created(&created(2, "robot", &[]));
    tenant
}

fn decide(body: Value) -> Result<ClientCreated, CreateClientRejection> {
    let tenant = tenant();
    let keys = sample::keys(&tenant.id);
    let mut command: CreateClient = serde_json::from_value(body).unwrap();
    let context = Context::sample(command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap());
    let decided = command.decide(&tenant, &context)?;
    let [VaultWrite::Insert(row), VaultWrite::Insert(key)] = &command.vault(&tenant, &context)[..]
    else {
        panic!("not a secret and a key");
    };
    assert_eq!(keys.open(row).unwrap(), context.fresh.secret.expose().as_bytes());
    assert_eq!(row.public_id, format!("{}.1", context.fresh.capture_id));
    assert_eq!(key.owner, context.fresh.client.to_string());
    match <[Event; 1]>::try_from(decided) {
        Ok([Event::ClientCreated(fact)]) => Ok(fact),
        other => panic!("not one client: {other:?}"),
    }
}

#[test]
fn a_name_is_enough() {
    let fact = decide(json!({"name": "crawler"})).unwrap();
    assert_eq!((fact.kind, fact.is_default), (ClientKind::ServiceAccount, false));
    let lengths = (fact.akamai_id.as_str().len(), fact.capture_id.as_str().len());
    assert_eq!(lengths, (16, 32));
}

#[test]
fn all_that_is_given_is_recorded() {
    let fact = decide(json!({
        "name": "crawler", "description": "of the\nweb", "kind": "USER_CLIENT", "authorizedUser": "A-B-9",
        "organization": "5", "features": ["owner", "owner"], "access": [{"group": 1, "role": 2}],
        "tags": ["web", "web"], "isDefault": true,
    }))
    .unwrap();
    assert_eq!(fact.authorized_user, Some(UserId("A-B-9".to_owned())));
    assert_eq!(fact.features, [ClientFeature::Owner].into());
    assert_eq!(fact.access, [GroupRole { group: GroupId(1), role: RoleId(2) }]);
    assert_eq!((fact.tags.len(), fact.is_default), (1, true));
}

#[test]
fn refuses_what_no_client_can_be() {
    use CreateClientRejection as No;
    let (user, organization) = (UserId("A-B-8".to_owned()), OrganizationId("6".to_owned()));
    let unknown = FeatureFault::Unknown("ninja".to_owned());
    for (body, rejection) in [
        (json!({"name": ""}), No::NameInvalid),
        (json!({"name": "x".repeat(257)}), No::NameInvalid),
        (json!({"name": "robot"}), No::NameTaken(id(2))),
        (json!({"name": "a", "description": "x".repeat(1001)}), No::DescriptionInvalid),
        (json!({"name": "a", "tags": [" "]}), No::TagInvalid),
        (json!({"name": "a", "kind": "CLIENT"}), No::UserMissing),
        (json!({"name": "a", "kind": "CLIENT", "authorizedUser": "A-B-8"}), No::UserUnknown(user)),
        (json!({"name": "a", "organization": "6"}), No::OrganizationUnknown(organization)),
        (json!({"name": "a", "features": ["ninja"]}), No::Features(unknown)),
        (
            json!({"name": "a", "access": [{"group": 3, "role": 2}]}),
            No::Access(GrantFault::GroupUnknown(GroupId(3))),
        ),
    ] {
        assert_eq!(decide(body), Err(rejection));
    }
}
