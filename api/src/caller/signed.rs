//! Requests that an API client signed with an EdgeGrid credential.

use std::fmt;

use chrono::TimeDelta;
use domain::AllowList;
use eventlog::VaultKind;
use projections::clients::{self, Standing};
use projections::{Views, allow_lists, cidr_blocks};
use serde::Deserialize;

use super::Caller;
use super::standing::signer;
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
    /// The signature is good; the client's own list, or the account's, does not have the address.
    #[error("the caller's address is not on the {0}")]
    AddressNotListed(AclOwner),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Whose list of addresses it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AclOwner {
    Client,
    Account,
}

impl fmt::Display for AclOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client's ipAcl",
            Self::Account => "account's IP allow list",
        })
    }
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
    let views = app.reads.current(&row.tenant).await.map_err(Fault::from)?.views;
    let standing = clients::standing(&views, &header.client_token).await.map_err(Fault::from)?;
    let standing = standing.filter(|it| it.works(now)).ok_or(SignedError::NotWorking)?;
    check_address(app, &views, &standing, request).await?;
    Ok(signer(&views, standing).await?)
}

/// Refuses addresses that the client's own list does not have, or the account's where calls are to
/// keep to that.
async fn check_address(
    app: &App,
    views: &Views,
    standing: &Standing,
    request: &Incoming,
) -> Result<(), SignedError> {
    let own = standing.usage.ip_acl.as_ref();
    if own.is_some_and(|acl| !acl.lets_in(request.address)) {
        return Err(SignedError::AddressNotListed(AclOwner::Client));
    }
    let tenant = &standing.tenant;
    if !app.settings.edgegrid_keeps_to_allow_list
        || !allow_lists::is_enabled(views, tenant).await.map_err(Fault::from)?
    {
        return Ok(());
    }
    let blocks = cidr_blocks::all(views, tenant).await.map_err(Fault::from)?;
    let blocks = blocks.into_iter().map(|row| (row.id, row.block)).collect();
    let list = AllowList::new(true, blocks);
    list.open_to(request.address).map_err(|_| SignedError::AddressNotListed(AclOwner::Account))
}
