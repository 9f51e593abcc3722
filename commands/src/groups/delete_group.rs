//! Deletes a group that nothing hangs in any more (Akamai IAM v3, "Remove a group").

use domain::{Aggregate, CpCode, CpCodeRegistered, Event, GroupDeleted, GroupId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::listed;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes a group that nothing hangs in any more.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteGroup {
    #[schemars(with = "i64")]
    pub group: GroupId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteGroupRejection {
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
    #[error("group {0} is the root of its hierarchy and cannot be deleted")]
    GroupIsRoot(GroupId),
    /// Subgroups, assets, and the users and API clients that hold a role on it.
    #[error("group {group} is in use by {}", listed(.by))]
    GroupInUse { group: GroupId, by: Vec<Aggregate> },
}

impl Rejection for DeleteGroupRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", "group"),
            Self::GroupIsRoot(_) => Refusal::forbidden("group_is_root"),
            Self::GroupInUse { by, .. } => Refusal::conflict("group_in_use", by.clone()),
        }
    }
}

/// All that hangs in `group`, or holds a role on it.
fn in_the_way(tenant: &Tenant, group: GroupId) -> Vec<Aggregate> {
    let subgroups = tenant.groups.get(group).map(|group| &group.children).into_iter().flatten();
    let subgroups = subgroups.map(|id| Aggregate::group(*id));
    let assets = tenant.assets.in_group(group).map(Aggregate::asset);
    let users = tenant.users.granted_on(group).map(Aggregate::user);
    let clients = tenant.clients.granted_on(group).map(Aggregate::client);
    subgroups.chain(assets).chain(users).chain(clients).collect()
}

/// The CP codes of `group` go to the one above: no published operation could take them elsewhere.
fn cp_codes_to(parent: GroupId, tenant: &Tenant, group: GroupId) -> impl Iterator<Item = Event> {
    tenant.catalog.cp_codes_in(group).map(move |code| {
        let (before, after) = (Some(code.clone()), CpCode { group: parent, ..code.clone() });
        CpCodeRegistered { before, after }.into()
    })
}

impl Command for DeleteGroup {
    type Rejection = DeleteGroupRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteGroup";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::group(self.group)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, DeleteGroupRejection> {
        use DeleteGroupRejection as No;

        let group = self.group;
        let found = tenant.groups.get(group).ok_or(No::GroupUnknown(group))?;
        let parent = found.parent.ok_or(No::GroupIsRoot(group))?;
        let by = in_the_way(tenant, group);
        if !by.is_empty() {
            return Err(No::GroupInUse { group, by });
        }
        let name = found.name.clone();
        let deleted = GroupDeleted { group, parent: Some(parent), name }.into();
        Ok(cp_codes_to(parent, tenant, group).chain([deleted]).collect())
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        AssetAdded, AssetId, AssetKind, CpCodeId, Grants, GroupRole, OrganizationId, Personal,
        RoleId, UserCreated, UserId,
    };

    use super::*;
    use crate::clients::sample;
    use crate::groups::forest::forest;

    fn cp_code(group: i64) -> CpCode {
        CpCode { id: CpCodeId(6), name: "streams".to_owned(), group: GroupId(group) }
    }

    fn tenant() -> Tenant {
        let mut tenant = forest(
            "
            1  -  acme
            2  1  emea
            3  2  berlin
            4  1  apac
            ",
        );
        let name = "www".to_owned();
        let group = GroupId(2);
        let kind = AssetKind::Property;
        let after = cp_code(3);
        tenant.apply(&CpCodeRegistered { before: None, after }.into());
        tenant.assets.added(&AssetAdded { asset: AssetId(7), name, kind, group });
        let grants = vec![GroupRole { group, role: RoleId(8) }];
        tenant.users.created(&UserCreated {
            user: UserId("A-B-9".to_owned()),
            organization: OrganizationId("5".to_owned()),
            profile: Personal::Erased,
            grants: Grants::roles(grants.iter().map(|it| (it.group, it.role))),
        });
        let client = sample::created(1, "robot", &[]);
        tenant.clients.created(&domain::ClientCreated { access: grants, ..client });
        tenant
    }

    fn check(group: i64, expected: Result<Vec<Event>, DeleteGroupRejection>) {
        let command = DeleteGroup { group: GroupId(group) };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn an_empty_group_goes() {
        let (group, parent) = (GroupId(4), Some(GroupId(1)));
        let fact = GroupDeleted { group, parent, name: "apac".to_owned() };
        check(4, Ok(vec![fact.into()]));
    }

    #[test]
    fn its_cp_codes_go_to_the_group_above() {
        let moved = CpCodeRegistered { before: Some(cp_code(3)), after: cp_code(2) };
        let (group, parent) = (GroupId(3), Some(GroupId(2)));
        let fact = GroupDeleted { group, parent, name: "berlin".to_owned() };
        check(3, Ok(vec![moved.into(), fact.into()]));
    }

    #[test]
    fn refuses_what_is_unknown_or_a_root() {
        check(9, Err(DeleteGroupRejection::GroupUnknown(GroupId(9))));
        check(1, Err(DeleteGroupRejection::GroupIsRoot(GroupId(1))));
    }

    #[test]
    fn names_everything_that_is_in_the_way() {
        let by = vec![
            Aggregate::group(GroupId(3)),
            Aggregate::asset(AssetId(7)),
            Aggregate::user(&UserId("A-B-9".to_owned())),
            Aggregate::client(sample::id(1)),
        ];
        let rejection = DeleteGroupRejection::GroupInUse { group: GroupId(2), by: by.clone() };
        assert_eq!(rejection.refusal().blocking, by);
        assert!(rejection.to_string().starts_with("group 2 is in use by group 3, asset 7, user"));
        check(2, Err(rejection));
    }

    #[test]
    fn the_text_names_the_first_few() {
        let by = (1..=12).map(|id| Aggregate::asset(AssetId(id))).collect();
        let text = DeleteGroupRejection::GroupInUse { group: GroupId(2), by }.to_string();
        assert!(text.ends_with("asset 9, asset 10 and 2 more"), "{text}");
    }
}
