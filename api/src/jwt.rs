//! The JSON web tokens of the tenant-clients dialect: HS256 under the tenant's own secret, minted
//! by `chancery token` and checked at the edge.

mod claims;
mod remote;
mod trusted;

pub use claims::Claims;
pub use remote::{NoKeys, RemoteKeys};
pub use trusted::{
    TrustedIssuer, TrustedKeys, claimed_issuer, key_id, verify_assertion, verify_trusted,
};

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

/// What this server issues itself, to clients that show their secret or a signature.
pub const OWN_ISSUER: &str = "chancery";

/// Who may issue tokens under a tenant's secret; the first one is what `chancery token` mints.
pub const ISSUERS: [&str; 3] = ["authsec-ai/auth-manager", "authsec-ai/user-flow", OWN_ISSUER];

/// What `aud` must contain, where it is present.
pub const AUDIENCE: &str = "authsec-api";

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("the token is not a JSON web token with the claims this API needs")]
    Malformed,
    #[error("the token is signed with another algorithm")]
    OtherAlgorithm,
    #[error("the token's signature does not match")]
    SignatureMismatch,
    #[error("the token expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token's issuer is not trusted")]
    UntrustedIssuer,
    #[error("the token is meant for another audience")]
    OtherAudience,
    #[error("the token names no tenant, or two")]
    NoTenant,
}

/// Signs `claims` with the tenant's secret.
pub fn mint(claims: &Claims, secret: &str) -> Result<String, JwtError> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key)
        .map_err(|_| JwtError::Malformed)
}

/// The tenant a token says it is of. Nothing of it is proved: it only says whose secret to check
/// the token with.
pub fn claimed_tenant(token: &str) -> Result<String, JwtError> {
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token)
        .map_err(|error| reason(error.kind()))?;
    claims.tenant().map(str::to_owned).ok_or(JwtError::NoTenant)
}

/// The claims of a token that the tenant's secret signed, that is valid at `now`, and that a
/// trusted issuer made for this API. `issuer` is trusted beside [`ISSUERS`].
pub fn verify(
    token: &str,
    secret: &str,
    issuer: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Claims, JwtError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "iss"]);
    validation.set_issuer(&[&ISSUERS[..], issuer.as_slice()].concat());
    validation.set_audience(&[AUDIENCE]);
    // The crate reads the clock itself; here time is a value.
    validation.validate_exp = false;

    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|error| reason(error.kind()))?
        .claims;
    claims.check_time(now)?;
    if claims.tenant().is_none() {
        return Err(JwtError::NoTenant);
    }
    Ok(claims)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the crate's list is open, and long")]
fn reason(kind: &ErrorKind) -> JwtError {
    match kind {
        ErrorKind::InvalidSignature => JwtError::SignatureMismatch,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => JwtError::OtherAlgorithm,
        ErrorKind::InvalidIssuer => JwtError::UntrustedIssuer,
        ErrorKind::InvalidAudience => JwtError::OtherAudience,
        _ => JwtError::Malformed,
    }
}

#[cfg(test)]
mod tests;
