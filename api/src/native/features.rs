//! Feature flags of a level: `system`, `instance`, or those of an organization or user by id;
//! `?inheritance=true` adds what the levels above supply.

use axum::response::Response;
use domain::{FeatureKey, FeatureValue, Level, OrganizationId, Right, UserId};
use projections::{aggregates, features, organizations, users};
use serde_json::{Map, Value, json};

use super::{check_organization, ok, show};
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Fault;
use crate::problem::Problem;

pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    let level = level(&call)?;
    let right = right(&level);
    if !call.caller.has(right) {
        return Err(Turned::Lacks(Needs::Right(right)).into());
    }
    let stands = standing(&call, &level).await?;
    let (views, tenant) = (&call.views, &call.tenant);
    let own = features::on_level(views, tenant, &level).await.map_err(Fault::from)?;
    let details = own.details.or(stands).map(|details| show::details(&details));
    let mut flags = Map::new();
    let mut put = |key: FeatureKey, value: &FeatureValue, source: &Level| {
        let shown = json!({"value": value, "source": source.name()});
        flags.insert(key.as_str().to_owned(), shown);
    };
    if call.request.query_flag("inheritance") {
        call.reach_system().await?;
        let resolved = features::resolved(views, tenant, &level).await.map_err(Fault::from)?;
        for (key, flag) in resolved {
            put(key, &flag.value, &flag.source);
        }
    } else {
        for (key, value) in own.flags {
            put(key, &value, &level);
        }
    }
    let body = json!({"level": level.name(), "id": id(&level), "details": details, "flags": flags});
    Ok(ok(body))
}

/// The level that the path names. The system's flags stand in the tenant `system` alone.
fn level(call: &Call) -> Result<Level, Problem> {
    let id = call.request.param("id").to_owned();
    match (call.request.param("level"), id.is_empty()) {
        ("system", true) if call.tenant.is_system() => Ok(Level::System),
        ("instance", true) if !call.tenant.is_system() => Ok(Level::Instance),
        ("organization", false) => Ok(Level::Organization(OrganizationId(id))),
        ("user", false) => Ok(Level::User(UserId(id))),
        _ => Err(Problem::not_found("level of features")),
    }
}

fn id(level: &Level) -> Value {
    match level {
        Level::System | Level::Instance => Value::Null,
        Level::Organization(id) => json!(id),
        Level::User(id) => json!(id),
    }
}

fn right(level: &Level) -> Right {
    match level {
        Level::System => Right::SystemFeatureRead,
        Level::Instance => Right::InstanceFeatureRead,
        Level::Organization(_) => Right::OrganizationFeatureRead,
        Level::User(_) => Right::UserFeatureRead,
    }
}

/// Where the object that the level belongs to stands, which must be there.
async fn standing(call: &Call, level: &Level) -> Result<Option<domain::Details>, Problem> {
    let (views, tenant) = (&call.views, &call.tenant);
    let aggregate = match level {
        Level::System | Level::Instance => domain::Aggregate::tenant(tenant),
        Level::Organization(id) => {
            check_organization(call, Some(id), "organization")?;
            let found = organizations::one(views, tenant, id).await.map_err(Fault::from)?;
            found.ok_or_else(|| Problem::not_found("organization"))?;
            domain::Aggregate::organization(id)
        }
        Level::User(id) => {
            let found = users::one(views, tenant, id).await.map_err(Fault::from)?;
            let user = found.ok_or_else(|| Problem::not_found("user"))?;
            check_organization(call, Some(&user.organization), "user")?;
            domain::Aggregate::user(id)
        }
    };
    Ok(aggregates::details(views, tenant, &aggregate).await.map_err(Fault::from)?)
}
