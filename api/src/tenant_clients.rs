//! Tenant client operations (AuthSec "clientms"), at the three places they are known by.
//!
//! Known quirks: a limit above 100 counts as 10; `active` wins over `active_only`; tenant ids are
//! compared without regard to case; another tenant's path is 403, another organization's client
//! 404; a client's `id` and `client_id` are one; members of a body are taken in snake case and in
//! the spellings that are documented for them.

mod admin_list;
mod body;
mod create_client;
mod delete_client;
mod document;
mod error;
mod filter;
mod get_client;
mod legacy_list;
mod list_clients;
mod mfa;
mod ownership;
mod rejections;
mod roles;
mod selectors;
mod set_status;
mod show;
mod update_client;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::TenantId;
use serde_json::{Value, json};

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, bearer};
use crate::dialect::{Dialect, Face, Needs};
pub(crate) use document::describe;
use error::ClientsError;

/// How this dialect lets callers in and refuses.
pub(crate) struct TenantClients;

#[async_trait]
impl Face for TenantClients {
    type Error = ClientsError;

    fn throttle(app: &App, request: &Incoming) -> Result<(), ClientsError> {
        let admitted = app.settings.tenant_clients_rate.admit(request.address);
        admitted.map_err(ClientsError::too_many)
    }

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ClientsError> {
        Ok(bearer(app, request.header("authorization"), request.received_at).await?)
    }

    /// The tenant that the path names, which the caller must belong to; its own where the path
    /// names none.
    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, ClientsError> {
        let named = request.param("tenantId");
        if named.is_empty() {
            return Ok(caller.tenant.clone());
        }
        let named = TenantId::new(named).ok();
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
    let one = "/tenants/{tenantId}/clients/{id}";
    let (may, or_owner) = (Needs::Clients, Needs::ClientsOrOwner);
    Dialect::new("tenant_clients", root)
        .op("listClients",          Method::GET,    "/tenants/{tenantId}/clients",                 may("list"),        list_clients::handle)
        .op("getClients",           Method::GET,    "/tenants/{tenantId}/clients/getClients",      may("list"),        list_clients::handle)
        .op("listClientsLegacy",    Method::POST,   "/tenants/{tenantId}/clients/getClients",      may("list"),        legacy_list::handle)
        .op("createClient",         Method::POST,   "/tenants/{tenantId}/clients",                 may("create"),      create_client::handle)
        .op("registerClient",       Method::POST,   "/tenants/{tenantId}/clients/create",          may("create"),      create_client::handle)
        .op("setClientStatus",      Method::POST,   "/tenants/{tenantId}/clients/set-status",      may("activate"),    set_status::handle)
        .op("deleteClientComplete", Method::POST,   "/tenants/{tenantId}/clients/delete-complete", may("delete"),      delete_client::complete)
        .op("platformSelectors",    Method::GET,    "/tenants/{tenantId}/clients/platform-selectors", may("list"),     selectors::handle)
        .op("getClient",            Method::GET,    one,                                           or_owner("read"),   get_client::handle)
        .op("putClient",            Method::PUT,    one,                                           or_owner("update"), update_client::replace)
        .op("patchClient",          Method::PATCH,  one,                                           or_owner("update"), update_client::merge)
        .op("deleteClient",         Method::DELETE, one,                                           or_owner("delete"), delete_client::soft)
        .op("softDeleteClient",     Method::PATCH,  "/tenants/{tenantId}/clients/{id}/soft-delete", or_owner("delete"), delete_client::soft)
        .op("activateClient",       Method::PATCH,  "/tenants/{tenantId}/clients/{id}/activate",   may("activate"),    set_status::activate)
        .op("deactivateClient",     Method::PATCH,  "/tenants/{tenantId}/clients/{id}/deactivate", may("deactivate"),  set_status::deactivate)
        .op("grantClientRole",      Method::PUT,    "/tenants/{tenantId}/clients/{id}/roles/{roleId}", may("update"),  roles::grant)
        .op("revokeClientRole",     Method::DELETE, "/tenants/{tenantId}/clients/{id}/roles/{roleId}", may("update"),  roles::revoke)
        .op("enrollClientMfa",      Method::PUT,    "/tenants/{tenantId}/clients/{id}/mfa",        or_owner("update"), mfa::enroll)
        .op("verifyClientMfa",      Method::POST,   "/tenants/{tenantId}/clients/{id}/mfa/verify", or_owner("update"), mfa::verify)
        .op("removeClientMfa",      Method::DELETE, "/tenants/{tenantId}/clients/{id}/mfa",        or_owner("update"), mfa::remove)
        .op("oocDeleteComplete",    Method::POST,   "/oocmgr/tenant/delete-complete",              may("delete"),      delete_client::complete)
        .op("adminListClients",     Method::GET,    "/admin/clients",                              may("admin"),       admin_list::handle)
        .op("adminListClientsSlash", Method::GET,   "/admin/clients/",                             may("admin"),       admin_list::handle)
        .op("clientsHealth",        Method::GET,    "/health",                                     Needs::Nothing,     health)
        .op("clientsSwagger",       Method::GET,    "/swagger",                                    Needs::Nothing,     document::handle)
        .op("clientsSwaggerDoc",    Method::GET,    "/swagger/doc.json",                           Needs::Nothing,     document::handle)
}

async fn health(_: Call) -> Result<Response, ClientsError> {
    Ok(ok(json!({"status": "healthy", "service": "clients-microservice"})))
}

fn ok(body: Value) -> Response {
    (StatusCode::OK, axum::Json(body)).into_response()
}
