//! What a record may say of a person: the attributes of Capture's standard `user` type, as far as
//! they are about a person and no secrets.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

/// Values by name.
pub type Attributes = BTreeMap<String, Value>;

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// At most so many characters.
    Text(usize),
    Flag,
    /// `2016-02-26`.
    Date,
    /// `2016-02-26 19:08:44 +0000`, with or without fractions of a second and the zone.
    Instant,
    /// What the record itself knows, and nobody sets.
    Own,
    Object(&'static [Attribute]),
    /// A list of objects.
    Plural,
}

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    pub kind: AttributeKind,
}

const fn text(name: &'static str) -> Attribute {
    Attribute { name, kind: AttributeKind::Text(1000) }
}

const fn of(name: &'static str, kind: AttributeKind) -> Attribute {
    Attribute { name, kind }
}

const ADDRESS: &[Attribute] = &[
    text("address1"),
    text("address2"),
    text("city"),
    text("company"),
    text("country"),
    text("mobile"),
    text("phone"),
    text("stateAbbreviation"),
    text("zip"),
    text("zipPlus4"),
];

/// All attributes, by name.
pub const RECORD_ATTRIBUTES: &[Attribute] = &[
    of("aboutMe", AttributeKind::Text(10_000)),
    of("birthday", AttributeKind::Date),
    of("created", AttributeKind::Own),
    text("currentLocation"),
    of("deactivateAccount", AttributeKind::Instant),
    text("display"),
    text("displayName"),
    of("email", AttributeKind::Text(254)),
    of("emailVerified", AttributeKind::Instant),
    text("externalId"),
    text("familyName"),
    text("gender"),
    text("givenName"),
    of("id", AttributeKind::Own),
    of("lastLogin", AttributeKind::Instant),
    of("lastUpdated", AttributeKind::Own),
    of("legalAcceptances", AttributeKind::Plural),
    text("middleName"),
    of("newsletterSubscription", AttributeKind::Flag),
    of("photos", AttributeKind::Plural),
    of("primaryAddress", AttributeKind::Object(ADDRESS)),
    of("profiles", AttributeKind::Plural),
    of("statuses", AttributeKind::Plural),
    of("uuid", AttributeKind::Own),
];

/// Why a record cannot say that. It names the attribute, `primaryAddress.city`, and no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeFault {
    #[error("there is no attribute {0}")]
    Unknown(String),
    #[error("{0} is not for anybody to set")]
    Own(String),
    #[error("{0} has a value of another type")]
    OtherType(String),
    #[error("{0} is no date, or no instant")]
    NoDate(String),
    #[error("{0} is too long")]
    TooLong(String),
}

impl Attribute {
    /// The attribute at a path such as `primaryAddress.city`.
    pub fn at(path: &str) -> Option<&'static Self> {
        let mut among = RECORD_ATTRIBUTES;
        let mut found = None;
        for name in path.split('.') {
            let attribute = among.iter().find(|attribute| attribute.name == name)?;
            among = match attribute.kind {
                AttributeKind::Object(members) => members,
                AttributeKind::Text(_)
                | AttributeKind::Flag
                | AttributeKind::Date
                | AttributeKind::Instant
                | AttributeKind::Own
                | AttributeKind::Plural => &[],
            };
            found = Some(attribute);
        }
        found
    }

    /// Whether a record may say this of a person. Nothing at all may be said of everything.
    pub fn check(attributes: &Attributes) -> Result<(), AttributeFault> {
        attributes.iter().try_for_each(|(name, value)| check(name, RECORD_ATTRIBUTES, name, value))
    }
}

fn check(path: &str, among: &[Attribute], name: &str, value: &Value) -> Result<(), AttributeFault> {
    use AttributeFault as No;

    let attribute = among.iter().find(|attribute| attribute.name == name);
    let kind = attribute.ok_or_else(|| No::Unknown(path.to_owned()))?.kind;
    if kind == AttributeKind::Own {
        return Err(No::Own(path.to_owned()));
    }
    match (kind, value) {
        (AttributeKind::Text(most), Value::String(text)) if text.chars().count() > most => {
            Err(No::TooLong(path.to_owned()))
        }
        (_, Value::Null)
        | (AttributeKind::Flag, Value::Bool(_))
        | (AttributeKind::Text(_), Value::String(_)) => Ok(()),
        (AttributeKind::Date, Value::String(text)) if is_date(text) => Ok(()),
        (AttributeKind::Instant, Value::String(text)) if is_instant(text) => Ok(()),
        (AttributeKind::Date | AttributeKind::Instant, Value::String(_)) => {
            Err(No::NoDate(path.to_owned()))
        }
        (AttributeKind::Object(members), Value::Object(values)) => values
            .iter()
            .try_for_each(|(name, value)| check(&format!("{path}.{name}"), members, name, value)),
        (AttributeKind::Plural, Value::Array(items)) if items.iter().all(Value::is_object) => {
            Ok(())
        }
        (
            AttributeKind::Text(_)
            | AttributeKind::Flag
            | AttributeKind::Date
            | AttributeKind::Instant
            | AttributeKind::Own
            | AttributeKind::Object(_)
            | AttributeKind::Plural,
            _,
        ) => Err(No::OtherType(path.to_owned())),
    }
}

fn is_date(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_instant(text: &str) -> bool {
    let text = text.strip_suffix(" +0000").unwrap_or(text);
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(attributes: Value, expected: Result<(), AttributeFault>) {
        let attributes = serde_json::from_value(attributes).unwrap();
        assert_eq!(Attribute::check(&attributes), expected, "{attributes:?}");
    }

    #[test]
    fn attributes_are_listed_by_name_and_found_by_path() {
        assert!(RECORD_ATTRIBUTES.is_sorted_by_key(|attribute| attribute.name));
        assert_eq!(Attribute::at("primaryAddress.city").unwrap().name, "city");
        for bad in ["", "city", "email.x", "primaryAddress.", "primaryAddress.x"] {
            assert_eq!(Attribute::at(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn each_kind_takes_what_is_of_it() {
        use AttributeFault as No;

        check(
            json!({
                "displayName": "Ada", "birthday": "1815-12-10", "newsletterSubscription": true,
                "emailVerified": "2016-02-26 19:08:44.5 +0000", "lastLogin": "2016-02-26 19:08:44",
                "primaryAddress": {"city": "London", "zip": null}, "photos": [{"value": "x"}],
                "gender": null,
            }),
            Ok(()),
        );
        let path = |path: &str| path.to_owned();
        check(json!({"shoeSize": 44}), Err(No::Unknown(path("shoeSize"))));
        let inner = path("primaryAddress.planet");
        check(json!({"primaryAddress": {"planet": "Mars"}}), Err(No::Unknown(inner)));
        check(json!({"uuid": "x"}), Err(No::Own(path("uuid"))));
        check(json!({"displayName": 1}), Err(No::OtherType(path("displayName"))));
        check(json!({"photos": ["x"]}), Err(No::OtherType(path("photos"))));
        check(json!({"birthday": "1815-13-10"}), Err(No::NoDate(path("birthday"))));
        check(json!({"lastLogin": "yesterday"}), Err(No::NoDate(path("lastLogin"))));
        check(json!({"email": "x".repeat(255)}), Err(No::TooLong(path("email"))));
    }
}
