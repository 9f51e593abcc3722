//! The token of a person whose record it is about, or of somebody who may create one: it works
//! through one client, and dies with it, with a reset of its secret, and with its own time.

use commands::records::FreshRecordToken;
use domain::{Actor, ActorKind, ClientId, RecordId, RecordTokenKind, TenantId, TokenId};
use eventlog::VaultKind;
use projections::{Views, clients, record_tokens, records};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Caller;
use super::standing::{caller, is_working, outlived_resets};
use crate::app::App;
use crate::call::Incoming;
use crate::fault::Fault;

/// What a token lets its bearer do beside what its client may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBehalf {
    /// Act on this record.
    Of(RecordId),
    /// Create records.
    Creating,
}

/// Why somebody with a token was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordTokenError {
    #[error("the token is not valid")]
    Unknown,
    /// It was good once.
    #[error("the token works no longer")]
    Ended(RecordTokenKind),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The public half of a token's text, and the tenant it is good in, if the secret half is right.
pub async fn known_token(app: &App, text: &str) -> Result<Option<(TenantId, TokenId)>, Fault> {
    let Some((token, secret)) = FreshRecordToken::halves(text) else { return Ok(None) };
    let Some(row) = app.log.vault(VaultKind::Bearer, token.as_str()).await? else {
        return Ok(None);
    };
    let held = app.keyring.tenant(&row.tenant).await?.open(&row)?;
    let is_it = bool::from(held.ct_eq(&Sha256::digest(secret.as_bytes())));
    Ok(is_it.then_some((row.tenant, token)))
}

/// Whoever bears this token.
pub async fn record_token(
    app: &App,
    request: &Incoming,
    text: &str,
) -> Result<Caller, RecordTokenError> {
    let known = known_token(app, text).await?;
    let (tenant, token) = known.ok_or(RecordTokenError::Unknown)?;
    let views = app.reads.current(&tenant).await.map_err(Fault::from)?.views;
    let row = record_tokens::one(&views, &tenant, &token).await.map_err(Fault::from)?;
    let row = row.ok_or(RecordTokenError::Ended(RecordTokenKind::Access))?;
    let on_behalf = match (row.kind, row.record) {
        (RecordTokenKind::Access, Some(record)) => OnBehalf::Of(record),
        (RecordTokenKind::Creation, None) => OnBehalf::Creating,
        (
            RecordTokenKind::Access
            | RecordTokenKind::AuthorizationCode
            | RecordTokenKind::Creation
            | RecordTokenKind::Verification,
            _,
        ) => return Err(RecordTokenError::Unknown),
    };
    let ended = RecordTokenError::Ended(row.kind);
    if row.expires_at <= request.received_at {
        return Err(ended);
    }
    if let Some(record) = row.record {
        let held = records::one(&views, &tenant, record).await.map_err(Fault::from)?;
        if held.is_none_or(|held| held.content.closed().is_none()) {
            // The person was erased.
            return Err(ended);
        }
    }
    let party = client(&views, &tenant, row.client, (row.issued_at, request.received_at)).await?;
    Ok(Caller { on_behalf: Some(on_behalf), ..party.ok_or(ended)? })
}

/// The client that a token works through, if it still does at the second of these instants; the
/// token was issued at the first.
async fn client(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
    (issued, now): (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>),
) -> Result<Option<Caller>, Fault> {
    let found = clients::one(views, tenant, client).await?.filter(is_working);
    let Some(found) = found else { return Ok(None) };
    if !outlived_resets(views, &found, issued, now).await? {
        return Ok(None);
    }
    let party = caller(&found, "oauth");
    let actor = Actor { kind: ActorKind::Client, ..party.actor };
    Ok(Some(Caller { actor, ..party }))
}
