//! Flags as fields of messages, named as the flags are.

use std::collections::BTreeMap;

use domain::{FeatureKey, FeatureValue, ImprovedPerformance, Level};
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, ReflectMessage, Value as Field,
};
use serde_json::{Map, Value, json};

use super::messages::{inner, put};

/// The flags a request sets, as the command takes them. What a message cannot tell from absence,
/// as an empty list of paths, is not set.
pub(super) fn read(request: &DynamicMessage) -> BTreeMap<String, Value> {
    let kind = request.descriptor();
    let set = FeatureKey::ALL.iter().filter_map(|(_, name, _)| {
        let field = kind.get_field_by_name(name)?;
        let is_set = request.has_field(&field);
        is_set.then(|| ((*name).to_owned(), plain(&field, &request.get_field(&field))))
    });
    set.collect()
}

/// A flag's value in its plain form. An enum's value without a name stays a number, which the
/// command refuses.
fn plain(field: &FieldDescriptor, value: &Field) -> Value {
    match (value, field.kind()) {
        (Field::Bool(on), _) => json!(on),
        (Field::List(paths), Kind::Enum(known)) => {
            let numbers = paths.iter().filter_map(Field::as_enum_number);
            Value::Array(numbers.map(|number| name(&known, number)).collect())
        }
        (Field::Message(login), _) => {
            let mut members = Map::new();
            for (name, member) in [("required", "required"), ("base_uri", "baseUri")] {
                match login.get_field_by_name(name).as_deref() {
                    Some(Field::Bool(on)) => members.insert(member.to_owned(), json!(on)),
                    Some(Field::String(uri)) if login.has_field_by_name(name) => {
                        members.insert(member.to_owned(), json!(uri))
                    }
                    Some(_) | None => None,
                };
            }
            Value::Object(members)
        }
        _ => Value::Null,
    }
}

fn name(known: &EnumDescriptor, number: i32) -> Value {
    known.get_value(number).map_or_else(|| json!(number), |value| json!(value.name()))
}

/// One flag in a reply, with the level that supplied it; one that nothing supplies is there, and
/// empty.
pub(super) fn show(
    reply: &mut DynamicMessage,
    key: FeatureKey,
    supplied: Option<(&FeatureValue, &Level)>,
) {
    let Some(flag) = inner(reply, key.as_str()) else { return };
    let Some((value, level)) = supplied else { return };
    match value {
        FeatureValue::Switch(on) => put(flag, "enabled", Field::Bool(*on)),
        FeatureValue::Paths(paths) => {
            let numbers = paths.iter().map(|path| Field::EnumNumber(number(*path)));
            put(flag, "execution_paths", Field::List(numbers.collect()));
        }
        FeatureValue::LoginV2(login) => {
            put(flag, "required", Field::Bool(login.required));
            if let Some(uri) = &login.base_uri {
                put(flag, "base_uri", Field::String(uri.clone()));
            }
        }
    }
    put(flag, "source", Field::EnumNumber(source(level)));
}

/// A path's number in the published enumeration.
fn number(path: ImprovedPerformance) -> i32 {
    match path {
        ImprovedPerformance::OrgById => 1,
        ImprovedPerformance::ProjectGrant => 2,
        ImprovedPerformance::Project => 3,
        ImprovedPerformance::UserGrant => 4,
        ImprovedPerformance::OrgDomainVerified => 5,
    }
}

/// A level's number in the published enumeration of sources.
fn source(level: &Level) -> i32 {
    match level {
        Level::System => 2,
        Level::Instance => 3,
        Level::Organization(_) => 4,
        Level::User(_) => 7,
    }
}

#[cfg(test)]
mod tests {
    use domain::LoginV2;

    use super::*;
    use crate::zitadel::messages::{described, from_json};
    use crate::zitadel::methods::{METHODS, Version};

    #[test]
    fn the_flags_of_a_request_are_made_plain() {
        let kind = described(&METHODS[3], Version::V2).unwrap().input();
        let body = json!({"loginDefaultOrg": false, "improvedPerformance": [3, 5, 99, 0],
            "loginV2": {"baseUri": ""}});
        let names = json!([
            "IMPROVED_PERFORMANCE_PROJECT",
            "IMPROVED_PERFORMANCE_ORG_DOMAIN_VERIFIED",
            99,
            "IMPROVED_PERFORMANCE_UNSPECIFIED"
        ]);
        let expected = [
            ("login_default_org", json!(false)),
            ("improved_performance", names),
            ("login_v2", json!({"required": false, "baseUri": ""})),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(read(&from_json(kind.clone(), body).unwrap()), expected.into());
        let empty = from_json(kind, json!({"improvedPerformance": []})).unwrap();
        assert_eq!(read(&empty), BTreeMap::new());
    }

    #[test]
    fn zero_values_are_left_out() {
        let mut reply = DynamicMessage::new(described(&METHODS[5], Version::V2).unwrap().output());
        let login = LoginV2 { required: false, base_uri: Some("https://x".to_owned()) };
        let paths = [ImprovedPerformance::Project].into();
        show(&mut reply, FeatureKey::UserSchema, None);
        let off = FeatureValue::Switch(false);
        show(&mut reply, FeatureKey::LoginDefaultOrg, Some((&off, &Level::Instance)));
        let login = FeatureValue::LoginV2(login);
        show(&mut reply, FeatureKey::LoginV2, Some((&login, &Level::System)));
        let paths = FeatureValue::Paths(paths);
        show(&mut reply, FeatureKey::ImprovedPerformance, Some((&paths, &Level::Instance)));
        let expected = json!({
            "loginDefaultOrg": {"source": "SOURCE_INSTANCE"},
            "userSchema": {},
            "improvedPerformance": {
                "executionPaths": ["IMPROVED_PERFORMANCE_PROJECT"], "source": "SOURCE_INSTANCE",
            },
            "loginV2": {"baseUri": "https://x", "source": "SOURCE_SYSTEM"},
        });
        assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
    }
}
