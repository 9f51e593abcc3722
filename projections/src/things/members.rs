//! Rows as members of things, under the names and in the forms that people read.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use domain::{ActorKind, Aggregate, OrganizationId, TenantId};
use serde_json::{Value as Json, json};

use super::Members;
use super::layout::{Of, line};
use crate::{Table, Value};

/// What stands in a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Plain(Json),
    /// Something sealed, as JSON of a [`domain::Personal`]: opened by whoever may see it.
    Personal(Json),
}

/// Text columns that hold JSON.
const JSON: [&str; 18] = [
    "grants",
    "notifications",
    "features",
    "tags",
    "access",
    "usage",
    "mfa",
    "permissions",
    "granted_roles",
    "roles",
    "rights",
    "value",
    "entry",
    "attributes",
    "blocks",
    "second_factor",
    "event_types",
    "aggregate_kinds",
];
/// Those whose members have names of ours, and not their owner's.
const OURS: [&str; 6] = ["grants", "notifications", "access", "usage", "mfa", "entry"];
/// Those that hold what is sealed.
const PERSONAL: [&str; 4] = ["profile", "email", "notified", "content"];
/// What is said elsewhere: of each event, who did it and when; and of a thing, that it is there.
const UNSAID: [&str; 9] = [
    "created_by",
    "created_at",
    "modified_by",
    "modified_at",
    "sequence",
    "is_deleted",
    "deleted_at",
    "place",
    "placed_by",
];
/// Names of things end in their kind alone.
const BARE: [&str; 3] = ["parent_id", "organization_id", "group_id"];

/// The thing that a row is about; `None` for one that is told of nowhere.
pub(super) fn thing(table: &Table, row: &[Value]) -> Option<Aggregate> {
    let text = |number: usize| row.get(number).map(plain);
    let of_kind = |kind: &str, id: String| Some(Aggregate { kind: kind.to_owned(), id });
    let (_, of, _) = line(table)?;
    match *of {
        Of::Second(kind) => of_kind(kind, text(1)?),
        Of::Third(kind) => of_kind(kind, text(2)?),
        Of::Tenant(kind) => of_kind(kind, text(0)?),
        Of::Settings => match text(1)?.as_str() {
            "" => of_kind("client_defaults", text(0)?),
            client => of_kind("client", client.to_owned()),
        },
        Of::Membership => {
            let holder = ActorKind::from_name(&text(1)?)?;
            let organization = text(3).filter(|id| !id.is_empty()).map(OrganizationId);
            Some(Aggregate::membership(holder, &text(2)?, organization.as_ref()))
        }
        Of::Level => of_kind(&format!("feature.{}", text(1)?), text(2)?),
        Of::Entry => match text(1)?.as_str() {
            "contract_type_of_group" => of_kind("group", text(2)?),
            "contract_type_of_role" => of_kind("role", text(2)?),
            _ => TenantId::new(&text(0)?).ok().map(|tenant| Aggregate::catalog(&tenant)),
        },
        Of::Nobody => None,
    }
}

/// Things that are being put together.
#[derive(Debug, Default)]
pub(super) struct Things(BTreeMap<Aggregate, (bool, Members)>);

impl Things {
    /// Takes up a row.
    pub(super) fn add(&mut self, table: &Table, row: &[Value]) {
        let Some(thing) = thing(table, row) else { return };
        let deleted = table.columns.iter().position(|column| column.name == "is_deleted");
        if deleted.and_then(|at| row.get(at)) == Some(&Value::Int(1)) {
            return;
        }
        let (prefix, is_part) = prefix(table, row, &thing);
        let (is_there, members) = self.0.entry(thing).or_default();
        *is_there |= !is_part;
        let columns = table.columns.iter().zip(row).skip(table.key);
        let said: Vec<_> = columns.filter(|(column, _)| !UNSAID.contains(&column.name)).collect();
        match said.as_slice() {
            // What stands in a list, and that is all.
            [] if is_part => {
                members.insert(prefix, Shown::Plain(json!(true)));
            }
            [(column, value)] if !prefix.is_empty() && *value != &Value::Null => {
                members.insert(prefix, shown(column.name, value));
            }
            said => {
                let said = said.iter().filter(|(_, value)| **value != Value::Null);
                members.extend(said.map(|(column, value)| {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    let name = format!("{prefix}{dot}{}", name(column.name));
                    (name, shown(column.name, value))
                }));
            }
        }
    }

    /// All that are there; parts of what is not there tell nothing.
    pub(super) fn finish(self) -> BTreeMap<Aggregate, Members> {
        let there = self.0.into_iter().filter(|(_, (is_there, _))| *is_there);
        there.map(|(thing, (_, members))| (thing, members)).collect()
    }
}

/// Under which member the columns of a row stand, and whether they are only a part of the thing.
fn prefix(table: &Table, row: &[Value], thing: &Aggregate) -> (String, bool) {
    let (of, part) = line(table).map_or((Of::Nobody, ""), |(_, of, part)| (*of, *part));
    let text = |number: usize| row.get(number).map(plain).unwrap_or_default();
    match of {
        Of::Level => (name(&text(3)), false),
        Of::Entry if thing.kind == "catalog" => (format!("{}.{}", name(&text(1)), text(2)), false),
        Of::Entry => ("contractType".to_owned(), true),
        Of::Membership => (String::new(), false),
        Of::Third(_) => (format!("{part}.{}", text(1)), true),
        Of::Settings => (format!("{part}.{}", text(2)), thing.kind == "client"),
        Of::Second(_) | Of::Tenant(_) | Of::Nobody => {
            let rest = row.iter().take(table.key).skip(2).map(plain);
            let parts: Vec<_> = [part.to_owned()].into_iter().chain(rest).collect();
            (parts.join("."), !part.is_empty())
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// A column's name as the native API spells members.
fn name(column: &str) -> String {
    let column = if BARE.contains(&column) { column.trim_end_matches("_id") } else { column };
    let mut parts = column.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|head| head.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}

/// The same with all names spelt as the native API does.
pub fn spelt(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            members.into_iter().map(|(member, value)| (name(&member), spelt(value))).collect()
        }
        Json::Array(elements) => elements.into_iter().map(spelt).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json,
    }
}

fn shown(column: &str, value: &Value) -> Shown {
    let is_truth = column.starts_with("is_") || matches!(column, "email_pending" | "oidc_enabled");
    let is_instant = column.ends_with("_at") || column.ends_with("_until");
    Shown::Plain(match value {
        Value::Null => Json::Null,
        Value::Int(number) if is_truth => json!(*number != 0),
        Value::Int(number) if is_instant => {
            let at = DateTime::from_timestamp_micros(*number);
            at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).into()
        }
        Value::Int(number) => json!(number),
        Value::Text(text) if PERSONAL.contains(&column) => {
            return Shown::Personal(serde_json::from_str(text).unwrap_or_default());
        }
        Value::Text(text) if JSON.contains(&column) => {
            let held = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            if OURS.contains(&column) { spelt(held) } else { held }
        }
        Value::Text(text) => json!(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_spelt_as_the_native_api_does() {
        for (column, member) in [
            ("parent_id", "parent"),
            ("is_locked", "isLocked"),
            ("akamai_id", "akamaiId"),
            ("granted_roles", "grantedRoles"),
            ("name", "name"),
        ] {
            assert_eq!(name(column), member);
        }
        let plain = |column: &str, value: Value| match shown(column, &value) {
            Shown::Plain(json) => json.to_string(),
            Shown::Personal(json) => format!("sealed {json}"),
        };
        assert_eq!(plain("is_locked", Value::Int(1)), "true");
        assert_eq!(plain("expires_at", Value::Int(1)), r#""1970-01-01T00:00:00.000001Z""#);
        assert_eq!(plain("mfa", Value::from(r#"{"is_verified":[]}"#)), r#"{"isVerified":[]}"#);
        assert_eq!(plain("value", Value::from(r#"{"a_b":[]}"#)), r#"{"a_b":[]}"#);
        assert_eq!(plain("tags", Value::from(r#"["a"]"#)), r#"["a"]"#);
        assert_eq!(plain("name", Value::from(r#"["a"]"#)), r#""[\"a\"]""#);
        assert_eq!(plain("profile", Value::from(r#""erased""#)), r#"sealed "erased""#);
    }
}
