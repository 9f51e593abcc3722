//! Capture's `Signature` scheme: what is signed, and whether a signature is good. Pure: looking up
//! a client and its secrets, and remembering a signature, is the caller's part.
//!
//! What is signed: the path, the text of the `Date` header, and all parameters, decoded, a line
//! each, as HMAC-SHA1 under the client's secret. The published clients differ in two points, so
//! both readings of each count: how pairs are sorted where one key begins with another, and
//! whether a request without parameters ends with one more line break.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How far a client's clock may be off, either way. The vendor tells no figure.
pub(super) const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Parameters that say who calls, and are not signed.
const UNSIGNED: [&str; 3] = ["client_id", "client_secret", "access_token"];

/// What was signed, as it arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'a> {
    /// Root-anchored, without host and query.
    pub(super) path: &'a str,
    /// The `Date` header, byte for byte.
    pub(super) date: &'a str,
    pub(super) parameters: &'a BTreeMap<String, String>,
}

/// The instant a `Date` header names: `2016-02-26 19:08:44`, which is UTC and what the service has
/// always taken, or the form of RFC 7231, which early samples sent.
pub(super) fn instant(date: &str) -> Option<DateTime<Utc>> {
    let plain = NaiveDateTime::parse_from_str(date, "%Y-%m-%d %H:%M:%S");
    let plain = plain.ok().map(|instant| instant.and_utc());
    plain.or_else(|| DateTime::parse_from_rfc2822(date).ok().map(|instant| instant.to_utc()))
}

impl Signed<'_> {
    /// Whether this is a signature of it, in any reading, under this secret.
    pub(super) fn is_by(&self, secret: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        self.readings().iter().any(|text| {
            Hmac::<Sha1>::new_from_slice(secret).is_ok_and(|mut mac| {
                mac.update(text.as_bytes());
                mac.verify_slice(&signature).is_ok()
            })
        })
    }

    /// The texts that may have been signed.
    fn readings(&self) -> Vec<String> {
        let is_signed = |name: &String| !UNSIGNED.contains(&name.as_str());
        let pairs = self.parameters.iter().filter(|(name, _)| is_signed(name));
        let by_key: Vec<_> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!("{}\n{}\n", self.path, self.date);
        if by_key.is_empty() {
            return vec![head.clone(), head + "\n"];
        }
        let mut by_pair = by_key.clone();
        by_pair.sort();
        let text = |pairs: &[String]| format!("{head}{}\n", pairs.join("\n"));
        let mut readings = vec![text(&by_key), text(&by_pair)];
        readings.dedup();
        readings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "2000-01-01 01:01:01";

    fn check(secret: &str, path: &str, date: &str, pairs: &[(&str, &str)], signature: &str) {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let parameters = pairs.collect();
        let signed = Signed { path, date, parameters: &parameters };
        assert!(signed.is_by(secret.as_bytes(), signature), "{signature}");
        assert!(!signed.is_by(b"other", signature) && !signed.is_by(secret.as_bytes(), ""));
        let elsewhere = Signed { path: "/clients/delete", ..signed };
        assert!(!elsewhere.is_by(secret.as_bytes(), signature));
        let later = Signed { date: "2000-01-01 01:01:02", ..signed };
        assert!(!later.is_by(secret.as_bytes(), signature));
    }

    #[test]
    fn the_published_clients_signatures_are_good() {
        let texts = [
            ("param1", "this is a string"),
            ("param2", "10"),
            ("param3", "one=1\ntwo=2,three=3"),
            ("client_id", "foo"),
        ];
        check("bar", "/entity", DATE, &texts, "G3N5RxCVc0d6rDLmBRGvcg2hCVY=");
        let features = [("for_client_id", "abc"), ("features", r#"["owner"]"#)];
        check("bar", "/clients/set_features", DATE, &features, "UvuG+KzQNqgc6uH5z/0f6lxb7WY=");
        let find = [("entity_type", "user"), ("filter", "lastUpdated >= '2016-01-01'")];
        let (secret, date) = ("rylicq8ydkz0vmki3gqaoxbk4gyrr05t", "2016-02-26 19:08:44");
        check(secret, "/entity.find", date, &find, "+Bf5W9YKRhi5AoVTbxvhzuJXDUQ=");
    }

    #[test]
    fn without_parameters_both_endings_are_good() {
        check("bar", "/clients/list", DATE, &[], "C98NEvpNCF1EYqdUi6bj1+kpeaI=");
        check("bar", "/clients/list", DATE, &[], "tisplrRkJKUmuIX9bSq2wQRKCdg=");
    }

    #[test]
    fn pairs_are_sorted_by_key_or_as_they_are_written() {
        let parameters = [("a", "x"), ("a1", "y")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let parameters = parameters.into();
        let signed = Signed { path: "/p", date: "d", parameters: &parameters };
        assert_eq!(signed.readings(), ["/p\nd\na=x\na1=y\n", "/p\nd\na1=y\na=x\n"]);
    }

    #[test]
    fn a_date_is_read_in_either_form() {
        let expected = DateTime::from_timestamp(1_456_513_724, 0);
        assert_eq!(instant("2016-02-26 19:08:44"), expected);
        assert_eq!(instant("Fri, 26 Feb 2016 19:08:44 GMT"), expected);
        for bad in ["", "2016-02-26", "now", "2016-13-26 19:08:44"] {
            assert_eq!(instant(bad), None, "{bad:?}");
        }
    }
}
