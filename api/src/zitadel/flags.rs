//! Flags as JSON carries them: lower camel case or snake case, unknown ones ignored, enums by name
//! or number, and zero values left out of replies.

use std::collections::BTreeMap;

use domain::{FeatureKey, FeatureValue};
use serde_json::{Map, Value, json};

use super::error::{Code, ZitadelError};

/// The published enumeration of paths that can be made faster.
const PATHS: [(i64, &str); 5] = [
    (1, "IMPROVED_PERFORMANCE_ORG_BY_ID"),
    (2, "IMPROVED_PERFORMANCE_PROJECT_GRANT"),
    (3, "IMPROVED_PERFORMANCE_PROJECT"),
    (4, "IMPROVED_PERFORMANCE_USER_GRANT"),
    (5, "IMPROVED_PERFORMANCE_ORG_DOMAIN_VERIFIED"),
];

/// The flags a request sets, as the command takes them: what this JSON lets pass and the command
/// does not is dropped or spelled out here, all else is the command's to judge. `null` is as good
/// as absent.
pub(super) fn read(body: Value) -> Result<BTreeMap<String, Value>, ZitadelError> {
    let members = match body {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let text = "the request is not a JSON object";
            return Err(ZitadelError::bare(Code::InvalidArgument, text));
        }
    };
    let known = members.into_iter().filter_map(|(name, value)| {
        let key = FeatureKey::from_name(&name).filter(|_| !value.is_null())?;
        Some((name, plain(key, value)?))
    });
    Ok(known.collect())
}

/// A flag's value in its plain form: enums by name, unknown members gone. An empty list of paths
/// cannot be told from an absent one.
fn plain(key: FeatureKey, value: Value) -> Option<Value> {
    match (key, value) {
        (FeatureKey::ImprovedPerformance, Value::Array(paths)) => {
            let named = |path: Value| {
                let number = path.as_i64();
                let known = PATHS.iter().find(|(known, _)| number == Some(*known));
                known.map_or(path, |(_, name)| json!(name))
            };
            (!paths.is_empty()).then(|| paths.into_iter().map(named).collect())
        }
        (FeatureKey::LoginV2, Value::Object(members)) => {
            let known = ["required", "baseUri", "base_uri"];
            let keep = |(name, value): &(String, Value)| {
                known.contains(&name.as_str()) && !value.is_null()
            };
            Some(Value::Object(members.into_iter().filter(keep).collect()))
        }
        (_, value) => Some(value),
    }
}

/// One flag in a reply. `source` names the level that supplied it.
pub(super) fn show(value: &FeatureValue, source: &str) -> Value {
    let mut shown = Map::new();
    match value {
        FeatureValue::Switch(true) => {
            shown.insert("enabled".to_owned(), json!(true));
        }
        FeatureValue::Switch(false) => {}
        FeatureValue::Paths(paths) => {
            shown.insert("executionPaths".to_owned(), json!(paths));
        }
        FeatureValue::LoginV2(login) => {
            if login.required {
                shown.insert("required".to_owned(), json!(true));
            }
            if let Some(uri) = &login.base_uri {
                shown.insert("baseUri".to_owned(), json!(uri));
            }
        }
    }
    shown.insert("source".to_owned(), json!(source));
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use domain::ImprovedPerformance;

    use super::*;

    #[test]
    fn what_this_json_lets_pass_is_made_plain() {
        let body = json!({"loginDefaultOrg": false, "user_schema": "odd", "actions": 7,
            "improvedPerformance": [3, "IMPROVED_PERFORMANCE_USER_GRANT"], "userSchema": null,
            "loginV2": {"required": true, "colour": "red"}});
        let paths = json!(["IMPROVED_PERFORMANCE_PROJECT", "IMPROVED_PERFORMANCE_USER_GRANT"]);
        let expected = [
            ("improvedPerformance", paths),
            ("loginDefaultOrg", json!(false)),
            ("loginV2", json!({"required": true})),
            ("user_schema", json!("odd")),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(read(body), Ok(expected.into()));
        assert_eq!(read(json!({"improvedPerformance": []})), Ok(BTreeMap::new()));
        assert_eq!(read(Value::Null), Ok(BTreeMap::new()));
        assert!(read(json!([])).is_err());
    }

    #[test]
    fn zero_values_are_left_out() {
        let shown = show(&FeatureValue::Switch(false), "SOURCE_ORGANIZATION");
        assert_eq!(shown, json!({"source": "SOURCE_ORGANIZATION"}));
        let paths = FeatureValue::Paths([ImprovedPerformance::Project].into());
        let names = json!(["IMPROVED_PERFORMANCE_PROJECT"]);
        assert_eq!(show(&paths, "SOURCE_SYSTEM")["executionPaths"], names);
    }
}
