//! Janrain / Akamai Identity Cloud Capture: `/clients/*` and `/settings/*` at the root. The tenant follows from the
//! calling client's id.
//!
//! Known quirks: every answer is HTTP 200, refusals too; parameters come in the query, in a form
//! body or split over both; reads are asked for by POST as well; `/clients/list` shows secrets.

mod add_client;
mod allow_list;
mod answer;
mod config;
mod delete_client;
mod error;
mod list_clients;
mod parameters;
mod records;
mod reset_secret;
mod secrets;
mod set_description;
mod set_features;
mod settings;
mod tokens;

use async_trait::async_trait;
use axum::http::Method;
use axum::response::Response;
use commands::clients::FeatureFault;
use domain::{CaptureClientId, ClientAllowLists, ClientFeature, ClientId};
use projections::clients::{self, BriefRow, ClientRow};

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, secret};
use crate::dialect::{Dialect, Face, Needs};
use crate::fault::Fault;
use answer::{answer, ok};
use error::CaptureError;
use parameters::Parameters;

pub(crate) use config::{Config, dialect as config};
pub(crate) use records::dialect as records;
pub(crate) use tokens::{OAuth, oauth};

/// Where the same signed request may not be sent twice: elsewhere it would only do again what it
/// did.
const SINGLE_USE: [&str; 3] = ["/clients/add", "/clients/reset_secret", "/clients/delete"];

/// How this dialect lets callers in and refuses.
pub(crate) struct Capture;

#[async_trait]
impl Face for Capture {
    type Error = CaptureError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, CaptureError> {
        let parameters = Parameters::of(request);
        let is_single_use = SINGLE_USE.contains(&request.uri.path());
        Ok(secret(app, request, parameters.all(), is_single_use).await?)
    }

    fn refuse(request: &Incoming, error: CaptureError) -> Response {
        error.respond(request)
    }
}

#[rustfmt::skip]
pub(crate) fn dialect() -> Dialect<Capture> {
    let owner = Needs::Feature(ClientFeature::Owner);
    let clients = Dialect::new("capture", "")
        .op("clients/list",         Method::GET,  "/clients/list",         owner, list_clients::handle)
        .op("clients/list",         Method::POST, "/clients/list",         owner, list_clients::handle)
        .op("clients/add",          Method::POST, "/clients/add",          owner, add_client::handle)
        .op("clients/set_features", Method::POST, "/clients/set_features", owner, set_features::handle)
        .op("clients/set_description", Method::POST, "/clients/set_description", owner, set_description::handle)
        .op("clients/set_whitelist", Method::POST, "/clients/set_whitelist", owner, allow_list::set)
        .op("clients/clear_whitelist", Method::POST, "/clients/clear_whitelist", owner, allow_list::clear)
        .op("clients/reset_secret", Method::POST, "/clients/reset_secret", owner, reset_secret::handle)
        .op("clients/delete",       Method::POST, "/clients/delete",       owner, delete_client::handle);
    tokens::operations(settings::operations(clients))
}

/// The blocks that a client may call from, as replies show them.
fn shown_allow_list(client: &BriefRow) -> Vec<&str> {
    if client.allow_list.is_empty() {
        return vec![ClientAllowLists::EVERYWHERE];
    }
    client.allow_list.iter().map(String::as_str).collect()
}

/// The client of this application that a parameter names.
async fn named(call: &Call, argument: &'static str, id: &str) -> Result<ClientRow, CaptureError> {
    let found = clients::by_capture_id(&call.views, &CaptureClientId(id.to_owned())).await;
    let client = found.map_err(Fault::from)?;
    let client = client.filter(|client| client.tenant == call.tenant);
    client.ok_or_else(|| CaptureError::not_a_valid_id(argument))
}

/// The client a call is about: the one it names, or the caller itself.
async fn target(call: &Call, parameters: &Parameters) -> Result<ClientId, CaptureError> {
    if let Some(id) = parameters.get("for_client_id") {
        return Ok(named(call, "for_client_id", id).await?.client);
    }
    let calling = call.caller.client.as_ref().map(|client| client.id);
    calling.ok_or_else(CaptureError::permission)
}

/// A list of features that cannot be taken.
fn features_invalid(fault: &FeatureFault) -> CaptureError {
    match fault {
        FeatureFault::Unknown(name) => {
            CaptureError::invalid("features", format_args!("{name} is not a valid feature name"))
        }
        FeatureFault::LoginClientNotAlone => CaptureError::invalid(
            "features",
            "login_client may not be combined with other features",
        ),
    }
}
