//! Random histories of group commands: whatever is asked, the groups stay a forest.

use domain::{Event, Group, GroupId, Groups, Tenant, TenantId};
use proptest::prelude::*;

use super::{CreateGroup, DeleteGroup, MoveGroup, RenameGroup};
use crate::{Command, Context};

/// One thing asked for; ids are small, so that most of them mean something.
#[derive(Debug, Clone)]
enum Asked {
    Create(Option<i64>, String),
    Rename(i64, String),
    Move(i64, i64),
    Delete(i64),
}

fn asked() -> impl Strategy<Value = Asked> {
    let id = || 1..24_i64;
    prop_oneof![
        4 => (proptest::option::weighted(0.85, id()), "[a-c]{0,3}")
            .prop_map(|(parent, name)| Asked::Create(parent, name)),
        1 => (id(), "[a-c]{0,3}").prop_map(|(group, name)| Asked::Rename(group, name)),
        4 => (id(), id()).prop_map(|(group, to)| Asked::Move(group, to)),
        2 => id().prop_map(Asked::Delete),
    ]
}

/// What the command decides; a refusal changes nothing.
fn decide(asked: &Asked, tenant: &Tenant, fresh: i64) -> Vec<Event> {
    let granted = match asked.clone() {
        Asked::Create(parent, name) => CreateGroup { parent: parent.map(GroupId), name }
            .decide(tenant, &Context::sample(GroupId(fresh)))
            .ok(),
        Asked::Rename(group, name) => {
            RenameGroup { group: GroupId(group), name }.decide(tenant, &Context::sample(())).ok()
        }
        Asked::Move(group, to) => MoveGroup { group: GroupId(group), to: GroupId(to) }
            .decide(tenant, &Context::sample(()))
            .ok(),
        Asked::Delete(group) => {
            DeleteGroup { group: GroupId(group) }.decide(tenant, &Context::sample(())).ok()
        }
    };
    granted.unwrap_or_default()
}

/// Every line ends at a root, names are names, and parents and children agree.
fn check_forest(groups: &Groups, ids: impl Iterator<Item = i64>) -> Result<(), TestCaseError> {
    let mut n_found = 0;
    for id in ids.map(GroupId) {
        let Some(group) = groups.get(id) else { continue };
        n_found += 1;
        let line: Vec<_> = groups.line(id).take(groups.len() + 1).collect();
        prop_assert!(line.len() <= groups.len(), "the line of {} is a circle: {:?}", id, line);
        let root = line.last().and_then(|root| groups.get(*root));
        prop_assert!(root.is_some_and(|root| root.parent.is_none()));
        prop_assert!((1..=50).contains(&group.name.chars().count()));
        let of_parent = |parent: &Group| parent.children.contains(&id);
        prop_assert!(group.parent.is_none_or(|id| groups.get(id).is_some_and(of_parent)));
        let of_child = |child: &Group| child.parent == Some(id);
        prop_assert!(group.children.iter().all(|id| groups.get(*id).is_some_and(of_child)));
    }
    prop_assert_eq!(n_found, groups.len());
    Ok(())
}

proptest! {
    #[test]
    fn the_groups_stay_a_forest_and_follow_from_the_facts(
        asked in proptest::collection::vec(asked(), 1..60),
    ) {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let mut facts = Vec::new();
        for (fresh, asked) in (1..).zip(&asked) {
            let events = decide(asked, &tenant, fresh);
            for event in events {
                tenant.apply(&event);
                facts.push((event.name(), event.version(), event.encode().unwrap()));
            }
            check_forest(&tenant.groups, 1..=fresh)?;
        }
        let mut folded = Tenant::unborn(TenantId::new("acme").unwrap());
        for (name, version, payload) in &facts {
            folded.apply(&Event::decode(name, *version, payload).unwrap());
        }
        prop_assert_eq!(folded, tenant);
    }
}
