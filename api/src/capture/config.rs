//! The modern sibling of `/clients` and `/settings`: JSON bodies, and HTTP statuses that say how it
//! went. Errors carry the same members as their elders'.

mod clients;
mod settings;
mod show;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{ClientFeature, TenantId};
use projections::clients::{BriefRow, one_in_brief};
use serde::de::DeserializeOwned;

use super::Parameters;
use super::error::CaptureError;
use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, secret};
use crate::dialect::{Dialect, Face, Needs, Refuses, Turned};
use crate::fault::{Denied, Fault};

/// How it lets callers in and refuses.
pub(crate) struct Config;

/// A refusal, which is told by its status too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError(CaptureError);

#[async_trait]
impl Face for Config {
    type Error = ConfigError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ConfigError> {
        let caller = secret(app, request, Parameters::of(request).all(), false).await;
        Ok(caller.map_err(CaptureError::from)?)
    }

    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, ConfigError> {
        let named = request.param("appId");
        match TenantId::new(named) {
            Ok(tenant) if tenant == caller.tenant => Ok(tenant),
            Ok(_) | Err(_) => Err(CaptureError::unknown_application(named).into()),
        }
    }

    fn refuse(request: &Incoming, error: ConfigError) -> Response {
        error.0.respond(request)
    }
}

#[rustfmt::skip]
pub(crate) fn dialect() -> Dialect<Config> {
    let owner = Needs::Feature(ClientFeature::Owner);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    Dialect::new("capture", "/config")
        .op("config/clients",             get.clone(), "/{appId}/clients",                     owner, clients::list)
        .op("config/clients/add",         post,        "/{appId}/clients",                     owner, clients::add)
        .op("config/client",              get.clone(), "/{appId}/clients/{clientId}",          owner, clients::get)
        .op("config/client/replace",      put.clone(), "/{appId}/clients/{clientId}",          owner, clients::replace)
        .op("config/client/delete",       delete,      "/{appId}/clients/{clientId}",          owner, clients::delete)
        .op("config/client/secret",       put.clone(), "/{appId}/clients/{clientId}/secret",   owner, clients::reset_secret)
        .op("config/client/settings",     get.clone(), "/{appId}/clients/{clientId}/settings", owner, settings::of_client)
        .op("config/client/settings/set", put.clone(), "/{appId}/clients/{clientId}/settings", owner, settings::replace_of_client)
        .op("config/settings",            get,         "/{appId}/settings",                    owner, settings::defaults)
        .op("config/settings/set",        put,         "/{appId}/settings",                    owner, settings::replace_defaults)
}

/// The client that the path names.
async fn named(call: &Call) -> Result<BriefRow, ConfigError> {
    let found = super::named(call, "clientId", call.request.param("clientId")).await;
    let Ok(found) = found else { return Err(CaptureError::no_such("client").into()) };
    let client = one_in_brief(&call.views, &call.tenant, found.client).await;
    Ok(client.map_err(Fault::from)?.ok_or_else(|| CaptureError::no_such("client"))?)
}

/// The body, which must be an object with what is asked for.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T, ConfigError> {
    let read = call.request.json();
    read.map_err(|error: serde_json::Error| CaptureError::invalid("body", error).into())
}

impl From<CaptureError> for ConfigError {
    fn from(error: CaptureError) -> Self {
        let status = error.status_where_statuses_tell();
        Self(error.with_status(status))
    }
}

impl Refuses for ConfigError {
    fn status_number(&self) -> u16 {
        self.0.status_number()
    }
}

impl From<Turned> for ConfigError {
    fn from(turned: Turned) -> Self {
        CaptureError::from(turned).into()
    }
}

impl From<Fault> for ConfigError {
    fn from(fault: Fault) -> Self {
        CaptureError::from(fault).into()
    }
}

impl<R: Into<CaptureError>> From<Denied<R>> for ConfigError {
    fn from(denied: Denied<R>) -> Self {
        CaptureError::from(denied).into()
    }
}

/// An answer without a body.
fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
