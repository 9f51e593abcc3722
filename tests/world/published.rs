//! The published document of the Akamai dialect: its 96 operations, and whether a reply of one is
//! what the document promises. Only success is described there; no refusal is.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::DateTime;
use serde_json::Value;

use super::Reply;

const DOCUMENT: &str = include_str!("../akamai/openapi.json");

/// What of a member is let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Absent,
    Null,
    Empty,
    Anything,
}

/// Where the document contradicts itself, or what its own clients were sent.
const EXCEPTIONS: &[(&str, Pass, &str)] = &[
    ("clientType", Pass::Anything, "some lists of values lack SERVICE_ACCOUNT"),
    ("comments", Pass::Null, "a block without comments was recorded with null"),
    ("clientDescription", Pass::Empty, "nobody has to describe a client"),
    ("lastLoginDate", Pass::Absent, "who never signed in has none, and an empty date breaks SDKs"),
    ("roleId", Pass::Anything, "its own examples have null, and a block of a group reads as -1"),
    ("roleName", Pass::Null, "null beside a null roleId, in its own examples"),
    ("roleDescription", Pass::Null, "null beside a null roleId, in its own examples"),
    ("resourceType", Pass::Anything, "its list of values says `enable` where its text means cname"),
];

fn passes(member: &str, pass: Pass) -> bool {
    EXCEPTIONS.iter().any(|(name, passed, _)| *name == member && *passed == pass)
}

/// One operation of the document.
pub(crate) struct Published {
    pub(crate) method: String,
    /// With parameters in braces.
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    responses: &'static Value,
}

impl Published {
    /// The status of its success; two where the document has two.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.responses.as_object().unwrap().keys().map(|code| code.parse().unwrap()).collect()
    }

    /// Whether that path is one of its, with values in the place of its parameters.
    fn takes(&self, path: &str) -> bool {
        let (ours, theirs) = (self.path.split('/'), path.split('/'));
        ours.clone().count() == theirs.clone().count()
            && ours
                .zip(theirs)
                .all(|(ours, part)| ours == part || (ours.starts_with('{') && !part.is_empty()))
    }

    /// What is wrong with a reply as a success.
    pub(crate) fn faults(&self, target: &str, reply: &Reply) -> BTreeSet<String> {
        let Some(promised) = self.responses.get(reply.status.to_string()) else {
            return [format!("its success is {:?}, not {}", self.statuses(), reply.status)].into();
        };
        let mut faults = BTreeSet::new();
        match promised.get("content").filter(|content| content.get("application/json").is_some()) {
            Some(content) => {
                let schema = &content["application/json"]["schema"];
                // A read has them only where it asks for them, whatever the document says.
                let actions = self.method != "GET" || target.contains("actions=true");
                check(schema, &reply.body, actions, "", &mut faults);
            }
            None if !reply.body.is_null() => {
                faults.insert("it has a body where there is none".to_owned());
            }
            None => {}
        }
        let location = reply.headers.contains_key("location");
        if location != (reply.status == 201) {
            faults.insert("`Location` belongs to 201 and to nothing else".to_owned());
        }
        faults
    }
}

/// All operations, as the document orders them.
pub(crate) static PUBLISHED: LazyLock<Vec<Published>> = LazyLock::new(|| {
    static READ: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(DOCUMENT).unwrap());
    let methods = ["get", "put", "post", "delete", "patch"];
    let paths = READ["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter().filter(|(it, _)| methods.contains(&&***it));
        methods.map(|(method, operation)| Published {
            method: method.to_uppercase(),
            path,
            id: operation["operationId"].as_str().unwrap(),
            responses: &operation["responses"],
        })
    });
    operations.collect()
});

/// The operation that a request asks for: where two paths take it, the one with fewer parameters.
pub(crate) fn asked(method: &str, target: &str) -> Option<&'static Published> {
    let path = target.split('?').next().unwrap_or_default();
    let fitting = PUBLISHED.iter().filter(|it| it.method == method && it.takes(path));
    fitting.min_by_key(|it| it.path.matches('{').count())
}

/// Fails if a success is not what the document promises.
pub(super) fn verify(method: &str, target: &str, reply: &Reply) {
    if (200..300).contains(&reply.status) {
        let operation = asked(method, target);
        let operation = operation.unwrap_or_else(|| panic!("{method} {target} is not published"));
        let faults = operation.faults(target, reply);
        assert!(faults.is_empty(), "{method} {target} ({}): {faults:#?}\n{reply}", operation.id);
    }
}

/// Holds a value to its schema: kinds, values, and the members that must be there. Members that
/// the schema does not know may be there too.
fn check(schema: &Value, value: &Value, actions: bool, at: &str, faults: &mut BTreeSet<String>) {
    for keyword in ["$ref", "allOf", "anyOf", "oneOf", "not", "patternProperties"] {
        assert!(schema.get(keyword).is_none(), "`{keyword}` at {at} is not understood here");
    }
    let member = at.rsplit('.').next().unwrap_or_default();
    if passes(member, Pass::Anything) || (value.is_null() && passes(member, Pass::Null)) {
        return;
    }
    let mut fault = |what: String| {
        faults.insert(format!("{at}: {what}"));
    };
    let kind = schema["type"].as_str().unwrap_or("any");
    if !is_a(kind, value) {
        return fault(format!("{value} is not of type {kind}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        fault(format!("{value} is none of {}", schema["enum"]));
    }
    if let (Some(least), Some(number)) = (schema["minimum"].as_i64(), value.as_i64())
        && number < least
    {
        fault(format!("{number} is less than {least}"));
    }
    if let Some(text) = value.as_str() {
        if schema["format"] == "date-time" && DateTime::parse_from_rfc3339(text).is_err() {
            fault(format!("{text} is not an instant"));
        }
        let may_be_empty = passes(member, Pass::Empty);
        if !may_be_empty
            && schema["minLength"].as_u64().is_some_and(|least| (text.len() as u64) < least)
        {
            fault("it is empty".to_owned());
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.filter_map(Value::as_str).filter(|_| value.is_object()) {
        let is_due = !passes(name, Pass::Absent) && (actions || name != "actions");
        if is_due && value.get(name).is_none() {
            fault(format!("`{name}` is missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(inner) = value.get(name) {
            check(schema, inner, actions, &format!("{at}.{name}"), faults);
        }
    }
    if let Some(schema) = schema.get("items") {
        for inner in value.as_array().into_iter().flatten() {
            check(schema, inner, actions, &format!("{at}[]"), faults);
        }
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "any" => true,
        unknown => panic!("there is no type {unknown}"),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    fn faults(method: &str, target: &str, status: u16, body: Value) -> Vec<String> {
        let mut headers = HeaderMap::new();
        if status == 201 {
            headers.insert("location", HeaderValue::from_static("/"));
        }
        let reply = Reply { status, headers, body };
        asked(method, target).unwrap().faults(target, &reply).into_iter().collect()
    }

    #[test]
    fn a_request_asks_for_the_operation_with_fewer_parameters() {
        let id = |method, target| asked(method, target).map(|it| it.id);
        assert_eq!(id("POST", "/user-admin/groups/move"), Some("post-groups-move"));
        assert_eq!(id("POST", "/user-admin/groups/7?x=/"), Some("post-group"));
        assert_eq!(id("GET", "/api-clients/self/credentials"), Some("get-self-credentials"));
        assert_eq!(id("PATCH", "/user-admin/groups/7"), None);
        assert_eq!(id("GET", "/user-admin/groups/"), None);
    }

    #[test]
    fn what_is_promised_must_be_there_in_its_kind() {
        let groups = "/user-admin/groups";
        assert_eq!(faults("GET", groups, 200, json!([])), Vec::<String>::new());
        assert_eq!(faults("GET", groups, 200, json!({})), [": {} is not of type array"]);
        assert_eq!(faults("GET", groups, 202, json!([])), ["its success is [200], not 202"]);
        let wrong = faults("GET", groups, 200, json!([{"groupId": "7", "subGroups": []}]));
        assert!(wrong.contains(&"[].groupId: \"7\" is not of type integer".to_owned()));
        assert!(wrong.contains(&"[]: `groupName` is missing".to_owned()), "{wrong:?}");
        let moved = faults("POST", "/user-admin/groups/move", 204, json!({}));
        assert_eq!(moved, ["it has a body where there is none"]);
    }
}
