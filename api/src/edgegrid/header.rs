//! The Authorization header of a signed request, taken apart.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::EdgeGridError;

pub(super) const ALGORITHM: &str = "EG1-HMAC-SHA256";
pub(super) const TIMESTAMP: &str = "%Y%m%dT%H:%M:%S+0000";
const TIMESTAMP_LENGTH: usize = "yyyyMMddTHH:mm:ss+0000".len();
const NONCE_LENGTH_MAX: usize = 256;

/// A header of the right form. Nothing in it has been checked against a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub client_token: String,
    pub access_token: String,
    /// As sent: it keys the signing key.
    pub timestamp: String,
    pub nonce: String,
    pub signature: String,
    /// The text up to and with the `;` before `signature`, which is itself signed.
    pub unsigned: String,
}

impl Header {
    /// Whether the header names this scheme, so that another one's reply would mislead.
    pub fn is_edgegrid(value: &str) -> bool {
        value.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(ALGORITHM))
    }

    /// Takes the value of an Authorization header apart. Each member occurs once, `signature`
    /// last.
    pub fn parse(value: &str) -> Result<Self, EdgeGridError> {
        let bad = EdgeGridError::BadHeader;
        let value = value.trim();
        let members = value
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or(bad("it must begin with the algorithm's name and a space"))?;
        let (_, signature) =
            value.rsplit_once(";signature=").ok_or(bad("signature must be the last member"))?;
        let unsigned = value.strip_suffix(signature).and_then(|v| v.strip_suffix("signature="));
        let signature = signature.strip_suffix(';').unwrap_or(signature);

        let header = Self {
            client_token: member(members, "client_token")?,
            access_token: member(members, "access_token")?,
            timestamp: member(members, "timestamp")?,
            nonce: member(members, "nonce")?,
            signature: signature.to_owned(),
            unsigned: unsigned.unwrap_or_default().to_owned(),
        };
        if header.nonce.len() > NONCE_LENGTH_MAX {
            return Err(bad("the nonce is too long"));
        }
        Ok(header)
    }

    /// The instant the timestamp speaks of.
    pub fn instant(&self) -> Result<DateTime<Utc>, EdgeGridError> {
        let malformed = || EdgeGridError::MalformedTimestamp(self.timestamp.clone());
        if self.timestamp.len() != TIMESTAMP_LENGTH {
            return Err(malformed());
        }
        NaiveDateTime::parse_from_str(&self.timestamp, TIMESTAMP)
            .map(|naive| naive.and_utc())
            .map_err(|_| malformed())
    }
}

fn member(members: &str, name: &'static str) -> Result<String, EdgeGridError> {
    let mut found = members
        .split(';')
        .filter_map(|part| part.split_once('='))
        .filter_map(|(key, value)| (key.trim() == name).then_some(value));
    let value = found.next().filter(|value| !value.is_empty());
    match (value, found.next()) {
        (Some(value), None) => Ok(value.to_owned()),
        (_, Some(_)) => Err(EdgeGridError::BadHeader("a member occurs twice")),
        (None, None) => Err(EdgeGridError::BadHeader(match name {
            "client_token" => "client_token is missing",
            "access_token" => "access_token is missing",
            "timestamp" => "timestamp is missing",
            _ => "nonce is missing",
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "EG1-HMAC-SHA256 client_token=c;access_token=a;\
                        timestamp=20250102T03:04:05+0000;nonce=n;signature=s=";

    #[test]
    fn takes_a_header_apart_and_keeps_what_is_signed_of_it() {
        let header = Header::parse(GOOD).unwrap();
        assert_eq!(header.client_token, "c");
        assert_eq!(header.access_token, "a");
        assert_eq!(header.nonce, "n");
        assert_eq!(header.signature, "s=");
        assert_eq!(format!("{}signature=s=", header.unsigned), GOOD);
        assert_eq!(header.instant().unwrap().to_rfc3339(), "2025-01-02T03:04:05+00:00");
    }

    #[test]
    fn says_what_is_wrong_with_a_header() {
        let check = |from: &str, to: &str, why: &'static str| {
            let result = Header::parse(&GOOD.replace(from, to));
            assert_eq!(result, Err(EdgeGridError::BadHeader(why)));
        };
        check("EG1-HMAC-SHA256 ", "Basic ", "it must begin with the algorithm's name and a space");
        check("client_token=c;", "", "client_token is missing");
        check("client_token=c;", "client_token=;", "client_token is missing");
        check("access_token=a;", "", "access_token is missing");
        check("nonce=n;", "", "nonce is missing");
        check("nonce=n;", "nonce=n;nonce=m;", "a member occurs twice");
        check(";signature=s=", "", "signature must be the last member");
        check("nonce=n", &format!("nonce={}", "n".repeat(300)), "the nonce is too long");
    }

    #[test]
    fn a_timestamp_has_one_form() {
        for bad in ["20250102T03:04:05Z", "20250102T03:04:05+0100", "20251302T03:04:05+0000", "x"] {
            let value = GOOD.replace("20250102T03:04:05+0000", bad);
            let result = Header::parse(&value).unwrap().instant();
            assert_eq!(result, Err(EdgeGridError::MalformedTimestamp(bad.to_owned())));
        }
    }
}
