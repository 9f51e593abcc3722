//! Sets flags on a level; those it does not name stay as they are (Zitadel,
//! "Set Organization Features" and its siblings).

use std::collections::BTreeMap;

use domain::{
    Aggregate, Event, FeatureKey, FeatureSet, FeatureValue, Level, OrganizationId, Right, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::level::{self, Access, LevelFault, LevelName};
use super::value;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Sets flags on a level; those it does not name stay as they are.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Body")]
pub struct SetFeatures {
    #[schemars(with = "LevelName")]
    pub on: Level,
    /// By name, in either spelling.
    pub flags: BTreeMap<String, Value>,
}

/// Sets flags on a level; those it does not name stay as they are.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "SetFeatures")]
struct Body {
    level: LevelName,
    /// Of the organization or user whose flags they are.
    id: Option<String>,
    /// Values by flag, in snake case or in camel case: true or false for most,
    /// `improved_performance` a list of paths, `login_v2` an object.
    #[serde(default)]
    flags: BTreeMap<String, Value>,
}

impl TryFrom<Body> for SetFeatures {
    type Error = &'static str;
    fn try_from(body: Body) -> Result<Self, &'static str> {
        Ok(Self { on: body.level.with(body.id)?, flags: body.flags })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetFeaturesRejection {
    #[error(transparent)]
    Level(LevelFault),
    #[error("there is no flag {0}")]
    FlagUnknown(String),
    #[error("flag {} is given twice", .0.as_str())]
    FlagTwice(FeatureKey),
    #[error("flag {} takes {}", .0.as_str(), value::form(*.0))]
    ValueInvalid(FeatureKey),
    /// Where a level has flags of its own, asking for none is a mistake.
    #[error("no flags are given to set on the {0} level")]
    NothingToSet(&'static str),
}

impl Rejection for SetFeaturesRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Level(fault) => fault.refusal(),
            Self::FlagUnknown(_) => Refusal::invalid("flag_unknown", "flags"),
            Self::FlagTwice(key) => Refusal::invalid("flag_twice", key.as_str()),
            Self::ValueInvalid(key) => Refusal::invalid("flag_value_invalid", key.as_str()),
            Self::NothingToSet(_) => Refusal::invalid("nothing_to_set", "flags"),
        }
    }
}

impl SetFeatures {
    fn values(&self) -> Result<BTreeMap<FeatureKey, FeatureValue>, SetFeaturesRejection> {
        use SetFeaturesRejection as No;

        let mut values = BTreeMap::new();
        for (name, value) in &self.flags {
            let key = FeatureKey::from_name(name).ok_or_else(|| No::FlagUnknown(name.clone()))?;
            let value = value::read(key, value).ok_or(No::ValueInvalid(key))?;
            if values.insert(key, value).is_some() {
                return Err(No::FlagTwice(key));
            }
        }
        Ok(values)
    }
}

impl Command for SetFeatures {
    type Rejection = SetFeaturesRejection;
    type Fresh = ();
    const NAME: &'static str = "SetFeatures";

    fn needs(&self) -> Right {
        level::right(&self.on, Access::Write)
    }

    fn organization(&self) -> Option<&OrganizationId> {
        level::organization(&self.on)
    }

    fn weight(&self) -> usize {
        let flags = self.flags.iter();
        let flags = flags.map(|(name, value)| name.len() + value.to_string().len());
        size_of_val(self) + flags.sum::<usize>()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        level::target(&self.on, tenant)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SetFeaturesRejection> {
        let values = self.values()?;
        level::check(&self.on, tenant).map_err(SetFeaturesRejection::Level)?;
        match self.on {
            Level::System | Level::Instance if values.is_empty() => {
                return Err(SetFeaturesRejection::NothingToSet(self.on.name()));
            }
            Level::System | Level::Instance | Level::Organization(_) | Level::User(_) => {}
        }
        let set = tenant.features.on(&self.on);
        let facts = values.into_iter().filter_map(|(key, after)| {
            let before = set.and_then(|set| set.get(&key)).cloned();
            let is_new = before.as_ref() != Some(&after);
            is_new.then(|| FeatureSet { on: self.on.clone(), key, before, after }.into())
        });
        Ok(facts.collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::features::value::sample::{switched, tenant};

    fn decide(body: Value) -> Result<Vec<Event>, SetFeaturesRejection> {
        let mut tenant = tenant("acme");
        tenant.features.set(&switched(Level::Instance, None, true));
        let command: SetFeatures = serde_json::from_value(body).unwrap();
        command.decide(&tenant, &Context::sample(()))
    }

    #[test]
    fn only_what_changes_is_recorded() {
        let changed = switched(Level::Instance, Some(true), false);
        let same = json!({"level": "instance", "flags": {"user_schema": true}});
        let other = json!({"level": "instance", "flags": {"userSchema": false}});
        assert_eq!(decide(same), Ok(vec![]));
        assert_eq!(decide(other), Ok(vec![changed.into()]));
        let on = Level::Organization(OrganizationId("5".to_owned()));
        let flags = json!({"user_schema": false, "login_v2": {}});
        let decided = decide(json!({"level": "organization", "id": "5", "flags": flags})).unwrap();
        assert_eq!(decided.first(), Some(&switched(on, None, false).into()));
        assert_eq!(decided.len(), 2);
    }

    #[test]
    fn asking_for_nothing_is_a_mistake_where_flags_are_native() {
        assert_eq!(decide(json!({"level": "organization", "id": "5"})), Ok(vec![]));
        let refused = Err(SetFeaturesRejection::NothingToSet("instance"));
        assert_eq!(decide(json!({"level": "instance", "flags": {}})), refused);
    }

    #[test]
    fn refuses_unknown_flags_and_values_that_do_not_fit() {
        use SetFeaturesRejection as No;
        let refused = |flags| decide(json!({"level": "instance", "flags": flags})).unwrap_err();
        assert_eq!(refused(json!({"ninja": true})), No::FlagUnknown("ninja".to_owned()));
        let twice = json!({"user_schema": true, "userSchema": false});
        assert_eq!(refused(twice), No::FlagTwice(FeatureKey::UserSchema));
        let wrong = refused(json!({"login_v2": {"base_uri": "login"}}));
        assert_eq!(wrong, No::ValueInvalid(FeatureKey::LoginV2));
        assert_eq!(wrong.refusal().member, Some("login_v2"));
    }

    #[test]
    fn refuses_a_level_that_is_not_there() {
        let unknown = LevelFault::OrganizationUnknown(OrganizationId("6".to_owned()));
        let refused = Err(SetFeaturesRejection::Level(unknown));
        assert_eq!(decide(json!({"level": "organization", "id": "6"})), refused);
    }

    #[test]
    fn the_body_names_a_level_with_an_id_where_it_takes_one() {
        let read = |body: Value| serde_json::from_value::<SetFeatures>(body);
        assert!(read(json!({"level": "user", "id": "A-B-1", "flags": {}})).is_ok());
        for bad in [json!({"level": "user"}), json!({"level": "system", "id": "1"}), json!({})] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
