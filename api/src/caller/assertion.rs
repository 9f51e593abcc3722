//! A web token that a client signed with its own private key, to be exchanged for an access token
//! (RFC 7523).

use chrono::{DateTime, Utc};
use domain::KeyId;
use projections::{client_keys, clients};

use super::Caller;
use super::bearer::BearerError;
use super::standing::{caller, is_working};
use crate::app::App;
use crate::fault::Fault;
use crate::jwt;

/// The client behind an assertion that is meant for one of `audiences`.
pub async fn assertion(
    app: &App,
    token: &str,
    audiences: &[String],
    now: DateTime<Utc>,
) -> Result<Caller, BearerError> {
    let unknown = BearerError::Invalid("it names no key of this server");
    let key = jwt::key_id(token)?.ok_or_else(|| unknown.clone())?;
    let views = app.reads.current_everywhere().await.map_err(Fault::from)?.views;
    let key = client_keys::one(&views, &KeyId(key)).await.map_err(Fault::from)?.ok_or(unknown)?;
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(BearerError::Ended);
    }
    let claims = jwt::verify_assertion(token, &key.public_key, now)?;
    let client = clients::one(&views, &key.tenant, key.client).await.map_err(Fault::from)?;
    let client = client.filter(is_working).ok_or(BearerError::Ended)?;
    let ids =
        [client.client.to_string(), client.capture_id.to_string(), client.akamai_id.to_string()];
    let is_its_own = |claim: Option<&str>| ids.iter().any(|id| claim == Some(id));
    if !is_its_own(Some(&claims.iss)) || !is_its_own(claims.sub.as_deref()) {
        return Err(BearerError::Invalid("its key is another's"));
    }
    if !audiences.iter().any(|audience| claims.is_for(audience)) {
        return Err(BearerError::Invalid("it is meant for another audience"));
    }
    Ok(caller(&client, "jwt"))
}
