//! Settings: what holds for a client is its own value, else the default, else nothing.
//!
//! Whoever is a client may read what holds for itself. Everything else takes an owner; the
//! vendor's documents differ on that.

mod change;
mod read;

use axum::http::Method;
use domain::{ClientFeature, ClientId};

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{Capture, named};
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
pub(super) use change::refused;

#[rustfmt::skip]
pub(super) fn operations(dialect: Dialect<Capture>) -> Dialect<Capture> {
    let (owner, anybody) = (Needs::Feature(ClientFeature::Owner), Needs::SignedIn);
    let (get, post) = (Method::GET, Method::POST);
    dialect
        .op("settings/get",               get.clone(),  "/settings/get",               anybody, read::get)
        .op("settings/get",               post.clone(), "/settings/get",               anybody, read::get)
        .op("settings/get_multi",         get.clone(),  "/settings/get_multi",         anybody, read::get_multi)
        .op("settings/get_multi",         post.clone(), "/settings/get_multi",         anybody, read::get_multi)
        .op("settings/items",             get.clone(),  "/settings/items",             anybody, read::items)
        .op("settings/items",             post.clone(), "/settings/items",             anybody, read::items)
        .op("settings/keys",              get.clone(),  "/settings/keys",              anybody, read::keys)
        .op("settings/keys",              post.clone(), "/settings/keys",              anybody, read::keys)
        .op("settings/get_default",       get.clone(),  "/settings/get_default",       owner,   read::get_default)
        .op("settings/get_default",       post.clone(), "/settings/get_default",       owner,   read::get_default)
        .op("settings/get_all",           get,          "/settings/get_all",           owner,   read::get_all)
        .op("settings/get_all",           post.clone(), "/settings/get_all",           owner,   read::get_all)
        .op("settings/set",               post.clone(), "/settings/set",               owner,   change::set)
        .op("settings/set_multi",         post.clone(), "/settings/set_multi",         owner,   change::set_multi)
        .op("settings/delete",            post.clone(), "/settings/delete",            owner,   change::delete)
        .op("settings/set_default",       post.clone(), "/settings/set_default",       owner,   change::set_default)
        .op("settings/set_default_multi", post.clone(), "/settings/set_default_multi", owner,   change::set_default_multi)
        .op("settings/delete_default",    post,         "/settings/delete_default",    owner,   change::delete_default)
}

/// The client that a call is about: the one it names, or the caller itself. Who is no owner learns
/// nothing of others, not even whether they are there.
async fn about(call: &Call, parameters: &Parameters) -> Result<ClientId, CaptureError> {
    let caller = call.caller.client.as_ref().ok_or_else(CaptureError::permission)?;
    let Some(id) = parameters.get("for_client_id") else { return Ok(caller.id) };
    let found = named(call, "for_client_id", id).await.map(|client| client.client);
    if found != Ok(caller.id) && !call.caller.holds(Needs::Feature(ClientFeature::Owner)) {
        return Err(CaptureError::permission());
    }
    found
}
