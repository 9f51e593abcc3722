//! Signatures as the Standard Webhooks want them: a keyed hash of id, instant and body.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use commands::webhooks::SECRET_PREFIX;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What one secret signs with.
#[derive(Clone)]
pub(super) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Reads a secret as it was shown (`whsec_...`).
    pub(super) fn read(secret: &[u8]) -> Option<Self> {
        let bare = std::str::from_utf8(secret).ok()?.strip_prefix(SECRET_PREFIX)?;
        let key = BASE64_STANDARD.decode(bare).ok()?;
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The signatures by all these keys, as the header holds them.
pub(super) fn signatures(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    keys.iter().map(|key| key.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that libraries of the Standard Webhooks are tested with.
    #[test]
    fn the_published_example_has_its_signature() {
        let key = SigningKey::read(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let signed = signatures(std::slice::from_ref(&key), id, at, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let twice = signatures(&[key.clone(), key], id, at, br#"{"test": 2432232314}"#);
        assert_eq!(twice, format!("{signed} {signed}"));
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        for bad in ["", "whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?"] {
            assert!(SigningKey::read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
