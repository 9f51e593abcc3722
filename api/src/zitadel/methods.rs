//! The twelve calls of the feature service, which each version has: what each does to which level,
//! where its REST form lives, and what it needs.

use axum::http::Method as Verb;
use domain::Right;

use crate::dialect::Needs;

/// A published version of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V2beta,
    V2,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Set,
    Reset,
    Get,
}

/// The kind of level a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    System,
    Instance,
    Organization,
    User,
}

impl Of {
    /// Path of the REST form, below the version.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::System => "/features/system",
            Self::Instance => "/features/instance",
            Self::Organization => "/features/organization/{organizationId}",
            Self::User => "/features/user/{userId}",
        }
    }

    /// The field of a request that names whose flags are meant, in JSON's spelling.
    pub(super) fn id_field(self) -> Option<&'static str> {
        match self {
            Self::System | Self::Instance => None,
            Self::Organization => Some("organizationId"),
            Self::User => Some("userId"),
        }
    }

    /// The right that reading takes.
    pub(super) fn read_right(self) -> Right {
        match self {
            Self::System => Right::SystemFeatureRead,
            Self::Instance => Right::InstanceFeatureRead,
            Self::Organization => Right::OrganizationFeatureRead,
            Self::User => Right::UserFeatureRead,
        }
    }
}

/// One call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// Its path below the service.
    pub(super) path: &'static str,
    pub(super) act: Act,
    pub(super) of: Of,
}

#[rustfmt::skip]
pub(super) static METHODS: [Method; 12] = [
    Method { path: "/SetSystemFeatures",         act: Act::Set,   of: Of::System },
    Method { path: "/ResetSystemFeatures",       act: Act::Reset, of: Of::System },
    Method { path: "/GetSystemFeatures",         act: Act::Get,   of: Of::System },
    Method { path: "/SetInstanceFeatures",       act: Act::Set,   of: Of::Instance },
    Method { path: "/ResetInstanceFeatures",     act: Act::Reset, of: Of::Instance },
    Method { path: "/GetInstanceFeatures",       act: Act::Get,   of: Of::Instance },
    Method { path: "/SetOrganizationFeatures",   act: Act::Set,   of: Of::Organization },
    Method { path: "/ResetOrganizationFeatures", act: Act::Reset, of: Of::Organization },
    Method { path: "/GetOrganizationFeatures",   act: Act::Get,   of: Of::Organization },
    Method { path: "/SetUserFeatures",           act: Act::Set,   of: Of::User },
    Method { path: "/ResetUserFeatures",         act: Act::Reset, of: Of::User },
    Method { path: "/GetUserFeatures",           act: Act::Get,   of: Of::User },
];

impl Method {
    /// As the service names it.
    pub(super) fn name(&self) -> &'static str {
        self.path.trim_start_matches('/')
    }

    /// The verb of the REST form.
    pub(super) fn verb(&self) -> Verb {
        match self.act {
            Act::Set => Verb::PUT,
            Act::Reset => Verb::DELETE,
            Act::Get => Verb::GET,
        }
    }

    /// What its gate asks. In version 2 whoever signed in may ask; what is somebody else's is then
    /// refused by the call itself.
    pub(super) fn needs(&self, version: Version) -> Needs {
        let beta = version == Version::V2beta;
        match (self.act, self.of) {
            (Act::Get, of) if beta => Needs::Right(of.read_right()),
            (Act::Get, _) => Needs::SignedIn,
            (Act::Set, Of::System) => Needs::Right(Right::SystemFeatureWrite),
            (Act::Set, Of::Instance) => Needs::Right(Right::InstanceFeatureWrite),
            (Act::Set, Of::Organization) => Needs::Right(Right::OrganizationFeatureWrite),
            (Act::Set, Of::User) => Needs::Right(Right::UserFeatureWrite),
            (Act::Reset, Of::System) => Needs::Right(Right::SystemFeatureDelete),
            (Act::Reset, Of::Instance) => Needs::Right(Right::InstanceFeatureDelete),
            (Act::Reset, Of::Organization) if beta => Needs::Right(Right::OrganizationFeatureWrite),
            (Act::Reset, Of::Organization) => Needs::Right(Right::OrganizationFeatureDelete),
            (Act::Reset, Of::User) if beta => Needs::Right(Right::UserFeatureWrite),
            (Act::Reset, Of::User) => Needs::Right(Right::UserFeatureDelete),
        }
    }
}
