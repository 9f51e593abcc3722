//! Bearer tokens: `cht_<id>_<secret>`, or a JSON web token that the tenant's own secret signed.

use chrono::{DateTime, Utc};
use domain::{Actor, ActorKind, ClientId, TokenId};
use eventlog::VaultKind;
use projections::tokens::TokenRow;
use projections::{Views, clients, tokens};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Caller;
use super::operator::operator;
use super::standing::{caller, is_working, outlived_resets};
use super::trusted::trusted;
use super::web_token::web_token;
use crate::app::App;
use crate::fault::Fault;
use crate::jwt::{self, JwtError};

const PREFIX: &str = "cht_";

/// Why a bearer was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    #[error("there is no authorization header")]
    Missing,
    #[error("the authorization header is not of the form `Bearer <token>`")]
    OtherScheme,
    /// A web token says no tenant, or two.
    #[error("the token names no tenant")]
    NoTenant,
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
    /// It was good once: it expired, was revoked, or its holder may not call any more.
    #[error("the token works no longer")]
    Ended,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<JwtError> for BearerError {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::NoTenant => Self::NoTenant,
            JwtError::Expired => Self::Ended,
            JwtError::Malformed => Self::Invalid("it is not a token of this server"),
            JwtError::OtherAlgorithm => Self::Invalid("it is signed with another algorithm"),
            JwtError::SignatureMismatch => Self::Invalid("its signature does not match"),
            JwtError::NotYetValid => Self::Invalid("it is not valid yet"),
            JwtError::UntrustedIssuer => Self::Invalid("its issuer is not trusted"),
            JwtError::OtherAudience => Self::Invalid("it is meant for another audience"),
        }
    }
}

/// The party behind an `Authorization` header.
pub async fn bearer(
    app: &App,
    header: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Caller, BearerError> {
    let (scheme, token) = header
        .ok_or(BearerError::Missing)?
        .trim()
        .split_once(' ')
        .ok_or(BearerError::OtherScheme)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(BearerError::OtherScheme);
    }
    if app.settings.operator.as_ref().is_some_and(|operator| operator.is(token)) {
        return Ok(operator());
    }
    if let Some(issuer) = &app.settings.trusted_issuer
        && jwt::claimed_issuer(token).as_ref() == Some(&issuer.issuer)
    {
        return trusted(app, issuer, token, now).await;
    }
    match token.strip_prefix(PREFIX) {
        Some(halves) => opaque(app, halves, now).await,
        None => web_token(app, token, now).await,
    }
}

/// The party behind an opaque token, whose public half leads to the hash of its secret half.
async fn opaque(app: &App, halves: &str, now: DateTime<Utc>) -> Result<Caller, BearerError> {
    let unknown = BearerError::Invalid("it is not a token of this server");
    let Some((id, secret)) = halves.split_once('_') else { return Err(unknown) };
    let row = app.log.vault(VaultKind::Bearer, id).await.map_err(Fault::from)?;
    let Some(row) = row else { return Err(unknown) };
    let keys = app.keyring.tenant(&row.tenant).await.map_err(Fault::from)?;
    let held = keys.open(&row).map_err(Fault::from)?;
    if !bool::from(held.ct_eq(&Sha256::digest(secret.as_bytes()))) {
        return Err(unknown);
    }
    let views = app.reads.current(&row.tenant).await.map_err(Fault::from)?.views;
    let token = tokens::one(&views, &TokenId(id.to_owned())).await.map_err(Fault::from)?;
    let token = token.filter(|token| token.is_live(now)).ok_or(BearerError::Ended)?;
    holder(&views, token, now).await
}

/// Whom a token speaks for; one that speaks for a client ends with it.
async fn holder(views: &Views, token: TokenRow, now: DateTime<Utc>) -> Result<Caller, BearerError> {
    let actor = Actor {
        home: token.tenant.clone(),
        kind: token.holder,
        id: token.holder_id.clone(),
        authenticated: "bearer".to_owned(),
    };
    let party = match token.holder {
        ActorKind::Client => {
            let id = token.holder_id.parse().map(ClientId).map_err(|_| BearerError::Ended)?;
            let client = clients::one(views, &token.tenant, id).await.map_err(Fault::from)?;
            let client = client.filter(is_working).ok_or(BearerError::Ended)?;
            if !outlived_resets(views, &client, token.marks.created_at, now).await? {
                return Err(BearerError::Ended);
            }
            caller(&client, "bearer")
        }
        ActorKind::User | ActorKind::Token | ActorKind::Timer | ActorKind::System => {
            Caller::new(token.tenant, actor)
        }
    };
    Ok(Caller { rights: token.rights, organization: token.organization, ..party })
}
