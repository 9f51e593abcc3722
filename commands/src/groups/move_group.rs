//! Moves a group, with everything below it, under another group of the same hierarchy
//! (Akamai IAM v3, "Move a group").

use domain::{
    Aggregate, Event, GroupId, GroupMoved, Lineage, MoveFault, PlannedMove, Right, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::LEVELS_MAX;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Moves a group, with everything below it, under another group of the same hierarchy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveGroup {
    /// The group to move.
    #[schemars(with = "i64")]
    pub group: GroupId,
    /// Its new parent.
    #[schemars(with = "i64")]
    pub to: GroupId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveGroupRejection {
    #[error("there is no group {0}")]
    SourceUnknown(GroupId),
    #[error("there is no group {0}")]
    DestinationUnknown(GroupId),
    #[error("group {0} is the root of its hierarchy and cannot be moved")]
    SourceIsRoot(GroupId),
    #[error("group {destination} lies below group {source_group}, or is that group")]
    DestinationBelowSource { source_group: GroupId, destination: GroupId },
    #[error("group {destination} belongs to the hierarchy of group {root}")]
    OtherHierarchy { destination: GroupId, root: GroupId },
    #[error("below group {0} the hierarchy would have more than {LEVELS_MAX} levels")]
    TooDeep(GroupId),
}

impl Rejection for MoveGroupRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::SourceUnknown(_) => Refusal::not_found("group_unknown", "group"),
            Self::DestinationUnknown(_) => Refusal::not_found("group_unknown", "to"),
            Self::SourceIsRoot(_) => Refusal::invalid("group_is_root", "group"),
            Self::DestinationBelowSource { .. } => Refusal::invalid("group_cycle", "to"),
            Self::OtherHierarchy { .. } => Refusal::invalid("other_hierarchy", "to"),
            Self::TooDeep(_) => Refusal::invalid("too_deep", "to"),
        }
    }
}

impl Command for MoveGroup {
    type Rejection = MoveGroupRejection;
    type Fresh = ();
    const NAME: &'static str = "MoveGroup";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::group(self.group)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, MoveGroupRejection> {
        use MoveGroupRejection as No;

        let (groups, group, to) = (&tenant.groups, self.group, self.to);
        let moved = groups.get(group).ok_or(No::SourceUnknown(group))?;
        groups.get(to).ok_or(No::DestinationUnknown(to))?;
        let from = moved.parent.ok_or(No::SourceIsRoot(group))?;
        let lineage = |id| Lineage::new(groups.line(id));
        PlannedMove::of(lineage(group), &lineage(to)).map_err(|fault| match fault {
            MoveFault::SourceIsRoot => No::SourceIsRoot(group),
            MoveFault::DestinationBelowSource => {
                No::DestinationBelowSource { source_group: group, destination: to }
            }
            MoveFault::OtherHierarchy(root) => No::OtherHierarchy { destination: to, root },
        })?;
        if from == to {
            return Ok(Vec::new());
        }
        if groups.line(to).count() + groups.height(group) > LEVELS_MAX {
            return Err(No::TooDeep(to));
        }
        Ok(vec![GroupMoved { group, from, to }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::forest::forest;
    use crate::groups::{CreateGroup, CreateGroupRejection};

    const FOREST: &str = "
        1  -  acme
        2  1  emea
        3  1  apac
        4  2  berlin
        9  -  other
    ";

    fn check(group: i64, to: i64, expected: Result<Vec<Event>, MoveGroupRejection>) {
        let command = MoveGroup { group: GroupId(group), to: GroupId(to) };
        assert_eq!(command.decide(&forest(FOREST), &Context::sample(())), expected);
    }

    #[test]
    fn a_nested_group_goes_under_another_parent() {
        let fact = GroupMoved { group: GroupId(4), from: GroupId(2), to: GroupId(3) };
        check(4, 3, Ok(vec![fact.into()]));
        check(4, 2, Ok(vec![]));
    }

    #[test]
    fn no_hierarchy_grows_beyond_its_levels() {
        // 1 over 2 over 3 and so on; 101 and 102, one over the other, beside 2.
        let deep = (2..=50).map(|id| format!("{id} {} down", id - 1));
        let drawn = ["1 - acme".to_owned(), "101 1 emea".to_owned(), "102 101 rome".to_owned()];
        let tenant = forest(&drawn.into_iter().chain(deep).collect::<Vec<_>>().join("\n"));
        let moved = |group, to| {
            let command = MoveGroup { group: GroupId(group), to: GroupId(to) };
            command.decide(&tenant, &Context::sample(())).map(|events| events.len())
        };
        assert_eq!(moved(101, 48), Ok(1));
        assert_eq!(moved(101, 49), Err(MoveGroupRejection::TooDeep(GroupId(49))));
        assert_eq!(moved(102, 49), Ok(1));
        let create = |parent| {
            let command = CreateGroup { parent: Some(GroupId(parent)), name: "x".to_owned() };
            command.decide(&tenant, &Context::sample(GroupId(200))).map(|events| events.len())
        };
        assert_eq!(create(49), Ok(1));
        assert_eq!(create(50), Err(CreateGroupRejection::TooDeep(GroupId(50))));
    }

    #[test]
    fn refuses_what_is_unknown_a_root_a_cycle_or_elsewhere() {
        use MoveGroupRejection as No;
        let (source_group, destination) = (GroupId(2), GroupId(4));
        check(7, 3, Err(No::SourceUnknown(GroupId(7))));
        check(4, 7, Err(No::DestinationUnknown(GroupId(7))));
        check(1, 2, Err(No::SourceIsRoot(GroupId(1))));
        check(2, 4, Err(No::DestinationBelowSource { source_group, destination }));
        check(2, 2, Err(No::DestinationBelowSource { source_group, destination: GroupId(2) }));
        check(2, 9, Err(No::OtherHierarchy { destination: GroupId(9), root: GroupId(9) }));
    }
}
