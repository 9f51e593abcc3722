//! Deletes a group that nothing hangs in any more (Akamai IAM v3, "Remove a group").

use domain::{Aggregate, Event, GroupDeleted, GroupId, Right, Tenant};
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
    /// Subgroups, assets, CP codes, and the users and API clients that hold a role on it.
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
    let cp_codes =
        tenant.catalog.cp_codes_in(&[group].into()).map(Aggregate::cp_code).collect::<Vec<_>>();
    subgroups.chain(assets).chain(cp_codes).chain(users).chain(clients).collect()
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
        Ok(vec![GroupDeleted { group, parent: Some(parent), name: found.name.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        AssetAdded, AssetId, AssetKind, Grants, GroupRole, OrganizationId, Personal, RoleId,
        UserCreated, UserId,
    };

    use super::*;
    use crate::clients::sample;
    use crate::groups::forest::forest;

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
        let code = domain::CpCode { id: domain::CpCodeId(6), name: name.clone(), group };
        tenant.apply(&domain::CpCodeRegistered { before: None, after: code }.into());
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
        let (group, parent) = (GroupId(3), Some(GroupId(2)));
        let fact = GroupDeleted { group, parent, name: "berlin".to_owned() };
        check(3, Ok(vec![fact.into()]));
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
            Aggregate::cp_code(domain::CpCodeId(6)),
            Aggregate::user(&UserId("A-B-9".to_owned())),
            Aggregate::client(sample::id(1)),
        ];
        let rejection = DeleteGroupRejection::GroupInUse { group: GroupId(2), by: by.clone() };
        assert_eq!(rejection.refusal().blocking, by);
        assert!(
            rejection.to_string().starts_with("group 2 is in use by group 3, asset 7, cp_code 6")
        );
        check(2, Err(rejection));
    }

    #[test]
    fn the_text_names_the_first_few() {
        let by = (1..=12).map(|id| Aggregate::asset(AssetId(id))).collect();
        let text = DeleteGroupRejection::GroupInUse { group: GroupId(2), by }.to_string();
        assert!(text.ends_with("asset 9, asset 10 and 2 more"), "{text}");
    }
}
