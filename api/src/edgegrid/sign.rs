//! What is signed, and the signature.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::header::{ALGORITHM, TIMESTAMP};
use super::{BODY_BYTES_MAX, EdgeGridError};

/// What a client signs with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub client_token: String,
    pub access_token: String,
    pub client_secret: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("client_token", &self.client_token)
            .finish_non_exhaustive()
    }
}

/// The parts of a request that a signature covers.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    pub method: &'a str,
    /// Host, with the port where the `Host` header has one.
    pub host: &'a str,
    /// Path and query as they stood on the request line.
    pub target: &'a str,
    pub body: &'a [u8],
}

/// The value of the Authorization header for a request that leaves now.
pub fn sign(
    credential: &Credential,
    scheme: &str,
    request: &Signed<'_>,
    now: DateTime<Utc>,
    nonce: &str,
) -> Result<String, EdgeGridError> {
    let Credential { client_token, access_token, client_secret } = credential;
    let timestamp = now.format(TIMESTAMP).to_string();
    let unsigned = format!(
        "{ALGORITHM} client_token={client_token};access_token={access_token};\
         timestamp={timestamp};nonce={nonce};"
    );
    let key = signing_key(client_secret, &timestamp)?;
    let signature = mac(&key, data_to_sign(scheme, request, &unsigned).as_bytes())?;
    Ok(format!("{unsigned}signature={signature}"))
}

/// The key of one timestamp. Secret and key are used as text, never decoded.
pub fn signing_key(client_secret: &str, timestamp: &str) -> Result<String, EdgeGridError> {
    mac(client_secret, timestamp.as_bytes())
}

/// The signed text: its parts joined by tabs, an empty one where the signed headers would stand.
pub fn data_to_sign(scheme: &str, request: &Signed<'_>, unsigned: &str) -> String {
    let Signed { method, host, target, body } = request;
    let method = method.to_ascii_uppercase();
    let hash = content_hash(&method, body);
    [&method, scheme, host, target, "", &hash, unsigned].join("\t")
}

/// The hash of a POST's body, empty for any other method and for an empty body.
pub fn content_hash(method: &str, body: &[u8]) -> String {
    if method != "POST" || body.is_empty() {
        return String::new();
    }
    let hashed = body.get(..BODY_BYTES_MAX).unwrap_or(body);
    STANDARD.encode(Sha256::digest(hashed))
}

/// `base64(HMAC-SHA256(key, message))`. A key of any length will do, so it does not fail in fact.
pub(super) fn mac(key: &str, message: &[u8]) -> Result<String, EdgeGridError> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let mut mac = mac.map_err(|_| EdgeGridError::SignatureMismatch)?;
    mac.update(message);
    Ok(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edgegrid::Header;

    const PREFIX: &str = "/identity-management/v3";

    fn credential() -> Credential {
        Credential {
            client_token: "akab-ct-0000000000000001".to_owned(),
            access_token: "akab-at-0000000000000001".to_owned(),
            client_secret: "c2VjcmV0LWZvci10ZXN0LXZlY3RvcnMtb25seS0wMDE=".to_owned(),
        }
    }

    fn check(method: &str, path: &str, body: &str, hash: &str, signature: &str) {
        let target = format!("{PREFIX}{path}");
        let request =
            Signed { method, host: "127.0.0.1:8080", target: &target, body: body.as_bytes() };
        let now = DateTime::from_timestamp(1_735_787_045, 0).unwrap();
        let nonce = "11111111-2222-4333-8444-555555555555";
        let header = sign(&credential(), "https", &request, now, nonce).unwrap();
        assert_eq!(content_hash(method, body.as_bytes()), hash);
        assert_eq!(Header::parse(&header).unwrap().signature, signature, "{method} {path}");
    }

    #[test]
    fn signs_as_the_vectors_do() {
        check(
            "GET",
            "/user-admin/groups?actions=true&accountSwitchKey=1-ABCD%3AZ-XYZ",
            "",
            "",
            "JzgShRiWlIr/bCwI1gZ8K0l5YDkALEBK1K8YBPrMksM=",
        );
        check(
            "POST",
            "/user-admin/groups/12345",
            r#"{"groupName":"Emea"}"#,
            "H0d6PwsodazeUvW8lMr1gUMPrRQcZI39SV1No9QSLNY=",
            "+J9ZzQzMN6RenDrOXZVabaCfhQXQF0shgW9Q5Zpr0Xw=",
        );
        check(
            "POST",
            "/user-admin/ip-acl/allowlist/enable",
            "null",
            "dCNOmK/nSY+12vHzasLXiswzlGT5UHA7jAGYkvmCuQs=",
            "KjwkZKaEGOEiVCIYtzvpXeFhssGq9ROdUlCKzfzB0iM=",
        );
        check(
            "POST",
            "/user-admin/ui-identities/A-B-1/lock",
            "",
            "",
            "74z3x4CSX2KlqjFVl/CNUifOmARO/9gIZIqaeZJFrw4=",
        );
        check(
            "PUT",
            "/user-admin/groups/12345",
            r#"{"groupName":"Apac"}"#,
            "",
            "3oh02sCJenFDOFX0/Xw6M4WJoFn+tQ/mv+LgGdh4PEU=",
        );
        check(
            "DELETE",
            "/api-clients/abcd1234efgh5678/credentials/42",
            "null",
            "",
            "ADhE4+xkHgdpj9f3v+Ihfnp3w7s5SwluHZJjnuLCJGU=",
        );
    }

    #[test]
    fn the_signing_key_is_the_vectors_one() {
        let key = signing_key(&credential().client_secret, "20250102T03:04:05+0000");
        assert_eq!(key.unwrap(), "nOq2UgjUPZ+Oullz50uQH4dKelkK8236/22G/PvZ0E4=");
    }

    #[test]
    fn only_the_first_bytes_of_a_long_body_are_hashed() {
        let long = vec![b'x'; BODY_BYTES_MAX + 1];
        let cut = &long[..BODY_BYTES_MAX];
        assert_eq!(content_hash("POST", &long), content_hash("POST", cut));
        assert_ne!(content_hash("POST", &long), content_hash("POST", &cut[1..]));
    }

    #[test]
    fn a_credential_does_not_show_its_secret() {
        assert!(!format!("{:?}", credential()).contains("c2Vj"));
    }
}
