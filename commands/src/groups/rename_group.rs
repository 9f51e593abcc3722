//! Gives a group another name (Akamai IAM v3, "Update group").

use domain::{Aggregate, Event, GroupId, GroupRenamed, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::NAME_MAX;
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives a group another name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenameGroup {
    #[schemars(with = "i64")]
    pub group: GroupId,
    /// 1 to 50 characters.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameGroupRejection {
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
    #[error("a group's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
}

impl Rejection for RenameGroupRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", "group"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
        }
    }
}

impl Command for RenameGroup {
    type Rejection = RenameGroupRejection;
    type Fresh = ();
    const NAME: &'static str = "RenameGroup";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::group(self.group)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, RenameGroupRejection> {
        use RenameGroupRejection as No;

        let group = tenant.groups.get(self.group).ok_or(No::GroupUnknown(self.group))?;
        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        if group.name == self.name {
            return Ok(Vec::new());
        }
        let (from, to) = (group.name.clone(), self.name.clone());
        Ok(vec![GroupRenamed { group: self.group, from, to }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::forest::forest;

    fn check(group: i64, name: &str, expected: Result<Vec<Event>, RenameGroupRejection>) {
        let command = RenameGroup { group: GroupId(group), name: name.to_owned() };
        assert_eq!(command.decide(&forest("1 - acme"), &Context::sample(())), expected);
    }

    #[test]
    fn any_group_takes_another_name() {
        let (group, from, to) = (GroupId(1), "acme".to_owned(), "Acme Inc.".to_owned());
        check(1, "Acme Inc.", Ok(vec![GroupRenamed { group, from, to }.into()]));
        check(1, "acme", Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_group_and_a_name_that_is_none() {
        check(2, "emea", Err(RenameGroupRejection::GroupUnknown(GroupId(2))));
        check(1, "", Err(RenameGroupRejection::NameInvalid));
    }
}
