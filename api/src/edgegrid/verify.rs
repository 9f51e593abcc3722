//! Checking a signed request, one step a function, so that a reply can say which part failed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::sign::mac;
use super::{EdgeGridError, Header, Signed, WINDOW_SECONDS, data_to_sign, signing_key};

/// Which scheme a client may have signed. Behind a proxy that ends TLS, clients sign `https`
/// though `http` arrives; EdgeGrid tools sign `https` whatever they call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Schemes {
    /// `https`, else `http`.
    #[default]
    Any,
    Https,
    Http,
}

impl Schemes {
    fn tries(self) -> &'static [&'static str] {
        match self {
            Self::Any => &["https", "http"],
            Self::Https => &["https"],
            Self::Http => &["http"],
        }
    }
}

/// Whether the request was signed within the window around `now`.
pub fn check_time(header: &Header, now: DateTime<Utc>) -> Result<DateTime<Utc>, EdgeGridError> {
    let sent = header.instant()?;
    if (now - sent).abs() > TimeDelta::seconds(WINDOW_SECONDS) {
        return Err(EdgeGridError::TimestampOutsideWindow { sent, server: now });
    }
    Ok(sent)
}

/// Whether the access token is the one issued with the client token.
pub fn check_access_token(header: &Header, issued: &str) -> Result<(), EdgeGridError> {
    if bool::from(header.access_token.as_bytes().ct_eq(issued.as_bytes())) {
        Ok(())
    } else {
        Err(EdgeGridError::AccessTokenMismatch)
    }
}

/// Whether the request was signed with `client_secret`, under a scheme that is trusted.
pub fn check_signature(
    header: &Header,
    request: &Signed<'_>,
    client_secret: &str,
    schemes: Schemes,
) -> Result<(), EdgeGridError> {
    let key = signing_key(client_secret, &header.timestamp)?;
    for scheme in schemes.tries() {
        let data = data_to_sign(scheme, request, &header.unsigned);
        let expected = mac(&key, data.as_bytes())?;
        if bool::from(expected.as_bytes().ct_eq(header.signature.as_bytes())) {
            return Ok(());
        }
    }
    Err(EdgeGridError::SignatureMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edgegrid::{Credential, sign};

    const SECRET: &str = "secret";

    fn signed(scheme: &str, request: &Signed<'_>) -> Header {
        let credential = Credential {
            client_token: "ct".to_owned(),
            access_token: "at".to_owned(),
            client_secret: SECRET.to_owned(),
        };
        Header::parse(&sign(&credential, scheme, request, noon(0), "n").unwrap()).unwrap()
    }

    fn noon(plus: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_268_800 + plus, 0).unwrap()
    }

    const REQUEST: Signed<'_> =
        Signed { method: "POST", host: "iam.example:8443", target: "/a%2Fb?c=1", body: b"{}" };

    #[test]
    fn what_was_signed_is_taken() {
        assert_eq!(
            check_signature(&signed("https", &REQUEST), &REQUEST, SECRET, Schemes::Https),
            Ok(())
        );
    }

    #[test]
    fn any_change_of_what_was_signed_is_noticed() {
        let header = signed("https", &REQUEST);
        let mut spoiled = header.clone();
        spoiled.unsigned = spoiled.unsigned.replace("nonce=n", "nonce=m");
        for (header, request, secret) in [
            (&header, Signed { method: "PUT", ..REQUEST }, SECRET),
            (&header, Signed { host: "iam.example", ..REQUEST }, SECRET),
            (&header, Signed { target: "/a/b?c=1", ..REQUEST }, SECRET),
            (&header, Signed { body: b"{ }", ..REQUEST }, SECRET),
            (&header, REQUEST, "another"),
            (&spoiled, REQUEST, SECRET),
        ] {
            let result = check_signature(header, &request, secret, Schemes::Any);
            assert_eq!(result, Err(EdgeGridError::SignatureMismatch), "{request:?}");
        }
    }

    #[test]
    fn only_trusted_schemes_count() {
        let check = |scheme, schemes| {
            check_signature(&signed(scheme, &REQUEST), &REQUEST, SECRET, schemes).is_ok()
        };
        assert!(check("https", Schemes::Any) && check("http", Schemes::Any));
        assert!(check("https", Schemes::Https) && !check("http", Schemes::Https));
        assert!(!check("https", Schemes::Http) && check("http", Schemes::Http));
    }

    #[test]
    fn the_window_is_thirty_seconds_either_way() {
        let header = signed("https", &REQUEST);
        for off in [-30, 0, 30] {
            assert_eq!(check_time(&header, noon(off)), Ok(noon(0)));
        }
        for off in [-31, 31] {
            let sent = noon(0);
            let expected = EdgeGridError::TimestampOutsideWindow { sent, server: noon(off) };
            assert_eq!(check_time(&header, noon(off)), Err(expected));
        }
    }

    #[test]
    fn the_access_token_must_be_its_own() {
        let header = signed("https", &REQUEST);
        assert_eq!(check_access_token(&header, "at"), Ok(()));
        assert_eq!(check_access_token(&header, "ax"), Err(EdgeGridError::AccessTokenMismatch));
        assert_eq!(check_access_token(&header, ""), Err(EdgeGridError::AccessTokenMismatch));
    }
}
