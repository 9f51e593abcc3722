//! Zitadel's feature service as REST JSON, below `/v2beta` and `/v2`. The instance is the token's
//! tenant.
//!
//! Known quirks: unknown members are ignored, zero values left out of replies; a path's id wins
//! over the body's; `{}` is granted and answers where the organization stands; the two versions
//! differ in what reading and resetting need.

mod error;
mod flags;
mod get_organization;
mod reset_organization;
mod set_organization;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use commands::features::LevelFault;
use domain::{Details, OrganizationId, Right};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, bearer};
use crate::dialect::{Dialect, Face, Needs};
use error::{Code, ZitadelError};

/// How this dialect lets callers in and refuses.
pub(crate) struct Zitadel;

#[async_trait]
impl Face for Zitadel {
    type Error = ZitadelError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ZitadelError> {
        let kind = request.header("content-type").unwrap_or_default();
        if kind.trim_start().starts_with("application/grpc") {
            return Err(ZitadelError::grpc_on_rest(request));
        }
        Ok(bearer(app, request.header("authorization"), request.received_at).await?)
    }

    fn refuse(_: &Incoming, error: ZitadelError) -> Response {
        error.respond()
    }
}

const ORGANIZATION: &str = "/features/organization/{organizationId}";

/// Version 2beta: resetting takes the right to write.
#[rustfmt::skip]
pub(crate) fn v2beta() -> Dialect<Zitadel> {
    let (read, write) = (Right::OrganizationFeatureRead, Right::OrganizationFeatureWrite);
    Dialect::new("zitadel", "/v2beta")
        .op("SetOrganizationFeatures",   Method::PUT,    ORGANIZATION, Needs::Right(write), set_organization::handle)
        .op("ResetOrganizationFeatures", Method::DELETE, ORGANIZATION, Needs::Right(write), reset_organization::handle)
        .op("GetOrganizationFeatures",   Method::GET,    ORGANIZATION, Needs::Right(read),  get_organization::handle)
}

/// Version 2: resetting has a right of its own, and one's own organization anybody may read.
#[rustfmt::skip]
pub(crate) fn v2() -> Dialect<Zitadel> {
    let (write, delete) = (Right::OrganizationFeatureWrite, Right::OrganizationFeatureDelete);
    Dialect::new("zitadel", "/v2")
        .op("SetOrganizationFeatures",   Method::PUT,    ORGANIZATION, Needs::Right(write),  set_organization::handle)
        .op("ResetOrganizationFeatures", Method::DELETE, ORGANIZATION, Needs::Right(delete), reset_organization::handle)
        .op("GetOrganizationFeatures",   Method::GET,    ORGANIZATION, Needs::SignedIn,      get_organization::handle)
}

/// The organization that the path names; its length is checked as upstream does, in runes.
fn organization(call: &Call, message: &str) -> Result<OrganizationId, ZitadelError> {
    let id = call.request.param("organizationId");
    if !(1..=200).contains(&id.chars().count()) {
        return Err(ZitadelError::bare(
            Code::InvalidArgument,
            format!(
                "invalid {message}.OrganizationId: value length must be between 1 and 200 runes, \
                 inclusive"
            ),
        ));
    }
    let organization = OrganizationId(id.to_owned());
    // Whoever is confined to one organization learns nothing of the others.
    match &call.caller.organization {
        Some(own) if *own != organization => Err(no_organization()),
        Some(_) | None => Ok(organization),
    }
}

fn no_organization() -> ZitadelError {
    ZitadelError::new(Code::NotFound, "ORG-1p9wz", "Errors.Org.NotFound")
}

/// Why a level's flags cannot be changed.
fn level_fault(fault: &LevelFault) -> ZitadelError {
    match fault {
        LevelFault::OrganizationUnknown(_) => no_organization(),
        LevelFault::UserUnknown(_) => {
            ZitadelError::new(Code::NotFound, "USER-4m9gs", "Errors.User.NotFound")
        }
        LevelFault::NotSystem(_) | LevelFault::OnlySystem => {
            ZitadelError::new(Code::FailedPrecondition, "FEAT-Lv1el", fault.to_string())
        }
    }
}

/// Where an object stands, as every reply shows it.
fn details(details: Option<&Details>) -> Value {
    let Some(details) = details else { return json!({}) };
    let mut shown = Map::new();
    if details.sequence != 0 {
        shown.insert("sequence".to_owned(), json!(details.sequence.to_string()));
    }
    let date = details.change_date.to_rfc3339_opts(SecondsFormat::Micros, true);
    shown.insert("changeDate".to_owned(), json!(date));
    shown.insert("resourceOwner".to_owned(), json!(details.resource_owner));
    Value::Object(shown)
}

fn ok(body: Value) -> Response {
    (StatusCode::OK, axum::Json(body)).into_response()
}
