//! What a client may do where: what it was given itself or clones of its user, and never more than
//! that user holds at this moment.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;

use domain::{Grants, GroupId, Held, Permission, RoleId};

use super::Grant;

/// What the roles of an account let their holders do.
pub(super) type RolePermissions = BTreeMap<RoleId, BTreeSet<Permission>>;

/// Each group of an account with its parent.
pub(super) type Parents = BTreeMap<GroupId, Option<GroupId>>;

/// What was given to whom.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// What the client was given itself; `None` where it clones its user.
    pub(super) own: Option<Grants>,
    /// What its user holds; `None` where it acts for nobody.
    pub(super) user: Option<Grants>,
}

impl Given {
    /// Whether it takes the forest to tell what they come to: who clones a user holds just what the
    /// user was given, and so does who was given something just where the user was.
    pub(super) fn takes_forest(&self) -> bool {
        let for_account = |grants: &Grants| !grants.account_roles.is_empty();
        match (&self.own, &self.user) {
            (_, Some(user)) if for_account(user) => true,
            (Some(own), Some(user)) => {
                let says = |grants: &Grants, group| grants.along([group]).is_some();
                self.groups().iter().any(|group| !says(own, *group) || !says(user, *group))
            }
            (_, None) | (None, Some(_)) => false,
        }
    }

    /// What is held, as grants of which the nearest one counts. `forest` is empty where it does not
    /// take one.
    pub(super) fn held(&self, roles: &RolePermissions, forest: &Parents) -> Vec<Grant> {
        let roots = forest.iter().filter(|(_, parent)| parent.is_none()).map(|(group, _)| *group);
        let groups: BTreeSet<_> = self.groups().into_iter().chain(roots).collect();
        let held = groups.into_iter().map(|group| {
            let line: Vec<_> =
                successors(Some(group), |id| forest.get(id).copied().flatten()).collect();
            Grant { group, permissions: self.on(&line, roles) }
        });
        held.collect()
    }

    /// The groups on which something is said.
    fn groups(&self) -> BTreeSet<GroupId> {
        let all = self.own.iter().chain(&self.user);
        let said = all.flat_map(|grants| {
            let groups = grants.groups.iter().map(|grant| grant.group);
            groups.filter(|group| grants.along([*group]).is_some())
        });
        said.collect()
    }

    /// What is held on the first group of `line`.
    fn on(&self, line: &[GroupId], roles: &RolePermissions) -> BTreeSet<Permission> {
        let own = self.own.as_ref().map(|grants| on_line(grants, line, roles));
        let user = self.user.as_ref().map(|grants| on_line(grants, line, roles));
        match (own, user) {
            (Some(own), Some(user)) => own.intersection(&user).copied().collect(),
            (Some(held), None) | (None, Some(held)) => held,
            (None, None) => BTreeSet::new(),
        }
    }
}

/// What one party's grants come to on the first group of `line`.
fn on_line(grants: &Grants, line: &[GroupId], roles: &RolePermissions) -> BTreeSet<Permission> {
    let of = |role: RoleId| roles.get(&role).into_iter().flatten().copied();
    let for_account = || grants.account_roles.iter().flat_map(|role| of(*role));
    match grants.along(line.iter().copied()) {
        Some(Held::Blocked) => BTreeSet::new(),
        Some(Held::Role(role)) => of(role).chain(for_account()).collect(),
        None => for_account().collect(),
    }
}

#[cfg(test)]
mod tests {
    use domain::GroupGrant;

    use super::*;

    const VIEWER: RoleId = RoleId(1);
    const ADMIN: RoleId = RoleId(2);
    const MOVER: RoleId = RoleId(3);

    fn roles() -> RolePermissions {
        let admin = [Permission::Read, Permission::GroupAdmin];
        let mover = [Permission::AssetMove];
        [(VIEWER, [Permission::Read].into()), (ADMIN, admin.into()), (MOVER, mover.into())].into()
    }

    /// 1 over 2 over 3; 9 is another root.
    fn forest() -> Parents {
        let parents = [(1, None), (2, Some(1)), (3, Some(2)), (9, None)];
        parents.map(|(id, parent)| (GroupId(id), parent.map(GroupId))).into()
    }

    fn grants(given: &[(i64, RoleId)]) -> Grants {
        Grants::roles(given.iter().map(|(group, role)| (GroupId(*group), *role)))
    }

    /// What is held on the groups 1, 2, 3 and 9: the first letters of the permissions.
    fn check(own: Option<Grants>, user: Option<Grants>, takes_forest: bool, expected: [&str; 4]) {
        let given = Given { own, user };
        assert_eq!(given.takes_forest(), takes_forest);
        let known = if takes_forest { forest() } else { Parents::new() };
        let held = given.held(&roles(), &known);
        let on = |group| {
            let mut line = successors(Some(GroupId(group)), |id| forest()[id]);
            let nearest = line.find_map(|id| held.iter().find(|grant| grant.group == id));
            let permissions = nearest.into_iter().flat_map(|grant| &grant.permissions);
            permissions.map(|it| &it.as_str()[..1]).collect::<String>()
        };
        assert_eq!([1, 2, 3, 9].map(on), expected, "{given:?}");
    }

    #[test]
    fn who_clones_holds_what_the_user_holds() {
        check(None, Some(grants(&[(1, ADMIN)])), false, ["rg", "rg", "rg", ""]);
        let mut user = grants(&[(1, ADMIN), (3, VIEWER)]);
        let (group, role) = (GroupId(2), None);
        user.groups.push(GroupGrant { group, role, is_blocked: true });
        check(None, Some(user), false, ["rg", "", "r", ""]);
        check(None, None, false, ["", "", "", ""]);
    }

    #[test]
    fn what_is_its_own_is_cut_down_to_what_the_user_holds() {
        let own = || Some(grants(&[(2, ADMIN)]));
        check(own(), None, false, ["", "rg", "rg", ""]);
        check(own(), Some(grants(&[(2, VIEWER)])), false, ["", "r", "r", ""]);
        check(own(), Some(grants(&[(1, VIEWER), (3, ADMIN)])), true, ["", "r", "rg", ""]);
        check(own(), Some(grants(&[(9, ADMIN)])), true, ["", "", "", ""]);
        check(own(), Some(Grants::default()), true, ["", "", "", ""]);
    }

    #[test]
    fn roles_for_the_account_hold_wherever_nothing_is_blocked() {
        let mut user = grants(&[(2, VIEWER)]);
        user.account_roles.insert(MOVER);
        check(None, Some(user.clone()), true, ["a", "ra", "ra", "a"]);
        let (group, role) = (GroupId(3), None);
        user.groups.push(GroupGrant { group, role, is_blocked: true });
        check(None, Some(user.clone()), true, ["a", "ra", "", "a"]);
        check(Some(grants(&[(1, MOVER)])), Some(user), true, ["a", "a", "", ""]);
    }
}
