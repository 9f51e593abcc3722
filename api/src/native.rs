//! The native API, below `/v1`: every command by its name, a query for each thing, the record
//! itself, and the read models' own state.

mod access_records;
mod catalog;
mod commands;
mod diff;
mod differences;
mod erasures;
mod events;
mod export;
mod features;
mod history;
mod imports;
mod openapi;
mod projections;
mod proofs;
mod queries;
mod show;
mod sight;
mod webhooks;

pub(crate) use diff::changed;
pub(crate) use events::{envelope, payload};
pub(crate) use export::EVENTS as EXPORT_EVENTS;
pub(crate) use history::chapter;
pub(crate) use imports::{ImportDone, ImportLine};

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{Right, TenantId};
use serde_json::Value;

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{BearerError, Caller, bearer};
use crate::dialect::{Dialect, Face, Needs};
use crate::problem::Problem;

/// How this dialect lets callers in and refuses.
pub(crate) struct Native;

#[async_trait]
impl Face for Native {
    type Error = Problem;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, Problem> {
        Ok(bearer(app, request.header("authorization"), request.received_at).await?)
    }

    /// The tenant that the path names. One that the caller may not enter is as good as none.
    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, Problem> {
        let named = match request.param("tenant") {
            "" => return Ok(caller.tenant.clone()),
            named => TenantId::new(named).ok(),
        };
        named.filter(|tenant| caller.may_enter(tenant)).ok_or_else(|| Problem::not_found("tenant"))
    }

    fn refuse(request: &Incoming, problem: Problem) -> Response {
        problem.respond(request)
    }
}

#[rustfmt::skip]
pub(crate) fn dialect() -> Dialect<Native> {
    let right = Needs::Right;
    Dialect::new("native", "")
        .op("listCommands",      Method::GET,  "/v1/commands",                            Needs::SignedIn,               commands::list)
        .op("runCommand",        Method::POST, "/v1/tenants/{tenant}/commands/{command}",  Needs::RightOfCommand,         commands::run)
        .op("getTenant",         Method::GET,  "/v1/tenants/{tenant}",                    Needs::SignedIn,               queries::tenant)
        .op("listOrganizations", Method::GET,  "/v1/tenants/{tenant}/organizations",      right(Right::UserRead),        queries::organizations)
        .op("getOrganization",   Method::GET,  "/v1/tenants/{tenant}/organizations/{id}", right(Right::UserRead),        queries::organization)
        .op("listGroups",        Method::GET,  "/v1/tenants/{tenant}/groups",             right(Right::GroupRead),       queries::groups)
        .op("getGroup",          Method::GET,  "/v1/tenants/{tenant}/groups/{id}",        right(Right::GroupRead),       queries::group)
        .op("listAssets",        Method::GET,  "/v1/tenants/{tenant}/assets",             right(Right::GroupRead),       queries::assets)
        .op("getCatalog",        Method::GET,  "/v1/tenants/{tenant}/catalog",            right(Right::UserRead),        catalog::get)
        .op("listRoles",         Method::GET,  "/v1/tenants/{tenant}/roles",              right(Right::UserRead),        queries::roles)
        .op("listUsers",         Method::GET,  "/v1/tenants/{tenant}/users",              right(Right::UserRead),        queries::users)
        .op("getUser",           Method::GET,  "/v1/tenants/{tenant}/users/{id}",         right(Right::UserRead),        queries::user)
        .op("listClients",       Method::GET,  "/v1/tenants/{tenant}/clients",            right(Right::ClientRead),      queries::clients)
        .op("getClient",         Method::GET,  "/v1/tenants/{tenant}/clients/{id}",       right(Right::ClientRead),      queries::client)
        .op("listTokens",        Method::GET,  "/v1/tenants/{tenant}/tokens",             right(Right::TokenAdmin),      queries::tokens)
        .op("getLevelFeatures",  Method::GET,  "/v1/tenants/{tenant}/features/{level}",      Needs::SignedIn,            features::get)
        .op("getObjectFeatures", Method::GET,  "/v1/tenants/{tenant}/features/{level}/{id}", Needs::SignedIn,            features::get)
        .op("listEvents",        Method::GET,  "/v1/tenants/{tenant}/events",             right(Right::EventsRead),      events::list)
        .op("getHistory",        Method::GET,  "/v1/tenants/{tenant}/history/{kind}/{id}", right(Right::EventsRead),      history::get)
        .op("getDiff",           Method::GET,  "/v1/tenants/{tenant}/diff",               right(Right::EventsRead),      diff::get)
        .op("followEvents",      Method::GET,  "/v1/tenants/{tenant}/events/live",        right(Right::EventsRead),      events::stream)
        .op("exportEvents",      Method::GET,  "/v1/tenants/{tenant}/export",             right(Right::EventsRead),      export::get)
        .op("listErasures",      Method::GET,  "/v1/tenants/{tenant}/erasures",           right(Right::EventsRead),      erasures::list)
        .op("getErasure",        Method::GET,  "/v1/tenants/{tenant}/erasures/{subject}", right(Right::EventsRead),      erasures::one)
        .op("proveEvent",        Method::GET,  "/v1/tenants/{tenant}/events/{ordinal}/proof", right(Right::EventsRead),  proofs::event)
        .op("getCheckpoint",     Method::GET,  "/v1/tenants/{tenant}/checkpoint",         right(Right::EventsRead),      proofs::checkpoint)
        .op("proveInclusion",    Method::GET,  "/v1/tenants/{tenant}/proofs/inclusion",   right(Right::EventsRead),      proofs::inclusion)
        .op("proveConsistency",  Method::GET,  "/v1/tenants/{tenant}/proofs/consistency", right(Right::EventsRead),      proofs::consistency)
        .op("proveHead",         Method::GET,  "/v1/tenants/{tenant}/proofs/head",        right(Right::EventsRead),      proofs::head)
        .op("getInstallationCheckpoint",    Method::GET, "/v1/checkpoint",                right(Right::EventsRead),      proofs::installation_checkpoint)
        .op("proveInstallationConsistency", Method::GET, "/v1/proofs/consistency",        right(Right::EventsRead),      proofs::installation_consistency)
        .op("getProofKey",       Method::GET,  "/v1/proof-key",                           right(Right::EventsRead),      proofs::key)
        .op("listAccessRecords", Method::GET,  "/v1/tenants/{tenant}/access-records",     right(Right::EventsRead),      access_records::list)
        .op("listWebhooks",      Method::GET,  "/v1/tenants/{tenant}/webhooks",           right(Right::EventsRead),      webhooks::list)
        .op("getWebhook",        Method::GET,  "/v1/tenants/{tenant}/webhooks/{id}",      right(Right::EventsRead),      webhooks::one)
        .op("importRecord",      Method::POST, "/v1/imports",                             right(Right::TenantAdmin),     imports::run)
        .op("listProjections",   Method::GET,  "/v1/projections",                         right(Right::ProjectionRead),  projections::list)
        .op("rebuildProjection", Method::POST, "/v1/projections/{name}/rebuild",          right(Right::ProjectionAdmin), projections::rebuild)
        .op("getOpenApi",        Method::GET,  "/openapi.json",                           Needs::Nothing,                openapi::get)
}

impl From<BearerError> for Problem {
    fn from(error: BearerError) -> Self {
        match error {
            BearerError::Fault(fault) => fault.into(),
            BearerError::Missing
            | BearerError::OtherScheme
            | BearerError::NoTenant
            | BearerError::Invalid(_)
            | BearerError::Ended => Self::unauthenticated(error.to_string()),
        }
    }
}

/// Refuses what lies in another organization than the one the caller is confined to.
fn check_organization(
    call: &Call,
    organization: Option<&domain::OrganizationId>,
    what: &str,
) -> Result<(), Problem> {
    if call.caller.sees(organization) { Ok(()) } else { Err(Problem::not_found(what)) }
}

/// Refuses whoever is confined to one organization what is about the whole tenant.
fn refuse_confined(call: &Call) -> Result<(), Problem> {
    match &call.caller.organization {
        Some(own) => {
            let detail = format!("the caller's rights hold in organization {own} only");
            Err(Problem::forbidden(detail))
        }
        None => Ok(()),
    }
}

fn ok(body: Value) -> Response {
    (StatusCode::OK, axum::Json(body)).into_response()
}
