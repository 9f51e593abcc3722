//! What a fact is about beside its own aggregate: a move touches the groups on both ends, a grant
//! its groups and roles. So that everything that ever happened to a thing can be found.

use std::collections::BTreeSet;

use crate::{
    ActorKind, Aggregate, AssetId, Assignee, Event, Grants, GroupGrant, GroupId, Level,
    OrganizationId, RoleId, TenantId, UserId,
};

impl Event {
    /// The things that this fact names and changes, or changes something for, beside the one whose
    /// history it belongs to. Whose organization a thing lies in does not count: that is its
    /// resource owner.
    pub fn touches(&self, tenant: &TenantId) -> BTreeSet<Aggregate> {
        let mut touched = Touched::default();
        #[expect(clippy::wildcard_enum_match_arm, reason = "most facts are about one thing alone")]
        match self {
            Self::GroupCreated(fact) => touched.groups(fact.parent),
            Self::GroupMoved(fact) => touched.groups([fact.from, fact.to]),
            Self::GroupDeleted(fact) => touched.groups(fact.parent),
            Self::AssetAdded(fact) => touched.groups([fact.group]),
            Self::AssetMoved(fact) => touched.groups([fact.from, fact.to]),
            Self::AssetRemoved(fact) => {
                touched.groups([fact.before.group]);
                touched.users(&fact.blocked);
            }
            Self::UserCreated(fact) => {
                touched.organizations([&fact.organization]);
                touched.grants(&fact.grants, &Grants::default());
            }
            Self::UserGrantsSet(fact) => touched.grants(&fact.before, &fact.after),
            Self::UserDeleted(fact) => {
                touched.organizations([&fact.organization]);
                touched.grants(&fact.grants, &Grants::default());
            }
            Self::UserBlockedAssetsSet(fact) => {
                touched.groups([fact.group]);
                touched.assets(fact.before.symmetric_difference(&fact.after).copied());
            }
            Self::ClientCreated(fact) => {
                touched.users(&fact.authorized_user);
                touched.organizations(&fact.organization);
                touched.groups(fact.access.iter().map(|held| held.group));
                touched.roles(fact.access.iter().map(|held| held.role));
            }
            Self::ClientAccessSet(fact) => {
                touched.held(&fact.before.groups.groups, &fact.after.groups.groups);
            }
            Self::ClientTransferred(fact) => touched.users(fact.from.iter().chain([&fact.to])),
            Self::ClientRoleGranted(fact) => touched.roles([fact.role]),
            Self::ClientRoleRevoked(fact) => touched.roles([fact.role]),
            Self::ClientSecretReset(fact) => {
                touched.0.extend(fact.tokens.iter().map(Aggregate::token));
            }
            Self::MembershipSet(fact) => {
                touched.party(fact.holder, &fact.holder_id);
                touched.organizations(&fact.organization);
            }
            Self::TokenIssued(fact) => {
                touched.party(fact.holder, &fact.holder_id);
                touched.organizations(&fact.organization);
            }
            Self::RecordTokenIssued(fact) => {
                touched.0.insert(Aggregate::client(fact.client));
                touched.0.extend(fact.record.map(Aggregate::record));
            }
            Self::RecordTokenUsed(fact) => touched.0.extend([Aggregate::client(fact.client)]),
            Self::ContractTypeAssigned(fact) => match fact.to {
                Assignee::Group(group) => touched.groups([group]),
                Assignee::Role(role) => touched.roles([role]),
            },
            Self::CpCodeRegistered(fact) => {
                touched.groups(fact.before.iter().chain([&fact.after]).map(|code| code.group));
            }
            Self::SubjectErased(fact) => touched.0.extend([fact.about.clone()]),
            Self::SubjectHeld(fact) => touched.0.extend(fact.about.clone()),
            Self::SubjectReleased(fact) => touched.0.extend(fact.about.clone()),
            Self::FeatureSet(fact) => touched.level(&fact.on),
            Self::FeaturesReset(fact) => touched.level(&fact.on),
            _ => {}
        }
        touched.0.remove(&self.aggregate(tenant));
        touched.0
    }
}

#[derive(Default)]
struct Touched(BTreeSet<Aggregate>);

impl Touched {
    fn groups(&mut self, groups: impl IntoIterator<Item = GroupId>) {
        self.0.extend(groups.into_iter().map(Aggregate::group));
    }

    fn roles(&mut self, roles: impl IntoIterator<Item = RoleId>) {
        self.0.extend(roles.into_iter().map(Aggregate::role));
    }

    fn assets(&mut self, assets: impl IntoIterator<Item = AssetId>) {
        self.0.extend(assets.into_iter().map(Aggregate::asset));
    }

    fn users<'a>(&mut self, users: impl IntoIterator<Item = &'a UserId>) {
        self.0.extend(users.into_iter().map(Aggregate::user));
    }

    fn organizations<'a>(&mut self, all: impl IntoIterator<Item = &'a OrganizationId>) {
        self.0.extend(all.into_iter().map(Aggregate::organization));
    }

    /// Groups and roles of what is in one of the lists alone.
    fn held(&mut self, before: &[GroupGrant], after: &[GroupGrant]) {
        let gone = before.iter().filter(|held| !after.contains(held));
        let changed: Vec<_> = gone.chain(after.iter().filter(|it| !before.contains(it))).collect();
        self.groups(changed.iter().map(|held| held.group));
        self.roles(changed.iter().filter_map(|held| held.role));
    }

    fn grants(&mut self, before: &Grants, after: &Grants) {
        self.held(&before.groups, &after.groups);
        self.roles(before.account_roles.symmetric_difference(&after.account_roles).copied());
    }

    fn party(&mut self, kind: ActorKind, id: &str) {
        if matches!(kind, ActorKind::User | ActorKind::Client) {
            self.0.insert(Aggregate { kind: kind.as_str().to_owned(), id: id.to_owned() });
        }
    }

    fn level(&mut self, on: &Level) {
        match on {
            Level::System | Level::Instance => {}
            Level::Organization(id) => self.organizations([id]),
            Level::User(id) => self.users([id]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GroupCreated, GroupMoved, MemberRole, MembershipSet, UserGrantsSet};

    fn touched(event: impl Into<Event>) -> String {
        let tenant = TenantId::new("acme").unwrap();
        let things = event.into().touches(&tenant);
        let shown = things.iter().map(|thing| format!("{}:{}", thing.kind, thing.id));
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_move_touches_both_ends_and_a_birth_its_parent() {
        let (group, from, to) = (GroupId(3), GroupId(1), GroupId(2));
        assert_eq!(touched(GroupMoved { group, from, to }), "group:1 group:2");
        let name = String::new();
        assert_eq!(touched(GroupCreated { group, parent: Some(from), name }), "group:1");
    }

    #[test]
    fn grants_touch_what_changed_alone() {
        let before = Grants::roles([(GroupId(1), RoleId(7)), (GroupId(2), RoleId(7))]);
        let after = Grants::roles([(GroupId(1), RoleId(7)), (GroupId(2), RoleId(8))]);
        let (user, organization) = (UserId("u".to_owned()), OrganizationId("5".to_owned()));
        let set = UserGrantsSet { user, organization, before, after };
        assert_eq!(touched(set), "group:2 role:7 role:8");
    }

    #[test]
    fn a_membership_touches_who_holds_it_and_where() {
        let set = MembershipSet {
            holder: ActorKind::User,
            holder_id: "u".to_owned(),
            organization: Some(OrganizationId("5".to_owned())),
            before: BTreeSet::new(),
            after: [MemberRole::OrganizationOwner].into(),
        };
        assert_eq!(touched(set), "organization:5 user:u");
    }
}
