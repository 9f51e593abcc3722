//! For cases: a tenant with assets in its groups, and users to be kept from them.

use domain::{
    AssetAdded, AssetId, AssetKind, Event, Grants, GroupId, OrganizationId, Personal, ResourceId,
    ResourceKind, ResourceRegistered, Tenant, UserBlockedAssetsSet, UserCreated, UserId,
};

use crate::groups::forest::forest;

pub(super) fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

pub(super) fn assets<C: FromIterator<AssetId>>(ids: &[i64]) -> C {
    ids.iter().copied().map(AssetId).collect()
}

/// What a user is kept from in a group, from one list to another.
pub(super) fn blocked(name: &str, group: i64, before: &[i64], after: &[i64]) -> Event {
    let (user, organization) = (user(name), OrganizationId("5".to_owned()));
    let (group, before, after) = (GroupId(group), assets(before), assets(after));
    UserBlockedAssetsSet { user, organization, group, before, after }.into()
}

/// The assets 21 and 22 lie in group 2, 31 in group 3; 21 uses the resource 7. Ada is kept from 21
/// and 31, Bob and Cy from nothing.
pub(super) fn tenant() -> Tenant {
    let mut tenant = forest(
        "
        1  -  acme
        2  1  emea
        3  1  apac
        9  -  other
        ",
    );
    for (asset, group) in [(21, 2), (22, 2), (31, 3)] {
        let (asset, group) = (AssetId(asset), GroupId(group));
        let (name, kind) = (format!("site-{asset}"), AssetKind::Property);
        tenant.apply(&AssetAdded { asset, name, kind, group }.into());
    }
    let (asset, resource, kind) = (AssetId(21), ResourceId(7), ResourceKind::Cpcode);
    let name = "images".to_owned();
    tenant.apply(&ResourceRegistered { asset, resource, kind, name }.into());
    for name in ["ada", "bob", "cy"] {
        let fact = UserCreated {
            user: user(name),
            organization: OrganizationId("5".to_owned()),
            profile: Personal::Erased,
            grants: Grants::default(),
        };
        tenant.apply(&fact.into());
    }
    tenant.apply(&blocked("ada", 2, &[], &[21]));
    tenant.apply(&blocked("ada", 3, &[], &[31]));
    tenant
}
