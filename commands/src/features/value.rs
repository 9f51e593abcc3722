//! Values of flags, read as strictly as each flag asks.

use std::collections::BTreeSet;

use domain::{FeatureKey, FeatureValue, ImprovedPerformance, LoginV2};
use serde_json::{Map, Value};

/// The form of value that a flag takes, in words.
pub(super) fn form(key: FeatureKey) -> &'static str {
    if FeatureValue::Switch(true).fits(key) {
        "true or false"
    } else if FeatureValue::Paths(BTreeSet::new()).fits(key) {
        "a list of one or more paths, none of them twice"
    } else {
        "`required`, true or false, and `baseUri`, an absolute http(s) URI or empty"
    }
}

/// The value of a flag; `None` when it is not of the form that the flag takes.
pub(super) fn read(key: FeatureKey, value: &Value) -> Option<FeatureValue> {
    let value = match value {
        Value::Bool(on) => FeatureValue::Switch(*on),
        Value::Array(paths) => FeatureValue::Paths(read_paths(paths)?),
        Value::Object(members) => FeatureValue::LoginV2(read_login(members)?),
        Value::Null | Value::Number(_) | Value::String(_) => return None,
    };
    value.fits(key).then_some(value)
}

fn read_paths(listed: &[Value]) -> Option<BTreeSet<ImprovedPerformance>> {
    let read = |value: &Value| serde_json::from_value(value.clone()).ok();
    let paths = listed.iter().map(read).collect::<Option<BTreeSet<_>>>()?;
    (!paths.is_empty() && paths.len() == listed.len()).then_some(paths)
}

fn read_login(members: &Map<String, Value>) -> Option<LoginV2> {
    let mut login = LoginV2 { required: false, base_uri: None };
    for (name, value) in members {
        match (name.as_str(), value) {
            ("required", Value::Bool(required)) => login.required = *required,
            ("baseUri" | "base_uri", Value::Null) => {}
            ("baseUri" | "base_uri", Value::String(uri)) if uri.is_empty() || is_web_uri(uri) => {
                login.base_uri = Some(uri.clone());
            }
            _ => return None,
        }
    }
    Some(login)
}

/// Whether it is an absolute URI of the web: scheme, host, perhaps a port, then whatever a URI may
/// hold.
fn is_web_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        Some(_) | None => (authority, "80"),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._~%[]:".contains(c);
    let is_uri = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    is_web
        && !host.is_empty()
        && host.chars().all(is_host)
        && port.parse::<u16>().is_ok()
        && rest.chars().all(is_uri)
}

#[cfg(test)]
pub(super) mod sample {
    use domain::{FeatureSet, Level, OrganizationCreated, OrganizationId, Tenant, TenantId};

    use super::{FeatureKey, FeatureValue};

    /// A tenant with organization `5`.
    pub(in crate::features) fn tenant(id: &str) -> Tenant {
        let mut tenant = Tenant::unborn(TenantId::new(id).unwrap());
        let (organization, name) = (OrganizationId("5".to_owned()), "Emea".to_owned());
        tenant.organizations.created(&OrganizationCreated { organization, name });
        tenant
    }

    /// `user_schema` goes on or off.
    pub(in crate::features) fn switched(
        on: Level,
        before: Option<bool>,
        after: bool,
    ) -> FeatureSet {
        let (before, after) = (before.map(FeatureValue::Switch), FeatureValue::Switch(after));
        FeatureSet { on, key: FeatureKey::UserSchema, before, after }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(key: FeatureKey, value: Value, expected: Option<FeatureValue>) {
        assert_eq!(read(key, &value), expected, "{value}");
    }

    #[test]
    fn each_flag_takes_its_own_form() {
        use FeatureKey as Key;
        check(Key::UserSchema, json!(false), Some(FeatureValue::Switch(false)));
        check(Key::UserSchema, json!("true"), None);
        check(Key::UserSchema, json!(null), None);
        check(Key::LoginV2, json!(true), None);
        check(Key::ImprovedPerformance, json!(true), None);
        let paths = [ImprovedPerformance::Project, ImprovedPerformance::OrgById].into();
        let listed = json!(["IMPROVED_PERFORMANCE_ORG_BY_ID", "IMPROVED_PERFORMANCE_PROJECT"]);
        check(Key::ImprovedPerformance, listed.clone(), Some(FeatureValue::Paths(paths)));
        check(Key::UserSchema, listed, None);
    }

    #[test]
    fn paths_are_known_one_or_more_and_all_different() {
        let project = "IMPROVED_PERFORMANCE_PROJECT";
        for bad in [json!([]), json!([project, project]), json!(["PROJECT"]), json!([3])] {
            check(FeatureKey::ImprovedPerformance, bad, None);
        }
    }

    #[test]
    fn the_new_login_has_a_base_on_the_web_or_none() {
        let login = |required, base_uri: Option<&str>| {
            let base_uri = base_uri.map(str::to_owned);
            Some(FeatureValue::LoginV2(LoginV2 { required, base_uri }))
        };
        let key = FeatureKey::LoginV2;
        check(key, json!({}), login(false, None));
        check(key, json!({"required": true, "baseUri": null}), login(true, None));
        check(key, json!({"base_uri": ""}), login(false, Some("")));
        for good in ["https://login.acme.com", "HTTP://[::1]:8080/a?b#c", "http://x:1", "http://x/"]
        {
            check(key, json!({ "baseUri": good }), login(false, Some(good)));
        }
        for bad in ["login.acme.com", "/login", "ftp://x", "https://", "http://x:", "http://x/ y"] {
            check(key, json!({ "baseUri": bad }), None);
        }
        check(key, json!({"required": 1}), None);
        check(key, json!({"colour": "red"}), None);
    }
}
