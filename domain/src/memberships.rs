//! Who belongs to what, in which roles: a user or a client on the whole tenant, or on one of its
//! organizations. Roles and what they grant are Zitadel's.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{ActorKind, Aggregate, OrganizationId, Right, Rights};

/// A role of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MemberRole {
    #[serde(rename = "SYSTEM_OWNER")]
    SystemOwner,
    #[serde(rename = "SYSTEM_OWNER_VIEWER")]
    SystemOwnerViewer,
    #[serde(rename = "IAM_OWNER")]
    InstanceOwner,
    #[serde(rename = "IAM_OWNER_VIEWER")]
    InstanceOwnerViewer,
    #[serde(rename = "IAM_ORG_MANAGER")]
    InstanceOrganizationManager,
    #[serde(rename = "IAM_USER_MANAGER")]
    InstanceUserManager,
    #[serde(rename = "IAM_LOGIN_CLIENT")]
    InstanceLoginClient,
    #[serde(rename = "ORG_OWNER")]
    OrganizationOwner,
    #[serde(rename = "ORG_OWNER_VIEWER")]
    OrganizationOwnerViewer,
    #[serde(rename = "ORG_SETTINGS_MANAGER")]
    OrganizationSettingsManager,
    #[serde(rename = "ORG_USER_MANAGER")]
    OrganizationUserManager,
}

const OF_SYSTEM: [Right; 3] =
    [Right::SystemFeatureRead, Right::SystemFeatureWrite, Right::SystemFeatureDelete];
const OF_INSTANCE: [Right; 3] =
    [Right::InstanceFeatureRead, Right::InstanceFeatureWrite, Right::InstanceFeatureDelete];
const OF_ORGANIZATION: [Right; 3] = [
    Right::OrganizationFeatureRead,
    Right::OrganizationFeatureWrite,
    Right::OrganizationFeatureDelete,
];
const OF_USER: [Right; 3] =
    [Right::UserFeatureRead, Right::UserFeatureWrite, Right::UserFeatureDelete];

impl MemberRole {
    pub const ALL: [Self; 11] = [
        Self::SystemOwner,
        Self::SystemOwnerViewer,
        Self::InstanceOwner,
        Self::InstanceOwnerViewer,
        Self::InstanceOrganizationManager,
        Self::InstanceUserManager,
        Self::InstanceLoginClient,
        Self::OrganizationOwner,
        Self::OrganizationOwnerViewer,
        Self::OrganizationSettingsManager,
        Self::OrganizationUserManager,
    ];

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SystemOwner => "SYSTEM_OWNER",
            Self::SystemOwnerViewer => "SYSTEM_OWNER_VIEWER",
            Self::InstanceOwner => "IAM_OWNER",
            Self::InstanceOwnerViewer => "IAM_OWNER_VIEWER",
            Self::InstanceOrganizationManager => "IAM_ORG_MANAGER",
            Self::InstanceUserManager => "IAM_USER_MANAGER",
            Self::InstanceLoginClient => "IAM_LOGIN_CLIENT",
            Self::OrganizationOwner => "ORG_OWNER",
            Self::OrganizationOwnerViewer => "ORG_OWNER_VIEWER",
            Self::OrganizationSettingsManager => "ORG_SETTINGS_MANAGER",
            Self::OrganizationUserManager => "ORG_USER_MANAGER",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it is held on an organization; the others are held on the whole tenant.
    pub fn is_of_organization(self) -> bool {
        match self {
            Self::OrganizationOwner
            | Self::OrganizationOwnerViewer
            | Self::OrganizationSettingsManager
            | Self::OrganizationUserManager => true,
            Self::SystemOwner
            | Self::SystemOwnerViewer
            | Self::InstanceOwner
            | Self::InstanceOwnerViewer
            | Self::InstanceOrganizationManager
            | Self::InstanceUserManager
            | Self::InstanceLoginClient => false,
        }
    }

    /// What it grants (Zitadel, default role mapping).
    pub fn rights(self) -> Rights {
        let all = |groups: &[[Right; 3]]| groups.iter().flatten().copied().collect();
        match self {
            Self::SystemOwner => all(&[OF_SYSTEM]),
            Self::SystemOwnerViewer => [Right::SystemFeatureRead].into(),
            Self::InstanceOwner => {
                let mut rights: Rights = all(&[OF_INSTANCE, OF_ORGANIZATION, OF_USER]);
                rights.insert(Right::EventsRead);
                rights
            }
            Self::InstanceOwnerViewer => [
                Right::InstanceFeatureRead,
                Right::OrganizationFeatureRead,
                Right::UserFeatureRead,
                Right::EventsRead,
            ]
            .into(),
            Self::InstanceOrganizationManager | Self::OrganizationOwner => {
                all(&[OF_ORGANIZATION, OF_USER])
            }
            Self::InstanceUserManager | Self::OrganizationUserManager => all(&[OF_USER]),
            Self::InstanceLoginClient => [Right::OrganizationFeatureRead].into(),
            Self::OrganizationOwnerViewer => {
                [Right::OrganizationFeatureRead, Right::UserFeatureRead].into()
            }
            Self::OrganizationSettingsManager => all(&[OF_ORGANIZATION]),
        }
    }
}

/// A member holds other roles than before; with none it is no member any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipSet {
    /// A user or a client.
    pub holder: ActorKind,
    pub holder_id: String,
    /// The whole tenant if absent.
    pub organization: Option<OrganizationId>,
    pub before: BTreeSet<MemberRole>,
    pub after: BTreeSet<MemberRole>,
}

/// The roles of all members of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memberships {
    /// By the aggregate's id, which names holder and organization.
    by_id: BTreeMap<String, BTreeSet<MemberRole>>,
}

impl Memberships {
    /// The roles a holder has on the tenant, or on one of its organizations.
    pub fn of(
        &self,
        holder: ActorKind,
        id: &str,
        organization: Option<&OrganizationId>,
    ) -> BTreeSet<MemberRole> {
        let membership = Aggregate::membership(holder, id, organization);
        self.by_id.get(&membership.id).cloned().unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn set(&mut self, fact: &MembershipSet) {
        let organization = fact.organization.as_ref();
        let id = Aggregate::membership(fact.holder, &fact.holder_id, organization).id;
        if fact.after.is_empty() {
            self.by_id.remove(&id);
        } else {
            self.by_id.insert(id, fact.after.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_stored_by_the_name_it_shows() {
        for role in MemberRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn only_the_system_grants_rights_there_and_organizations_grant_none_above_them() {
        for role in MemberRole::ALL {
            let is_system = role.as_str().starts_with("SYSTEM");
            for right in role.rights() {
                assert_eq!(right.as_str().starts_with("system."), is_system, "{role:?}");
                let is_above = right.as_str().starts_with("iam.") || right == Right::EventsRead;
                assert!(!(is_above && role.is_of_organization()), "{role:?}");
            }
        }
    }
}
