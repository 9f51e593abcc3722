//! Creates a group under another one (Akamai IAM v3, "Create a group"), or the root of a new
//! hierarchy, which no published API can make.

use domain::{Aggregate, Event, GroupCreated, GroupId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{LEVELS_MAX, NAME_MAX};
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Creates a group under another one, or the root of a new hierarchy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateGroup {
    /// The group it goes under; the root of a new hierarchy if absent.
    #[schemars(with = "Option<i64>")]
    pub parent: Option<GroupId>,
    /// 1 to 50 characters.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateGroupRejection {
    #[error("there is no group {0}")]
    ParentUnknown(GroupId),
    #[error("a group's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("group {0} is on the last of {LEVELS_MAX} levels")]
    TooDeep(GroupId),
}

impl Rejection for CreateGroupRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ParentUnknown(_) => Refusal::not_found("group_unknown", "parent"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::TooDeep(_) => Refusal::invalid("too_deep", "parent"),
        }
    }
}

impl Command for CreateGroup {
    type Rejection = CreateGroupRejection;
    type Fresh = GroupId;
    const NAME: &'static str = "CreateGroup";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<GroupId, SealError> {
        mint.number().map(GroupId)
    }

    fn target(&self, _: &Tenant, context: &Context<GroupId>) -> Aggregate {
        Aggregate::group(context.fresh)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<GroupId>,
    ) -> Result<Vec<Event>, CreateGroupRejection> {
        use CreateGroupRejection as No;

        if let Some(parent) = self.parent {
            tenant.groups.get(parent).ok_or(No::ParentUnknown(parent))?;
            if tenant.groups.line(parent).count() >= LEVELS_MAX {
                return Err(No::TooDeep(parent));
            }
        }
        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        let (group, parent, name) = (context.fresh, self.parent, self.name.clone());
        Ok(vec![GroupCreated { group, parent, name }.into()])
    }

    fn reply(fresh: &GroupId) -> Map<String, Value> {
        Map::from_iter([("group".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::forest::forest;

    const FOREST: &str = "
        1  -  acme
        2  1  emea
    ";

    fn check(parent: Option<i64>, name: &str, expected: Result<Option<i64>, CreateGroupRejection>) {
        let command = CreateGroup { parent: parent.map(GroupId), name: name.to_owned() };
        let context = Context::sample(GroupId(7));
        let expected = expected.map(|parent| {
            let parent = parent.map(GroupId);
            vec![GroupCreated { group: GroupId(7), parent, name: name.to_owned() }.into()]
        });
        assert_eq!(command.decide(&forest(FOREST), &context), expected, "{parent:?} {name:?}");
    }

    #[test]
    fn a_group_goes_under_any_other_or_begins_a_hierarchy() {
        check(Some(2), "berlin", Ok(Some(2)));
        check(Some(1), "emea", Ok(Some(1)));
        check(None, &"ä".repeat(50), Ok(None));
    }

    #[test]
    fn refuses_an_unknown_parent_and_a_name_that_is_none() {
        use CreateGroupRejection as No;
        check(Some(9), "berlin", Err(No::ParentUnknown(GroupId(9))));
        check(Some(1), " ", Err(No::NameInvalid));
        check(Some(1), &"x".repeat(51), Err(No::NameInvalid));
    }
}
