//! The integer ids that facts bring into being: each is drawn from the installation's one counter,
//! so that no two tenants of it have the same.

use crate::Event;

impl Event {
    /// Types of facts that bring one with them.
    pub const DRAWING: [&'static str; 9] = [
        "allow_list.block_added",
        "asset.added",
        "asset.resource_registered",
        "client.credential_created",
        "group.created",
        "organization.created",
        "record.created",
        "role.created",
        "user.created",
    ];

    /// What was drawn for this fact: of what kind of thing, and its number. A user's is the end of
    /// its id.
    pub fn drawn(&self) -> Option<(&'static str, i64)> {
        let last = |id: &str| id.rsplit('-').next().and_then(|digits| digits.parse().ok());
        #[expect(clippy::wildcard_enum_match_arm, reason = "most facts bring no id with them")]
        match self {
            Self::CidrBlockAdded(fact) => Some(("cidr_block", fact.block.0)),
            Self::AssetAdded(fact) => Some(("asset", fact.asset.0)),
            Self::ResourceRegistered(fact) => Some(("resource", fact.resource.0)),
            Self::ClientCredentialCreated(fact) => Some(("credential", fact.credential.0)),
            Self::GroupCreated(fact) => Some(("group", fact.group.0)),
            Self::OrganizationCreated(fact) => {
                last(fact.organization.as_str()).map(|it| ("organization", it))
            }
            Self::RecordCreated(fact) => Some(("record", fact.record.0)),
            Self::RoleCreated(fact) => Some(("role", fact.role.0)),
            Self::UserCreated(fact) => last(fact.user.as_str()).map(|it| ("user", it)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Event, GroupCreated, GroupId, OrganizationCreated, OrganizationId};

    #[test]
    fn a_drawn_number_is_told_with_its_kind() {
        let group = GroupCreated { group: GroupId(7), parent: None, name: "x".to_owned() };
        assert_eq!(Event::from(group).drawn(), Some(("group", 7)));
        let organization = OrganizationId("1003".to_owned());
        let made = OrganizationCreated { organization, name: "x".to_owned() };
        assert_eq!(Event::from(made).drawn(), Some(("organization", 1_003)));
    }

    #[test]
    fn every_type_that_draws_is_one_that_there_is() {
        for name in Event::DRAWING {
            assert!(Event::TYPES.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
