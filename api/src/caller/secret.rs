//! A client's own id and secret: by Basic authentication, as parameters, or as a signature that
//! was made with the secret.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::{CaptureClientId, ClientAllowLists, TenantId};
use eventlog::VaultKind;
use projections::clients::ClientRow;
use projections::{client_allow_lists, clients};
use subtle::ConstantTimeEq;

use super::Caller;
use super::signature::{Signed, WINDOW, instant};
use super::standing::{caller, is_working};
use crate::app::App;
use crate::call::Incoming;
use crate::fault::Fault;

/// Parameters in which clients send a person's token.
const TOKENS: [&str; 2] = ["access_token", "token"];

/// Why a client was not let in. Whether the id or the secret is wrong is not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the authorization scheme is not supported here")]
    OtherScheme,
    #[error("unknown client or wrong secret")]
    Wrong,
    #[error("the Date header is not within 15 minutes of the server's time")]
    DateOff,
    #[error("this signature was used before")]
    Replayed,
    #[error("no application is found at this host name")]
    NoApplication,
    /// The client is good, and may not call from where this comes from.
    #[error("the client may not call from this address")]
    AddressNotListed,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a request offers.
#[derive(Debug, PartialEq, Eq)]
enum Offer {
    /// The secret itself.
    Secret { id: String, secret: String, how: &'static str },
    /// A signature that was made with it.
    Signature { id: String, signature: String },
}

/// The client behind a request with these parameters. Where there is an `Authorization` header, it
/// alone counts. A signature is good for one request where `is_single_use`, and for any number of
/// the same ones otherwise: its clock ticks in seconds, so that equal requests have equal ones.
pub async fn secret(
    app: &App,
    request: &Incoming,
    parameters: &BTreeMap<String, String>,
    is_single_use: bool,
) -> Result<Caller, SecretError> {
    let now = request.received_at;
    let offer = match request.header("authorization") {
        Some(header) => from_header(header)?,
        None => from_parameters(parameters)?,
    };
    let signed = Signed {
        path: request.uri.path(),
        date: request.header("date").unwrap_or_default(),
        parameters,
    };
    let id = match &offer {
        Offer::Secret { id, .. } => id,
        Offer::Signature { id, .. } => {
            let sent = instant(signed.date).ok_or(SecretError::DateOff)?;
            if (now - sent).abs() > WINDOW {
                return Err(SecretError::DateOff);
            }
            id
        }
    };
    let views = app.reads.current_everywhere().await.map_err(Fault::from)?.views;
    let found = clients::by_capture_id(&views, &CaptureClientId(id.clone())).await;
    let client = found.map_err(Fault::from)?.ok_or(SecretError::Wrong)?;
    let application = application(app, request).await?;
    if application.is_some_and(|application| application != client.tenant) {
        return Err(SecretError::Wrong);
    }
    let held = secrets(app, &client, now).await?;
    let is_good = |held: &Vec<u8>| match &offer {
        Offer::Secret { secret, .. } => bool::from(held.ct_eq(secret.as_bytes())),
        Offer::Signature { signature, .. } => signed.is_by(held, signature),
    };
    if !held.iter().any(is_good) || !is_working(&client) {
        return Err(SecretError::Wrong);
    }
    let blocks = client_allow_lists::one(&views, &client.tenant, client.client).await;
    if !ClientAllowLists::covers(&blocks.map_err(Fault::from)?, request.address) {
        return Err(SecretError::AddressNotListed);
    }
    let how = match &offer {
        Offer::Secret { how, .. } => how,
        Offer::Signature { id, signature } => {
            let until = now + WINDOW + WINDOW;
            let is_first = || app.log.take_nonce(id, signature, until);
            if is_single_use && !is_first().await.map_err(Fault::from)? {
                return Err(SecretError::Replayed);
            }
            "signature"
        }
    };
    Ok(caller(&client, how))
}

/// The application that the host name names, where host names do.
async fn application(app: &App, request: &Incoming) -> Result<Option<TenantId>, SecretError> {
    let host = request.host().and_then(|host| host.split(':').next()).unwrap_or_default();
    let label = app.settings.capture_domain.as_deref().and_then(|domain| {
        let above = host.len().checked_sub(domain.len())?;
        let (label, rest) = host.split_at_checked(above)?;
        label.strip_suffix('.').filter(|_| rest.eq_ignore_ascii_case(domain))
    });
    let Some(label) = label else { return Ok(None) };
    let tenant = TenantId::new(label).map_err(|_| SecretError::NoApplication)?;
    match app.reads.current(&tenant).await.map_err(Fault::from) {
        Ok(_) => Ok(Some(tenant)),
        Err(Fault::NoTenant(_)) => Err(SecretError::NoApplication),
        Err(fault) => Err(fault.into()),
    }
}

/// What an `Authorization` header offers.
fn from_header(header: &str) -> Result<Offer, SecretError> {
    let (scheme, credentials) = header.trim().split_once(' ').ok_or(SecretError::OtherScheme)?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("signature") {
        let (id, signature) = credentials.split_once(':').ok_or(SecretError::Wrong)?;
        return Ok(Offer::Signature { id: id.to_owned(), signature: signature.to_owned() });
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(SecretError::OtherScheme);
    }
    let decoded = STANDARD.decode(credentials).map_err(|_| SecretError::Wrong)?;
    let text = String::from_utf8(decoded).map_err(|_| SecretError::Wrong)?;
    let (id, secret) = text.split_once(':').ok_or(SecretError::Wrong)?;
    Ok(Offer::Secret { id: id.to_owned(), secret: secret.to_owned(), how: "basic" })
}

/// What parameters offer. The token of a person is no proof of being a client.
fn from_parameters(parameters: &BTreeMap<String, String>) -> Result<Offer, SecretError> {
    let given = |name: &str| parameters.get(name).cloned();
    match given("client_id").zip(given("client_secret")) {
        Some((id, secret)) => Ok(Offer::Secret { id, secret, how: "parameters" }),
        None if TOKENS.iter().any(|name| parameters.contains_key(*name)) => {
            Err(SecretError::OtherScheme)
        }
        None => Err(SecretError::Wrong),
    }
}

/// The client's newest secret, and the one before, while that one still works.
async fn secrets(app: &App, client: &ClientRow, now: DateTime<Utc>) -> Result<Vec<Vec<u8>>, Fault> {
    let newest = client.secret_generation;
    let former = client.grace_until.filter(|end| now < *end).map(|_| newest - 1);
    let keys = app.keyring.tenant(&client.tenant).await?;
    let mut held = Vec::new();
    for generation in [Some(newest), former].into_iter().flatten() {
        let public_id = format!("{}.{generation}", client.capture_id);
        if let Some(row) = app.log.vault(VaultKind::ClientSecret, &public_id).await? {
            held.push(keys.open(&row)?);
        }
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basic_header_holds_an_id_and_a_secret() {
        let encoded = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let (id, secret) = ("id".to_owned(), "se:cret".to_owned());
        let expected = Offer::Secret { id, secret, how: "basic" };
        assert_eq!(from_header(&encoded("id:se:cret")), Ok(expected));
        assert_eq!(from_header(&encoded("nothing")), Err(SecretError::Wrong));
        assert_eq!(from_header("Basic %%%"), Err(SecretError::Wrong));
    }

    #[test]
    fn a_signature_header_holds_an_id_and_a_signature() {
        let (id, signature) = ("id".to_owned(), "ab+/c=".to_owned());
        let expected = Offer::Signature { id, signature };
        assert_eq!(from_header("signature id:ab+/c="), Ok(expected));
        assert_eq!(from_header("Signature id"), Err(SecretError::Wrong));
    }

    #[test]
    fn other_schemes_are_none_of_ours() {
        for header in ["OAuth token", "Bearer token", "OAuth", ""] {
            assert_eq!(from_header(header), Err(SecretError::OtherScheme), "{header:?}");
        }
    }
}
