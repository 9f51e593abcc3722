//! Requests that an API client signed with an EdgeGrid credential.

use chrono::{DateTime, TimeDelta, Utc};
use domain::TenantId;
use eventlog::VaultKind;
use projections::clients;
use serde::Deserialize;

use super::standing::{caller, is_working};
use super::{Caller, CallingClient};
use crate::app::App;
use crate::call::Incoming;
use crate::edgegrid::{
    EdgeGridError, Header, Signed, WINDOW_SECONDS, check_access_token, check_signature, check_time,
};
use crate::fault::Fault;

/// Why a signed request was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    #[error("the request is not signed")]
    Missing,
    #[error(transparent)]
    Scheme(#[from] EdgeGridError),
    /// The signature is good; the credential or its client may not call any more.
    #[error("the client token works no longer")]
    NotWorking,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What the vault keeps of a credential.
#[derive(Deserialize)]
struct Kept {
    client_secret: String,
    access_token: String,
}

/// The client behind a signed request. A nonce counts as used only once its signature was found
/// good, so that nobody can use up somebody else's.
pub async fn signed(app: &App, request: &Incoming) -> Result<Caller, SignedError> {
    let value = request.header("authorization").ok_or(SignedError::Missing)?;
    if !Header::is_edgegrid(value) {
        return Err(SignedError::Missing);
    }
    let (header, now) = (Header::parse(value)?, request.received_at);
    let sent = check_time(&header, now)?;
    let row = app.log.vault(VaultKind::EdgeGrid, &header.client_token).await;
    let row = row.map_err(Fault::from)?.ok_or(EdgeGridError::UnknownClientToken)?;
    let keys = app.keyring.tenant(&row.tenant).await.map_err(Fault::from)?;
    let kept = keys.open(&row).map_err(Fault::from)?;
    let kept: Kept = serde_json::from_slice(&kept).map_err(|_| Fault::Internal)?;
    check_access_token(&header, &kept.access_token)?;
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    let (method, host) = (request.method.as_str(), request.host().unwrap_or_default());
    let what = Signed { method, host, target, body: &request.body };
    check_signature(&header, &what, &kept.client_secret, app.settings.edgegrid_schemes)?;
    let until = sent + TimeDelta::seconds(2 * WINDOW_SECONDS);
    let nonce = app.log.take_nonce(&header.client_token, &header.nonce, until).await;
    if !nonce.map_err(Fault::from)? {
        return Err(EdgeGridError::NonceReplayed.into());
    }
    standing(app, &row.tenant, &header.client_token, now).await
}

/// The client of a credential, if both work.
async fn standing(
    app: &App,
    tenant: &TenantId,
    client_token: &str,
    now: DateTime<Utc>,
) -> Result<Caller, SignedError> {
    let views = app.reads.current(tenant).await.map_err(Fault::from)?.views;
    let held = clients::by_client_token(&views, client_token).await.map_err(Fault::from)?;
    let held = held.filter(|held| held.state.is_live(now)).ok_or(SignedError::NotWorking)?;
    let client = clients::one(&views, &held.tenant, held.client).await.map_err(Fault::from)?;
    let client = client.filter(is_working).ok_or(SignedError::NotWorking)?;
    let caller = caller(&views, &client, "edgegrid").await?;
    let credential = Some(held.credential);
    let client = caller.client.map(|calling| CallingClient { credential, ..calling });
    Ok(Caller { client, ..caller })
}
