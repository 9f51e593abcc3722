//! Random moves: who is said to lose or gain access beforehand does so when the move is made.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Access, AccessChange, Grants, GroupCreated, GroupGrant, GroupId, Lineage, PlannedMove, RoleId,
    Tenant, TenantId,
};
use proptest::prelude::*;

use super::MoveGroup;
use crate::{Command, Context};

const GROUPS: i64 = 12;

/// A forest; the parent of each group is one before it, or none.
fn forest() -> impl Strategy<Value = Tenant> {
    let parents =
        prop::collection::vec(any::<prop::sample::Index>(), usize::try_from(GROUPS).unwrap());
    parents.prop_map(|parents| {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        for (id, parent) in (1..).zip(parents) {
            // The first two are roots.
            let parent = (id > 2).then(|| 1 + parent.index(usize::try_from(id - 1).unwrap()));
            let parent = parent.map(|it| GroupId(i64::try_from(it).unwrap()));
            let (group, name) = (GroupId(id), String::new());
            tenant.groups.created(&GroupCreated { group, parent, name });
        }
        tenant
    })
}

fn grants() -> impl Strategy<Value = Grants> {
    let grant = (1..=GROUPS, prop::option::weighted(0.8, 1..3_i64), prop::bool::weighted(0.25));
    prop::collection::vec(grant, 0..5).prop_map(|all| {
        let by_group: BTreeMap<_, _> = all.into_iter().map(|it| (it.0, it)).collect();
        let grant = |(group, role, is_blocked): (i64, Option<i64>, bool)| GroupGrant {
            group: GroupId(group),
            role: role.map(RoleId),
            is_blocked,
        };
        Grants { groups: by_group.into_values().map(grant).collect(), ..Grants::default() }
    })
}

/// The groups on which something is held.
fn reached(tenant: &Tenant, grants: &Grants) -> BTreeSet<GroupId> {
    let groups = (1..=GROUPS).map(GroupId);
    let parents = groups.map(|id| (id, tenant.groups.get(id).unwrap().parent)).collect();
    Access::over(&parents, grants).roles().map(|(group, _)| group).collect()
}

proptest! {
    #[test]
    fn what_is_foretold_of_a_move_is_what_it_does(
        tenant in forest(),
        (group, to) in (1..=GROUPS, 1..=GROUPS),
        users in prop::collection::vec(grants(), 1..12),
    ) {
        let (group, to) = (GroupId(group), GroupId(to));
        let lineage = |id| Lineage::new(tenant.groups.line(id));
        let planned = PlannedMove::of(lineage(group), &lineage(to));
        let decided = MoveGroup { group, to }.decide(&tenant, &Context::sample(()));
        prop_assert_eq!(planned.is_ok(), decided.is_ok());
        let (Ok(planned), Ok(events)) = (planned, decided) else { return Ok(()) };
        let mut moved = tenant.clone();
        for event in &events {
            moved.apply(event);
        }
        for grants in &users {
            let (before, after) = (reached(&tenant, grants), reached(&moved, grants));
            let expected = match (before.contains(&group), after.contains(&group)) {
                (true, false) => Some(AccessChange::Lost),
                (false, true) => Some(AccessChange::Gained),
                (true, true) | (false, false) => None,
            };
            prop_assert_eq!(planned.effect(grants), expected);
            if expected.is_none() {
                prop_assert_eq!(before, after, "what is below changes only with the group itself");
            }
        }
    }
}
