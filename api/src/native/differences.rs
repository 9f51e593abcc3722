//! What became another, member by member, with the values before and after. What is personal is
//! opened for whoever may read users.

use domain::Personal;
use eventlog::TenantKeys;
use projections::things::{Difference, Shown, spelt};
use serde_json::{Map, Value, json};

use super::events::hide_lookups;

/// Stands for what the reader may not see.
const PERSONAL: &str = "(personal)";
/// The member with the attributes of a record.
const CONTENT: &str = "content";
/// Stands for what nobody can see any more.
const ERASED: &str = "(erased)";

/// One line for each member that differs, or for each member inside it. Without keys, personal
/// values are only said to differ.
pub(crate) fn differences(told: &[Difference], keys: Option<&TenantKeys>) -> Vec<Value> {
    let mut lines = Vec::new();
    for Difference { member, before, after } in told {
        let open = |it: &Option<Shown>| it.as_ref().map(|it| opened(member, it, keys));
        let (before, after) = (open(before).unwrap_or_default(), open(after).unwrap_or_default());
        if before == after && before.as_str() == Some(PERSONAL) {
            lines.push(json!({"member": member, "before": before, "after": after}));
        } else {
            compare(member, before, after, &mut lines);
        }
    }
    lines
}

fn compare(member: &str, before: Value, after: Value, lines: &mut Vec<Value>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Value::Object(mut before), Value::Object(after)) => {
            let gone = before.keys().filter(|name| !after.contains_key(*name)).cloned();
            let gone: Map<_, _> = gone.map(|name| (name, Value::Null)).collect();
            for (name, after) in after.into_iter().chain(gone) {
                let before = before.remove(&name).unwrap_or_default();
                compare(&format!("{member}.{name}"), before, after, lines);
            }
        }
        (before, after) => lines.push(json!({"member": member, "before": before, "after": after})),
    }
}

fn opened(member: &str, shown: &Shown, keys: Option<&TenantKeys>) -> Value {
    let sealed = match (shown, keys) {
        (Shown::Plain(value), _) => return value.clone(),
        (Shown::Personal(_), None) => return PERSONAL.into(),
        (Shown::Personal(sealed), Some(_)) => sealed,
    };
    let personal = serde_json::from_value::<Personal<Value>>(sealed.clone());
    let opened = keys.zip(personal.ok()).map(|(keys, personal)| keys.open_personal(&personal));
    let Some(mut known) = opened.and_then(|opened| opened.known().cloned()) else {
        return ERASED.into();
    };
    hide_lookups(&mut known);
    // A record's attributes have the names that their application gave them.
    if member == CONTENT { known } else { spelt(known) }
}

#[cfg(test)]
mod tests {
    use eventlog::{Key, MasterKey};

    use super::*;

    fn told(before: Option<Shown>, after: Option<Shown>, keys: Option<&TenantKeys>) -> String {
        let difference = Difference { member: "m".to_owned(), before, after };
        let lines = differences(&[difference], keys);
        let line = |line: &Value| {
            format!("{} {} {}", line["member"].as_str().unwrap(), line["before"], line["after"])
        };
        lines.iter().map(line).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_differs_inside_is_told_by_its_own_name() {
        let plain = |value: Value| Some(Shown::Plain(value));
        let before = plain(json!({"a": 1, "b": {"c": true, "d": [1]}, "e": 0}));
        let after = plain(json!({"a": 1, "b": {"c": false, "d": [1, 2]}}));
        assert_eq!(told(before, after, None), "m.b.c true false; m.b.d [1] [1,2]; m.e 0 null");
        assert_eq!(told(None, plain(json!({"a": 1})), None), r#"m null {"a":1}"#);
    }

    #[test]
    fn what_is_personal_is_told_to_those_who_hold_the_keys() {
        let master = MasterKey(Key::draw().unwrap());
        let tenant = domain::TenantId::new("acme").unwrap();
        let (keys, _) = TenantKeys::draw(&master, &tenant).unwrap();
        let seal = |name: &str| {
            let known = json!({"name": name, "city": "Rome", "email_lookup": name});
            let (sealed, _) = keys.seal_new("ada", &known).unwrap();
            serde_json::to_value(sealed).unwrap()
        };
        let before = seal("Ada");
        // The same key: another would be a new one.
        let after = keys.seal_more("ada", &json!({"name": "Bea", "city": "Rome"})).unwrap();
        let after = Shown::Personal(serde_json::to_value(after.unwrap()).unwrap());
        let before = Shown::Personal(before);
        let (one, other) = (Some(before.clone()), Some(after));
        assert_eq!(told(one.clone(), other.clone(), Some(&keys)), r#"m.name "Ada" "Bea""#);
        assert_eq!(told(one, other, None), r#"m "(personal)" "(personal)""#);
        let erased = Some(Shown::Personal(json!("erased")));
        assert_eq!(told(None, erased, Some(&keys)), r#"m null "(erased)""#);
        assert_eq!(told(Some(before.clone()), Some(before), Some(&keys)), "");
    }
}
