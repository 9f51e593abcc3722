//! Feature flags: what is set on each level, and what holds there by inheritance.

use std::collections::BTreeMap;

use domain::{
    Aggregate, Details, Event, FeatureKey, FeatureValue, Level, OrganizationId, TenantId, UserId,
};
use eventlog::Recorded;

use crate::value::Row;
use crate::{
    Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, aggregates, users,
    values,
};

static FEATURES: Table = Table {
    name: "features_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("level"),
        Column::text("object"),
        Column::text("flag"),
        Column::text("value"),
    ],
    key: 4,
    indexes: &[],
};

/// What is set on a level itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelFlags {
    pub flags: BTreeMap<FeatureKey, FeatureValue>,
    /// `None` when nothing was ever set there.
    pub details: Option<Details>,
}

/// A flag that holds, and the level it is set on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedFlag {
    pub value: FeatureValue,
    pub source: Level,
}

/// Keeps one row for each flag that is set.
#[derive(Debug)]
pub(crate) struct Features;

impl Projection for Features {
    fn name(&self) -> &'static str {
        FEATURES.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&FEATURES]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of flags")]
        match event {
            Event::FeatureSet(fact) => {
                let (level, object) = (fact.on.name(), fact.on.object(tenant));
                let (flag, value) = (fact.key.as_str(), Value::json(&fact.after)?);
                changes.upsert(&FEATURES, values![tenant, level, object, flag, value])
            }
            Event::FeaturesReset(fact) => {
                let (level, object) = (fact.on.name(), fact.on.object(tenant));
                changes.delete(&FEATURES, values![tenant, level, object])
            }
            _ => Ok(()),
        }
    }
}

const ON_LEVEL: &str = "select level, object, flag, value
    from features_v1 where tenant = $1 and level = $2 and object = $3";

/// The four levels above and at one object; an empty id is nobody's.
const RESOLVED: &str = "select level, object, flag, value
    from features_v1 where tenant = $1
    and ((level = 'instance') or (level = 'organization' and object = $2)
        or (level = 'user' and object = $3))
    union all select level, object, flag, value
    from features_v1 where tenant = 'system' and level = 'system'";

pub(crate) const STATEMENTS: &[&str] = &[ON_LEVEL, RESOLVED];

/// The flags set on `level` itself, in `tenant` (for [`Level::System`], in the tenant `system`).
pub async fn on_level(
    views: &Views,
    tenant: &TenantId,
    level: &Level,
) -> Result<LevelFlags, ViewError> {
    let key = values![level.name(), level.object(tenant)];
    let rows = views.rows(FEATURES.name, tenant, ON_LEVEL, &key).await?;
    let flags = rows.into_iter().map(read).map(|flag| flag.map(|(_, key, value)| (key, value)));
    let flags = flags.collect::<Result<_, _>>()?;
    let details = aggregates::details(views, tenant, &Aggregate::features(tenant, level)).await?;
    Ok(LevelFlags { flags, details })
}

/// The flags that hold on `level`: each from the nearest level it is set on. A user inherits from
/// the organization the user belongs to.
pub async fn resolved(
    views: &Views,
    tenant: &TenantId,
    level: &Level,
) -> Result<BTreeMap<FeatureKey, ResolvedFlag>, ViewError> {
    views.check(&TenantId::system(), FEATURES.name)?;
    let (organization, user) = match level {
        Level::System | Level::Instance => (String::new(), String::new()),
        Level::Organization(id) => (id.to_string(), String::new()),
        Level::User(id) => {
            let row = users::one(views, tenant, id).await?;
            (row.map_or_else(String::new, |row| row.organization.to_string()), id.to_string())
        }
    };
    let rows = views.rows(FEATURES.name, tenant, RESOLVED, &values![organization, user]).await?;
    let mut flags = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // The levels are ordered from the outermost to the nearest, so the last one stands.
    flags.sort_by(|one, other| one.0.cmp(&other.0));
    let reaches = |source: &Level| rank(source) <= rank(level);
    let flags = flags.into_iter().filter(|(source, ..)| reaches(source));
    Ok(flags.map(|(source, key, value)| (key, ResolvedFlag { value, source })).collect())
}

fn rank(level: &Level) -> u8 {
    match level {
        Level::System => 0,
        Level::Instance => 1,
        Level::Organization(_) => 2,
        Level::User(_) => 3,
    }
}

fn read(mut row: Row) -> Result<(Level, FeatureKey, FeatureValue), ViewError> {
    let (level, object) = (row.text()?, row.text()?);
    let level = match level.as_str() {
        "system" => Level::System,
        "instance" => Level::Instance,
        "organization" => Level::Organization(OrganizationId(object)),
        "user" => Level::User(UserId(object)),
        _ => return Err(ViewError::Unreadable("not a level")),
    };
    Ok((level, row.word()?, row.json()?))
}

#[cfg(test)]
mod tests {
    use domain::{FeatureSet, FeaturesReset};

    use super::*;
    use crate::sample::told;

    fn set(key: FeatureKey, after: bool) -> Event {
        let (on, after) = (Level::Instance, FeatureValue::Switch(after));
        FeatureSet { on, key, before: None, after }.into()
    }

    #[test]
    fn a_flag_has_a_row_with_its_newest_value() {
        let rows = told(
            Features,
            &[set(FeatureKey::UserSchema, true), set(FeatureKey::UserSchema, false)],
        );
        assert_eq!(rows, ["features_v1 + acme instance acme user_schema false"]);
    }

    #[test]
    fn a_reset_takes_the_flags_of_a_level_and_what_comes_after_stays() {
        let reset = FeaturesReset { on: Level::Instance, before: BTreeMap::new() };
        let (one, other) = (FeatureKey::UserSchema, FeatureKey::OidcTokenExchange);
        let rows = told(Features, &[set(one, true), reset.into(), set(other, true)]);
        assert_eq!(
            rows,
            [
                "features_v1 - acme instance acme",
                "features_v1 + acme instance acme oidc_token_exchange true",
            ],
        );
    }
}
