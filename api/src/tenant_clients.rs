//! Tenant client operations (AuthSec "clientms"), at the three places they are known by.
//!
//! Known quirks: a limit above 100 counts as 10; `active` wins over `active_only`; tenant ids are
//! compared without regard to case; another tenant's path is 403, another organization's client 404.

mod delete_client;
mod error;
mod filter;
mod get_client;
mod list_clients;
mod set_active;
mod show;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{ClientId, TenantId};
use projections::clients::{self, ClientRow};
use serde_json::Value;

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, bearer};
use crate::dialect::{Dialect, Face, Needs};
use crate::fault::Fault;
use error::ClientsError;

/// How this dialect lets callers in and refuses.
pub(crate) struct TenantClients;

#[async_trait]
impl Face for TenantClients {
    type Error = ClientsError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ClientsError> {
        Ok(bearer(app, request.header("authorization"), request.received_at).await?)
    }

    /// The tenant that the path names, which the caller must belong to.
    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, ClientsError> {
        let named = TenantId::new(request.param("tenantId")).ok();
        named.filter(|tenant| caller.may_enter(tenant)).ok_or_else(ClientsError::other_tenant)
    }

    fn refuse(request: &Incoming, error: ClientsError) -> Response {
        error.respond(request)
    }
}

/// As documented, as the server runs alone, and as it runs merged with others.
pub(crate) const ROOTS: [&str; 3] = ["/clients/v1", "/clientms", "/authsec/clientms"];

#[rustfmt::skip]
pub(crate) fn dialect(root: &'static str) -> Dialect<TenantClients> {
    let clients = "/tenants/{tenantId}/clients";
    let one = "/tenants/{tenantId}/clients/{id}";
    Dialect::new("tenant_clients", root)
        .op("listClients",      Method::GET,    clients,                                      Needs::Clients("list"),       list_clients::handle)
        .op("getClient",        Method::GET,    one,                                          Needs::Clients("read"),       get_client::handle)
        .op("deleteClient",     Method::DELETE, one,                                          Needs::Clients("delete"),     delete_client::handle)
        .op("activateClient",   Method::PATCH,  "/tenants/{tenantId}/clients/{id}/activate",   Needs::Clients("activate"),   set_active::activate)
        .op("deactivateClient", Method::PATCH,  "/tenants/{tenantId}/clients/{id}/deactivate", Needs::Clients("deactivate"), set_active::deactivate)
}

/// The client that the path names. To whoever is confined to an organization, those of others do
/// not exist.
async fn named(call: &Call) -> Result<ClientRow, ClientsError> {
    let id = call.request.param("id").parse().map(ClientId);
    let id = id.map_err(|_| ClientsError::no_client())?;
    let found = clients::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    let own = |client: &ClientRow| call.caller.sees(client.organization.as_ref());
    found.filter(own).ok_or_else(ClientsError::no_client)
}

fn ok(body: Value) -> Response {
    (StatusCode::OK, axum::Json(body)).into_response()
}
