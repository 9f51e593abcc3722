//! Tokens that others sign: an issuer the operator trusts, and clients with keys of their own.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use domain::TenantId;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::{Claims, JwtError, NoKeys, RemoteKeys, reason};

/// How old an assertion may be.
const ASSERTION_AGE_MOST: TimeDelta = TimeDelta::hours(1);

/// An issuer whose tokens are taken, and nothing but what is said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// What `iss` says.
    pub issuer: String,
    /// What `aud` must contain.
    pub audience: String,
    /// The tenant that its subjects are users of.
    pub tenant: TenantId,
    /// The only algorithm taken.
    pub algorithm: Algorithm,
    pub keys: TrustedKeys,
}

/// What its signatures are checked with.
#[derive(Clone, PartialEq, Eq)]
pub enum TrustedKeys {
    Secret(String),
    Set(JwkSet),
    /// What its issuer publishes at the moment.
    Remote(RemoteKeys),
}

impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(_) => f.write_str("Secret(..)"),
            Self::Set(set) => write!(f, "Set({} keys)", set.keys.len()),
            Self::Remote(remote) => remote.fmt(f),
        }
    }
}

impl TrustedKeys {
    /// These keys at hand, as new as a token asks for that names `kid`.
    pub async fn at_hand(&self, kid: Option<&str>) -> Result<Cow<'_, Self>, NoKeys> {
        Ok(match self {
            Self::Secret(_) | Self::Set(_) => Cow::Borrowed(self),
            Self::Remote(remote) => {
                Cow::Owned(Self::Set(remote.current(kid).await?.as_ref().clone()))
            }
        })
    }

    /// The key a token names; where it names none, the only one there is.
    fn named(&self, kid: Option<&str>) -> Result<DecodingKey, JwtError> {
        let key = match self {
            Self::Secret(secret) => return Ok(DecodingKey::from_secret(secret.as_bytes())),
            Self::Set(set) => match (kid, set.keys.as_slice()) {
                (Some(kid), _) => set.find(kid),
                (None, [only]) => Some(only),
                (None, _) => None,
            },
            // None of them is at hand.
            Self::Remote(_) => None,
        };
        let key = key.ok_or(JwtError::SignatureMismatch)?;
        DecodingKey::from_jwk(key).map_err(|error| reason(error.kind()))
    }
}

/// The key that a token says it is signed with. Nothing of it is proved.
pub fn key_id(token: &str) -> Result<Option<String>, JwtError> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| reason(error.kind()))?;
    Ok(header.kid)
}

/// Who a token says has issued it. Nothing of it is proved.
pub fn claimed_issuer(token: &str) -> Option<String> {
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
    Some(claims.iss)
}

/// The claims of a token of a trusted issuer, checked with its keys at hand.
pub fn verify_trusted(
    token: &str,
    trusted: &TrustedIssuer,
    keys: &TrustedKeys,
    now: DateTime<Utc>,
) -> Result<Claims, JwtError> {
    let key = keys.named(key_id(token)?.as_deref())?;
    let mut validation = Validation::new(trusted.algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.set_issuer(&[&trusted.issuer]);
    validation.set_audience(&[&trusted.audience]);
    checked(token, &key, validation, now)
}

/// The claims of an assertion that the private half of `public_key` signed. Who made it, and for
/// whom, is the caller's to compare.
pub fn verify_assertion(
    token: &str,
    public_key: &str,
    now: DateTime<Utc>,
) -> Result<Claims, JwtError> {
    let key = DecodingKey::from_rsa_pem(public_key.as_bytes());
    let key = key.map_err(|error| reason(error.kind()))?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
    validation.validate_aud = false;
    let claims = checked(token, &key, validation, now)?;
    let issued = claims.iat.and_then(|at| DateTime::from_timestamp(at, 0));
    if issued.is_some_and(|at| at < now - ASSERTION_AGE_MOST) {
        return Err(JwtError::Expired);
    }
    Ok(claims)
}

fn checked(
    token: &str,
    key: &DecodingKey,
    mut validation: Validation,
    now: DateTime<Utc>,
) -> Result<Claims, JwtError> {
    // The crate reads the clock itself; here time is a value.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
        .map_err(|error| reason(error.kind()))?
        .claims;
    claims.check_time(now)?;
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "a secret that is long enough, surely";

    fn trusted(algorithm: Algorithm) -> TrustedIssuer {
        TrustedIssuer {
            issuer: "https://id.acme.com".to_owned(),
            audience: "zitadel".to_owned(),
            tenant: TenantId::new("acme").unwrap(),
            algorithm,
            keys: TrustedKeys::Secret(SECRET.to_owned()),
        }
    }

    fn check(member: &str, value: Value, expected: Result<(), JwtError>) {
        let mut claims = json!({"iss": "https://id.acme.com", "aud": ["x", "zitadel"], "sub": "ada",
            "exp": 100});
        claims[member] = value;
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
        let now = DateTime::from_timestamp(50, 0).unwrap();
        let verify = |algorithm| {
            let issuer = trusted(algorithm);
            verify_trusted(&token, &issuer, &issuer.keys, now)
        };
        let verified = verify(Algorithm::HS256).map(drop);
        assert_eq!(verified, expected, "{claims}");
        let pinned = verify(Algorithm::HS384).unwrap_err();
        assert_eq!(pinned, JwtError::OtherAlgorithm);
    }

    #[test]
    fn issuer_audience_and_expiry_are_what_the_operator_says() {
        check("sub", json!("bo"), Ok(()));
        check("iss", json!("https://id.evil.com"), Err(JwtError::UntrustedIssuer));
        check("aud", json!("other"), Err(JwtError::OtherAudience));
        check("aud", Value::Null, Err(JwtError::Malformed));
        check("exp", json!(50), Err(JwtError::Expired));
        check("nbf", json!(51), Err(JwtError::NotYetValid));
    }
}
