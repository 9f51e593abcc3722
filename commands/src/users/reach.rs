//! Who may do something about a user: whoever administers users on every group that user holds
//! anything on; and what they may grant, which is no more than they hold themselves.

use std::collections::BTreeSet;

use domain::{
    Actor, ActorKind, Authority, ClientId, Grants, GroupGrant, GroupId, Permission, RoleId, Tenant,
    UserId,
};

/// What whoever asks does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    #[error("it takes {} on group {group}", .permission.as_str())]
    On { permission: Permission, group: GroupId },
    /// What reaches the whole account.
    #[error("it takes {} on every group at the top", .0.as_str())]
    OnAccount(Permission),
    /// What belongs to no group.
    #[error("it takes {} on a group at the top", .0.as_str())]
    OnRoot(Permission),
}

/// What somebody holds, on the groups as they stand.
struct Reach<'a> {
    tenant: &'a Tenant,
    authority: &'a Authority,
}

impl Reach<'_> {
    fn on(&self, permission: Permission, group: GroupId) -> Result<(), Lacking> {
        let holds = self.authority.holds_on(&self.tenant.groups, group, permission);
        if holds { Ok(()) } else { Err(Lacking::On { permission, group }) }
    }

    fn on_account(&self, permission: Permission) -> Result<(), Lacking> {
        let holds = |root| self.authority.holds_on(&self.tenant.groups, root, permission);
        let holds = self.authority.holds(permission) && self.tenant.groups.roots().all(holds);
        if holds { Ok(()) } else { Err(Lacking::OnAccount(permission)) }
    }

    fn on_some_root(&self, permission: Permission) -> Result<(), Lacking> {
        let mut roots = self.tenant.groups.roots();
        let holds = roots.any(|it| self.authority.holds_on(&self.tenant.groups, it, permission));
        let holds = holds || (self.tenant.groups.is_empty() && self.authority.holds(permission));
        if holds { Ok(()) } else { Err(Lacking::OnRoot(permission)) }
    }

    /// Everything that a role comes with, as `check` asks for it.
    fn all_of(
        &self,
        role: RoleId,
        check: impl Fn(Permission) -> Result<(), Lacking>,
    ) -> Result<(), Lacking> {
        let content = self.tenant.roles.get(role).map(|role| &role.content);
        content.into_iter().flat_map(|it| &it.permissions).copied().try_for_each(check)
    }
}

/// Whether a user with these grants is somebody's to administer. Who holds nothing is up to those
/// who administer users at the top, and who holds something for the account to those who do so at
/// every top.
pub(crate) fn administers(
    grants: &Grants,
    tenant: &Tenant,
    authority: &Authority,
) -> Result<(), Lacking> {
    let reach = Reach { tenant, authority };
    if !grants.account_roles.is_empty() {
        reach.on_account(Permission::UserAdmin)?;
    } else if grants.groups.is_empty() {
        reach.on_some_root(Permission::UserAdmin)?;
    }
    grants.groups.iter().try_for_each(|grant| reach.on(Permission::UserAdmin, grant.group))
}

/// Whether somebody may have `after` granted in place of `before`. What stays is not theirs to
/// hold.
pub(super) fn may_grant(
    before: &Grants,
    after: &Grants,
    tenant: &Tenant,
    authority: &Authority,
) -> Result<(), Lacking> {
    administers(after, tenant, authority)?;
    let reach = Reach { tenant, authority };
    let held: BTreeSet<_> = before.groups.iter().map(|it| (it.group, it.role)).collect();
    let is_new = |it: &&GroupGrant| !held.contains(&(it.group, it.role));
    for grant in after.groups.iter().filter(is_new) {
        if let Some(role) = grant.role {
            reach.all_of(role, |permission| reach.on(permission, grant.group))?;
        }
    }
    let mut added = after.account_roles.difference(&before.account_roles);
    added.try_for_each(|role| reach.all_of(*role, |permission| reach.on_account(permission)))
}

/// Whether an actor is this user, or a client that acts for this user.
pub(crate) fn is_own(user: &UserId, tenant: &Tenant, actor: &Actor) -> bool {
    if actor.home != tenant.id {
        return false;
    }
    match actor.kind {
        ActorKind::User => actor.id == user.as_str(),
        ActorKind::Client => {
            let client = actor.id.parse().ok().and_then(|id| tenant.clients.get(ClientId(id)));
            client.is_some_and(|client| client.authorized_user.as_ref() == Some(user))
        }
        ActorKind::Token | ActorKind::Timer | ActorKind::System => false,
    }
}

#[cfg(test)]
mod tests {
    use domain::Permission::{Read, UserAdmin};

    use super::*;
    use crate::users::sample::tenant;

    fn on(grants: &[(i64, &[Permission])]) -> Authority {
        let grant = |(group, held): &(i64, &[Permission])| {
            (GroupId(*group), held.iter().copied().collect())
        };
        Authority::On(grants.iter().map(grant).collect())
    }

    fn held(groups: &[(i64, i64)], account_roles: &[i64]) -> Grants {
        let roles = groups.iter().map(|(group, role)| (GroupId(*group), RoleId(*role)));
        let account_roles = account_roles.iter().copied().map(RoleId).collect();
        Grants { account_roles, ..Grants::roles(roles) }
    }

    fn lacking(permission: Permission, group: i64) -> Result<(), Lacking> {
        Err(Lacking::On { permission, group: GroupId(group) })
    }

    #[test]
    fn a_user_is_administered_on_every_group_they_hold() {
        let check = |authority: &Authority, grants: &Grants, expected| {
            assert_eq!(administers(grants, &tenant(), authority), expected);
        };
        let below = on(&[(4, &[UserAdmin])]);
        check(&below, &held(&[(4, 2)], &[]), Ok(()));
        check(&below, &held(&[(4, 2), (1, 2)], &[]), lacking(UserAdmin, 1));
        check(&below, &held(&[], &[]), Err(Lacking::OnRoot(UserAdmin)));
        let top = on(&[(1, &[UserAdmin])]);
        check(&top, &held(&[(4, 2), (1, 2)], &[]), Ok(()));
        check(&top, &held(&[(4, 2)], &[6]), Err(Lacking::OnAccount(UserAdmin)));
        let tops = on(&[(1, &[UserAdmin]), (5, &[UserAdmin])]);
        check(&tops, &held(&[(4, 2)], &[6]), Ok(()));
        check(&top, &held(&[], &[]), Ok(()));
        check(&Authority::full(), &held(&[], &[6]), Ok(()));
    }

    #[test]
    fn nobody_grants_what_they_do_not_hold_but_what_stands_may_stay() {
        let check = |authority: &Authority, before: &Grants, after: &Grants, expected| {
            assert_eq!(may_grant(before, after, &tenant(), authority), expected);
        };
        let (none, reads) = (held(&[], &[]), held(&[(4, 2)], &[]));
        let admin = on(&[(1, &[UserAdmin])]);
        check(&admin, &none, &reads, lacking(Read, 4));
        check(&admin, &reads, &reads, Ok(()));
        check(&on(&[(1, &[UserAdmin]), (4, &[UserAdmin, Read])]), &none, &reads, Ok(()));
        let both = on(&[(1, &[UserAdmin, Read]), (5, &[UserAdmin])]);
        let account = held(&[(4, 2)], &[6]);
        check(&both, &reads, &account, Err(Lacking::OnAccount(Read)));
        check(&both, &account, &account, Ok(()));
        let all = on(&[(1, &[UserAdmin, Read]), (5, &[UserAdmin, Read])]);
        check(&all, &reads, &account, Ok(()));
    }
}
