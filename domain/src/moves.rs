//! What a move of a group would do, before it is made: whether it may be, and who would lose or
//! gain access by it (Akamai IAM v3, "List users affected by moving a group").

use std::collections::HashMap;

use crate::{Grants, GroupId, Held};

/// Why a group cannot go under another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveFault {
    SourceIsRoot,
    /// The new parent lies below the group, or is that group.
    DestinationBelowSource,
    /// The new parent belongs to the hierarchy of this root.
    OtherHierarchy(GroupId),
}

/// A group and its ancestors, nearest first, the root last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    groups: Vec<GroupId>,
    /// How far from the first one each lies.
    distances: HashMap<GroupId, usize>,
}

impl Lineage {
    pub fn new(groups: impl IntoIterator<Item = GroupId>) -> Self {
        let groups: Vec<_> = groups.into_iter().collect();
        let distances = groups.iter().enumerate().map(|(distance, id)| (*id, distance)).collect();
        Self { groups, distances }
    }

    fn contains(&self, group: GroupId) -> bool {
        self.distances.contains_key(&group)
    }

    /// What these grants come to on the first group of the line. Each grant is looked at once,
    /// however long the line is.
    pub fn held(&self, grants: &Grants) -> Option<Held> {
        let near = |(group, held)| Some((*self.distances.get(&group)?, held));
        let said = grants.said().filter_map(near);
        said.min_by_key(|(distance, _)| *distance).map(|(_, held)| held)
    }

    /// Whether the first group of the line can be reached with these grants.
    pub fn reaches(&self, grants: &Grants) -> bool {
        matches!(self.held(grants), Some(Held::Role(_)))
    }
}

/// A group, where it stands and where it would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMove {
    before: Lineage,
    after: Lineage,
}

/// What becomes of a user's access to the group that is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessChange {
    Lost,
    Gained,
}

impl PlannedMove {
    /// The group with its ancestors, and those it would have under `destination`, the line of its
    /// new parent.
    pub fn of(source: Lineage, destination: &Lineage) -> Result<Self, MoveFault> {
        let (group, root) = (source.groups.first(), source.groups.last());
        let Some(group) = group.filter(|_| source.groups.len() > 1) else {
            return Err(MoveFault::SourceIsRoot);
        };
        if destination.contains(*group) {
            return Err(MoveFault::DestinationBelowSource);
        }
        match destination.groups.last() {
            Some(other) if Some(other) != root => Err(MoveFault::OtherHierarchy(*other)),
            Some(_) | None => {
                let groups = [*group].into_iter().chain(destination.groups.iter().copied());
                Ok(Self { after: Lineage::new(groups), before: source })
            }
        }
    }

    /// What it does to whoever holds these grants. Groups below the one that moves need no look:
    /// what they inherit, they inherit through it.
    pub fn effect(&self, grants: &Grants) -> Option<AccessChange> {
        match (self.before.reaches(grants), self.after.reaches(grants)) {
            (true, false) => Some(AccessChange::Lost),
            (false, true) => Some(AccessChange::Gained),
            (true, true) | (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GroupGrant, RoleId};

    fn line(groups: &[i64]) -> Lineage {
        Lineage::new(groups.iter().copied().map(GroupId))
    }

    /// The effect of moving 4, which lies in 2, to 3; both lie in 1.
    fn check(grants: &[(i64, Option<i64>, bool)], expected: Option<AccessChange>) {
        let moved = PlannedMove::of(line(&[4, 2, 1]), &line(&[3, 1])).unwrap();
        let grant = |&(group, role, is_blocked): &(i64, Option<i64>, bool)| GroupGrant {
            group: GroupId(group),
            role: role.map(RoleId),
            is_blocked,
        };
        let groups = grants.iter().map(grant).collect();
        assert_eq!(moved.effect(&Grants { groups, ..Grants::default() }), expected, "{grants:?}");
    }

    #[test]
    fn access_is_lost_with_an_ancestor_and_gained_with_another() {
        check(&[(2, Some(7), false)], Some(AccessChange::Lost));
        check(&[(3, Some(7), false)], Some(AccessChange::Gained));
        check(&[(2, Some(7), false), (3, Some(8), false)], None);
        check(&[], None);
    }

    #[test]
    fn a_grant_of_its_own_or_on_a_common_ancestor_keeps_access() {
        check(&[(4, Some(7), false), (2, Some(7), false)], None);
        check(&[(1, Some(7), false)], None);
        check(&[(1, Some(7), false), (2, Some(8), false)], None);
    }

    #[test]
    fn a_block_on_the_way_counts_as_none() {
        check(&[(1, Some(7), false), (3, None, true)], Some(AccessChange::Lost));
        check(&[(1, Some(7), false), (2, None, true)], Some(AccessChange::Gained));
        check(&[(3, Some(7), false), (4, None, true)], None);
    }

    #[test]
    fn refuses_a_root_a_cycle_and_another_hierarchy() {
        let to = |source: &[i64], destination: &[i64]| {
            PlannedMove::of(line(source), &line(destination)).map(drop)
        };
        assert_eq!(to(&[1], &[3, 1]), Err(MoveFault::SourceIsRoot));
        assert_eq!(to(&[2, 1], &[4, 2, 1]), Err(MoveFault::DestinationBelowSource));
        assert_eq!(to(&[2, 1], &[2, 1]), Err(MoveFault::DestinationBelowSource));
        assert_eq!(to(&[2, 1], &[9]), Err(MoveFault::OtherHierarchy(GroupId(9))));
        assert_eq!(to(&[4, 2, 1], &[2, 1]), Ok(()));
    }
}
