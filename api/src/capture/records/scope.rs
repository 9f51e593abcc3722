//! Which attributes may be touched. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// All attributes, or those at and below some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope(Option<BTreeSet<String>>);

impl Scope {
    /// `None` stands for all of them.
    pub(super) fn of(paths: Option<BTreeSet<String>>) -> Self {
        Self(paths)
    }

    /// Whether this attribute may be touched, with all below it.
    pub(super) fn covers(&self, path: &str) -> bool {
        let Some(paths) = &self.0 else { return true };
        let ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
        ends.into_iter().any(|end| path.get(..end).is_some_and(|above| paths.contains(above)))
    }

    /// Whether something below this attribute may be touched.
    fn reaches_into(&self, path: &str) -> bool {
        let below = format!("{path}.");
        self.0.as_ref().is_none_or(|paths| paths.iter().any(|it| it.starts_with(&below)))
    }

    /// What may be touched of these attributes.
    pub(super) fn pruned(&self, attributes: Map<String, Value>) -> Map<String, Value> {
        self.part("", attributes)
    }

    fn part(&self, above: &str, values: Map<String, Value>) -> Map<String, Value> {
        let kept = values.into_iter().filter_map(|(name, value)| {
            let path = below(above, &name);
            if self.covers(&path) {
                return Some((name, value));
            }
            match value {
                Value::Object(inner) if self.reaches_into(&path) => {
                    Some((name, self.part(&path, inner).into()))
                }
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => None,
            }
        });
        kept.collect()
    }

    /// What may not be touched of these attributes.
    pub(super) fn without(&self, attributes: Map<String, Value>) -> Map<String, Value> {
        self.rest("", attributes)
    }

    fn rest(&self, above: &str, values: Map<String, Value>) -> Map<String, Value> {
        let kept = values.into_iter().filter_map(|(name, value)| {
            let path = below(above, &name);
            if self.covers(&path) {
                return None;
            }
            let left = match value {
                Value::Object(inner) if self.reaches_into(&path) => self.rest(&path, inner).into(),
                whole @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_)) => whole,
            };
            Some((name, left))
        });
        kept.collect()
    }

    /// The first of these attributes that may not be touched.
    pub(super) fn first_outside(&self, attributes: &Map<String, Value>) -> Option<String> {
        self.outside("", attributes)
    }

    fn outside(&self, above: &str, values: &Map<String, Value>) -> Option<String> {
        values.iter().find_map(|(name, value)| {
            let path = below(above, name);
            if self.covers(&path) {
                return None;
            }
            match value.as_object().filter(|inner| !inner.is_empty()) {
                Some(inner) if self.reaches_into(&path) => self.outside(&path, inner),
                Some(_) | None => Some(path),
            }
        })
    }
}

fn below(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
}

/// The attributes with others laid over them: objects are merged, all else is replaced.
pub(super) fn merged(
    mut under: Map<String, Value>,
    over: Map<String, Value>,
) -> Map<String, Value> {
    for (name, value) in over {
        let value = match (under.remove(&name), value) {
            (Some(Value::Object(held)), Value::Object(more)) => merged(held, more).into(),
            (_, value) => value,
        };
        under.insert(name, value);
    }
    under
}

/// A value as an object that has it at this path.
pub(super) fn at(path: &str, value: Value) -> Map<String, Value> {
    match path.split_once('.') {
        Some((name, rest)) => Map::from_iter([(name.to_owned(), at(rest, value).into())]),
        None => Map::from_iter([(path.to_owned(), value)]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn scope(paths: &[&str]) -> Scope {
        Scope::of(Some(paths.iter().map(|path| (*path).to_owned()).collect()))
    }

    #[test]
    fn a_path_stands_for_all_below_it() {
        let scope = scope(&["email", "address.city"]);
        assert!(scope.covers("email") && scope.covers("email.x") && scope.covers("address.city"));
        assert!(!scope.covers("address") && !scope.covers("emailVerified"));
        assert!(Scope::of(None).covers("anything"));
    }

    #[test]
    fn what_may_not_be_touched_is_cut_off_or_named() {
        let all = || map(json!({"email": "e", "address": {"city": "c", "zip": "z"}, "name": "n"}));
        let some = scope(&["email", "address.city"]);
        let expected = map(json!({"email": "e", "address": {"city": "c"}}));
        assert_eq!(some.pruned(all()), expected);
        let rest = map(json!({"address": {"zip": "z"}, "name": "n"}));
        assert_eq!(some.without(all()), rest);
        assert_eq!(some.first_outside(&expected), None);
        assert_eq!(some.first_outside(&all()), Some("address.zip".to_owned()));
        let whole = map(json!({"address": {}}));
        assert_eq!(some.first_outside(&whole), Some("address".to_owned()));
        assert_eq!(scope(&[]).pruned(all()), Map::new());
        assert_eq!(Scope::of(None).pruned(all()), all());
    }

    #[test]
    fn objects_are_merged_and_all_else_is_replaced() {
        let under = map(json!({"a": {"x": 1, "y": 2}, "b": [1], "c": 3}));
        let over = map(json!({"a": {"y": null}, "b": [2], "d": 4}));
        let expected = map(json!({"a": {"x": 1, "y": null}, "b": [2], "c": 3, "d": 4}));
        assert_eq!(merged(under, over), expected);
        assert_eq!(at("a.b.c", json!(1)), map(json!({"a": {"b": {"c": 1}}})));
    }
}
