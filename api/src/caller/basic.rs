//! A client's own id and secret: by Basic authentication, or as parameters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::CaptureClientId;
use eventlog::VaultKind;
use projections::clients;
use projections::clients::ClientRow;
use subtle::ConstantTimeEq;

use super::Caller;
use super::standing::{caller, is_working};
use crate::app::App;
use crate::fault::Fault;

/// Why a client was not let in. Whether the id or the secret is wrong is not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BasicError {
    #[error("the authorization scheme is not supported here")]
    OtherScheme,
    #[error("unknown client or wrong secret")]
    Wrong,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The client behind an `Authorization` header, or behind an id and a secret given as parameters.
/// Where there is a header, it alone counts.
pub async fn basic(
    app: &App,
    header: Option<&str>,
    parameters: Option<(&str, &str)>,
    now: DateTime<Utc>,
) -> Result<Caller, BasicError> {
    let (id, secret, how) = match (header, parameters) {
        (Some(header), _) => {
            let (id, secret) = from_header(header)?;
            (id, secret, "basic")
        }
        (None, Some((id, secret))) => (id.to_owned(), secret.to_owned(), "parameters"),
        (None, None) => return Err(BasicError::Wrong),
    };
    let views = app.reads.current_everywhere().await.map_err(Fault::from)?.views;
    let found = clients::by_capture_id(&views, &CaptureClientId(id)).await;
    let client = found.map_err(Fault::from)?.ok_or(BasicError::Wrong)?;
    if !is_secret(app, &client, &secret, now).await? || !is_working(&client) {
        return Err(BasicError::Wrong);
    }
    Ok(caller(&views, &client, how).await?)
}

/// Id and secret of a Basic header.
fn from_header(header: &str) -> Result<(String, String), BasicError> {
    let (scheme, credentials) = header.trim().split_once(' ').ok_or(BasicError::OtherScheme)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(BasicError::OtherScheme);
    }
    let decoded = STANDARD.decode(credentials.trim()).map_err(|_| BasicError::Wrong)?;
    let text = String::from_utf8(decoded).map_err(|_| BasicError::Wrong)?;
    let (id, secret) = text.split_once(':').ok_or(BasicError::Wrong)?;
    Ok((id.to_owned(), secret.to_owned()))
}

/// Whether it is the client's newest secret, or the one before, while that one still works.
async fn is_secret(
    app: &App,
    client: &ClientRow,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let newest = client.secret_generation;
    let former = client.grace_until.filter(|end| now < *end).map(|_| newest - 1);
    let keys = app.keyring.tenant(&client.tenant).await?;
    for generation in [Some(newest), former].into_iter().flatten() {
        let public_id = format!("{}.{generation}", client.capture_id);
        let Some(row) = app.log.vault(VaultKind::ClientSecret, &public_id).await? else { continue };
        let held = keys.open(&row)?;
        if bool::from(held.ct_eq(secret.as_bytes())) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basic_header_holds_an_id_and_a_secret() {
        let encoded = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let expected = ("id".to_owned(), "se:cret".to_owned());
        assert_eq!(from_header(&encoded("id:se:cret")), Ok(expected));
        assert_eq!(from_header(&encoded("nothing")), Err(BasicError::Wrong));
        assert_eq!(from_header("Basic %%%"), Err(BasicError::Wrong));
        assert_eq!(from_header("Signature id:abc"), Err(BasicError::OtherScheme));
        assert_eq!(from_header("OAuth"), Err(BasicError::OtherScheme));
    }
}
