//! The forest of groups that users and assets hang in.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;

use serde::{Deserialize, Serialize};

use crate::GroupId;

/// A group came to be, under `parent`, or as a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCreated {
    pub group: GroupId,
    pub parent: Option<GroupId>,
    pub name: String,
}

/// A group got another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRenamed {
    pub group: GroupId,
    pub from: String,
    pub to: String,
}

/// A group, with everything below it, went under another parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMoved {
    pub group: GroupId,
    pub from: GroupId,
    pub to: GroupId,
}

/// A group, by then empty, is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDeleted {
    pub group: GroupId,
    pub parent: Option<GroupId>,
    pub name: String,
}

/// What decisions need of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub parent: Option<GroupId>,
    pub name: String,
    pub children: BTreeSet<GroupId>,
}

/// All groups of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    by_id: BTreeMap<GroupId, Group>,
}

impl Groups {
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        self.by_id.get(&id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// `id` and then its ancestors, nearest first; the last one is the root. Empty when unknown.
    pub fn line(&self, id: GroupId) -> impl Iterator<Item = GroupId> + '_ {
        let known = self.by_id.contains_key(&id).then_some(id);
        successors(known, |id| self.by_id.get(id).and_then(|group| group.parent))
    }

    /// How many levels there are from `id` down, itself included; 0 when unknown.
    pub fn height(&self, id: GroupId) -> usize {
        let level = |ids: &Vec<GroupId>| {
            let below = ids.iter().filter_map(|id| self.by_id.get(id));
            let below: Vec<_> = below.flat_map(|group| &group.children).copied().collect();
            (!below.is_empty()).then_some(below)
        };
        let top = self.by_id.contains_key(&id).then(|| vec![id]);
        successors(top, level).count()
    }

    /// The groups at the top of their hierarchies.
    pub fn roots(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.by_id.iter().filter(|(_, group)| group.parent.is_none()).map(|(id, _)| *id)
    }

    pub fn created(&mut self, fact: &GroupCreated) {
        let group =
            Group { parent: fact.parent, name: fact.name.clone(), children: BTreeSet::new() };
        self.by_id.insert(fact.group, group);
        self.adopt(fact.parent, fact.group);
    }

    pub fn renamed(&mut self, fact: &GroupRenamed) {
        if let Some(group) = self.by_id.get_mut(&fact.group) {
            group.name.clone_from(&fact.to);
        }
    }

    pub fn moved(&mut self, fact: &GroupMoved) {
        self.abandon(Some(fact.from), fact.group);
        if let Some(group) = self.by_id.get_mut(&fact.group) {
            group.parent = Some(fact.to);
        }
        self.adopt(Some(fact.to), fact.group);
    }

    pub fn deleted(&mut self, fact: &GroupDeleted) {
        self.by_id.remove(&fact.group);
        self.abandon(fact.parent, fact.group);
    }

    fn adopt(&mut self, parent: Option<GroupId>, child: GroupId) {
        if let Some(parent) = parent.and_then(|id| self.by_id.get_mut(&id)) {
            parent.children.insert(child);
        }
    }

    fn abandon(&mut self, parent: Option<GroupId>, child: GroupId) {
        if let Some(parent) = parent.and_then(|id| self.by_id.get_mut(&id)) {
            parent.children.remove(&child);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_at_the_root_and_follows_a_move() {
        let mut groups = Groups::default();
        for (id, parent) in [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(2))] {
            let parent = parent.map(GroupId);
            groups.created(&GroupCreated { group: GroupId(id), parent, name: String::new() });
        }
        let (group, from, to) = (GroupId(4), GroupId(2), GroupId(3));
        groups.moved(&GroupMoved { group, from, to });
        assert_eq!(groups.line(group).collect::<Vec<_>>(), [4, 3, 1].map(GroupId));
        assert!(groups.get(from).unwrap().children.is_empty());
        assert_eq!([1, 2, 3, 4, 9].map(|id| groups.height(GroupId(id))), [3, 1, 2, 1, 0]);
    }
}
