//! Unsets all flags of a level, which then shows those of the level above (Zitadel,
//! "Reset Organization Features" and its siblings).

use domain::{Aggregate, Event, FeaturesReset, Level, OrganizationId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::level::{self, Access, LevelFault, LevelName};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Unsets all flags of a level.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Body")]
pub struct ResetFeatures {
    #[schemars(with = "LevelName")]
    pub on: Level,
}

/// Unsets all flags of a level.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ResetFeatures")]
struct Body {
    level: LevelName,
    /// Of the organization or user whose flags they are.
    id: Option<String>,
}

impl TryFrom<Body> for ResetFeatures {
    type Error = &'static str;
    fn try_from(body: Body) -> Result<Self, &'static str> {
        Ok(Self { on: body.level.with(body.id)? })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetFeaturesRejection {
    #[error(transparent)]
    Level(LevelFault),
}

impl Rejection for ResetFeaturesRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Level(fault) => fault.refusal(),
        }
    }
}

impl Command for ResetFeatures {
    type Rejection = ResetFeaturesRejection;
    type Fresh = ();
    const NAME: &'static str = "ResetFeatures";

    fn needs(&self) -> Right {
        level::right(&self.on, Access::Delete)
    }

    fn organization(&self) -> Option<&OrganizationId> {
        level::organization(&self.on)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        level::target(&self.on, tenant)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, ResetFeaturesRejection> {
        level::check(&self.on, tenant).map_err(ResetFeaturesRejection::Level)?;
        let set = tenant.features.on(&self.on);
        let fact = set.map(|set| FeaturesReset { on: self.on.clone(), before: set.clone() });
        Ok(fact.into_iter().map(Event::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use domain::{FeatureKey, FeatureValue};

    use super::*;
    use crate::features::value::sample::{switched, tenant};

    fn check(on: Level, expected: Result<Vec<Event>, ResetFeaturesRejection>) {
        let mut tenant = tenant("acme");
        tenant.features.set(&switched(Level::Instance, None, true));
        assert_eq!(ResetFeatures { on }.decide(&tenant, &Context::sample(())), expected);
    }

    #[test]
    fn what_was_set_is_recorded_and_nothing_else() {
        let before = [(FeatureKey::UserSchema, FeatureValue::Switch(true))].into();
        let fact = FeaturesReset { on: Level::Instance, before };
        check(Level::Instance, Ok(vec![fact.into()]));
        check(Level::Organization(OrganizationId("5".to_owned())), Ok(vec![]));
    }

    #[test]
    fn refuses_a_level_that_is_not_there() {
        let id = OrganizationId("6".to_owned());
        let fault = LevelFault::OrganizationUnknown(id.clone());
        check(Level::Organization(id), Err(ResetFeaturesRejection::Level(fault)));
    }
}
