//! Shows an organization's flags: its own, or with those it inherits.

use axum::response::Response;
use domain::{Aggregate, Level, Right};
use projections::{aggregates, features, organizations};
use serde_json::{Map, Value, json};

use super::error::ZitadelError;
use super::{details, flags, no_organization, ok, organization};
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, ZitadelError> {
    let id = organization(&call, "GetOrganizationFeaturesRequest")?;
    let right = Right::OrganizationFeatureRead;
    let is_own = call.caller.organization.as_ref() == Some(&id);
    if !is_own && !call.caller.has(right) {
        return Err(Turned::Lacks(Needs::Right(right)).into());
    }
    let (views, tenant) = (&call.views, &call.tenant);
    let found = organizations::one(views, tenant, &id).await.map_err(Fault::from)?;
    found.ok_or_else(no_organization)?;
    let aggregate = Aggregate::organization(&id);
    let level = Level::Organization(id);
    let own = features::on_level(views, tenant, &level).await.map_err(Fault::from)?;
    let stands = match own.details {
        Some(own) => Some(own),
        None => aggregates::details(views, tenant, &aggregate).await.map_err(Fault::from)?,
    };
    let mut shown = Map::from_iter([("details".to_owned(), details(stands.as_ref()))]);
    if call.request.query_flag("inheritance") {
        call.reach_system().await?;
        let resolved = features::resolved(views, tenant, &level).await.map_err(Fault::from)?;
        shown.extend(resolved.iter().map(|(key, flag)| {
            (key.json_name().to_owned(), flags::show(&flag.value, source(&flag.source)))
        }));
    } else {
        shown.extend(
            own.flags.iter().map(|(key, value)| {
                (key.json_name().to_owned(), flags::show(value, source(&level)))
            }),
        );
    }
    Ok(ok(json!(Value::Object(shown))))
}

/// The level that supplied a value, in the published enumeration's words.
fn source(level: &Level) -> &'static str {
    match level {
        Level::System => "SOURCE_SYSTEM",
        Level::Instance => "SOURCE_INSTANCE",
        Level::Organization(_) => "SOURCE_ORGANIZATION",
        Level::User(_) => "SOURCE_USER",
    }
}
