//! The level a command on flags speaks of: how a body names it, and whether it is there.

use domain::{Aggregate, Level, OrganizationId, Right, Tenant, TenantId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;

/// A level, as a body names it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelName {
    System,
    Instance,
    Organization,
    User,
}

impl LevelName {
    /// The level, with the id that its kind demands.
    pub(super) fn with(self, id: Option<String>) -> Result<Level, &'static str> {
        match (self, id) {
            (Self::System, None) => Ok(Level::System),
            (Self::Instance, None) => Ok(Level::Instance),
            (Self::Organization, Some(id)) => Ok(Level::Organization(OrganizationId(id))),
            (Self::User, Some(id)) => Ok(Level::User(UserId(id))),
            (Self::System | Self::Instance, Some(_)) => {
                Err("the levels `system` and `instance` take no field `id`")
            }
            (Self::Organization | Self::User, None) => {
                Err("missing field `id`, whose flags they are")
            }
        }
    }
}

/// What is asked of a level's flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Delete,
}

/// What a bearer must hold for that.
pub(super) fn right(level: &Level, access: Access) -> Right {
    match (level, access) {
        (Level::System, Access::Write) => Right::SystemFeatureWrite,
        (Level::System, Access::Delete) => Right::SystemFeatureDelete,
        (Level::Instance, Access::Write) => Right::InstanceFeatureWrite,
        (Level::Instance, Access::Delete) => Right::InstanceFeatureDelete,
        (Level::Organization(_), Access::Write) => Right::OrganizationFeatureWrite,
        (Level::Organization(_), Access::Delete) => Right::OrganizationFeatureDelete,
        (Level::User(_), Access::Write) => Right::UserFeatureWrite,
        (Level::User(_), Access::Delete) => Right::UserFeatureDelete,
    }
}

/// The organization a level is, if it is one.
pub(super) fn organization(level: &Level) -> Option<&OrganizationId> {
    match level {
        Level::Organization(id) => Some(id),
        Level::System | Level::Instance | Level::User(_) => None,
    }
}

/// Why flags cannot be kept on a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelFault {
    #[error("flags of the system stand in the tenant `system` and nowhere else, not in {0}")]
    NotSystem(TenantId),
    #[error("the tenant `system` holds flags of the system only")]
    OnlySystem,
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error("there is no user {0}")]
    UserUnknown(UserId),
}

impl LevelFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::NotSystem(_) | Self::OnlySystem => Refusal::invalid("level_elsewhere", "level"),
            Self::OrganizationUnknown(_) => Refusal::not_found("organization_unknown", "id"),
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "id"),
        }
    }
}

/// Whether flags can be kept on `level` in `tenant`.
pub(super) fn check(level: &Level, tenant: &Tenant) -> Result<(), LevelFault> {
    match level {
        Level::System if tenant.id.is_system() => Ok(()),
        Level::System => Err(LevelFault::NotSystem(tenant.id.clone())),
        Level::Instance | Level::Organization(_) | Level::User(_) if tenant.id.is_system() => {
            Err(LevelFault::OnlySystem)
        }
        Level::Instance => Ok(()),
        Level::Organization(id) if tenant.organizations.contains(id) => Ok(()),
        Level::Organization(id) => Err(LevelFault::OrganizationUnknown(id.clone())),
        Level::User(id) if tenant.users.get(id).is_some() => Ok(()),
        Level::User(id) => Err(LevelFault::UserUnknown(id.clone())),
    }
}

/// What `details` of a level's flags speak of: its flags, or, as long as nothing was ever recorded
/// of those, what the level belongs to.
pub(super) fn target(level: &Level, tenant: &Tenant) -> Aggregate {
    match level {
        _ if tenant.features.is_recorded(level) => Aggregate::features(&tenant.id, level),
        Level::System | Level::Instance => Aggregate::tenant(&tenant.id),
        Level::Organization(id) => Aggregate::organization(id),
        Level::User(id) => Aggregate::user(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::value::sample;

    #[test]
    fn a_level_stands_where_its_object_does() {
        let organization = |id: &str| Level::Organization(OrganizationId(id.to_owned()));
        let (acme, system) = (sample::tenant("acme"), sample::tenant("system"));
        assert_eq!(check(&Level::System, &system), Ok(()));
        assert_eq!(check(&Level::System, &acme), Err(LevelFault::NotSystem(acme.id.clone())));
        assert_eq!(check(&Level::Instance, &acme), Ok(()));
        assert_eq!(check(&Level::Instance, &system), Err(LevelFault::OnlySystem));
        assert_eq!(check(&organization("5"), &acme), Ok(()));
        let unknown = LevelFault::OrganizationUnknown(OrganizationId("6".to_owned()));
        assert_eq!(check(&organization("6"), &acme), Err(unknown));
        let user = UserId("A-B-9".to_owned());
        assert_eq!(check(&Level::User(user.clone()), &acme), Err(LevelFault::UserUnknown(user)));
    }

    #[test]
    fn details_speak_of_the_flags_once_there_were_any() {
        let mut tenant = sample::tenant("acme");
        assert_eq!(target(&Level::Instance, &tenant), Aggregate::tenant(&tenant.id));
        tenant.features.set(&sample::switched(Level::Instance, None, true));
        let flags = Aggregate::features(&tenant.id, &Level::Instance);
        assert_eq!(target(&Level::Instance, &tenant), flags);
    }
}
