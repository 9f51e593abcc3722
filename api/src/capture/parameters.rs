//! Parameters: the query and a form body merged, where the body wins; lists travel as JSON text.

use axum::http::header;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

use super::error::CaptureError;
use crate::call::{Incoming, form_pairs};

/// Everything a request says, by name. What no endpoint knows is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Merges query and body. A body that does not say it is a form is not looked at, unless it
    /// says nothing at all: clients without parameters send no content type.
    pub(super) fn of(request: &Incoming) -> Self {
        let content_type = request.header(header::CONTENT_TYPE.as_str());
        let is_form = content_type.is_none_or(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        let body = if is_form { form_pairs(&request.body) } else { Vec::new() };
        Self(request.query().into_iter().chain(body).collect())
    }

    /// All of them, as they were given: a signature is over the empty ones too.
    pub(super) fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// A parameter's text; one that is there and empty counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, CaptureError> {
        self.get(name).ok_or_else(|| CaptureError::missing(name))
    }

    /// A list of texts, as JSON.
    pub(super) fn list(&self, name: &'static str) -> Result<Option<Vec<String>>, CaptureError> {
        self.json(name, "it is not an array of strings")
    }

    /// Values by name, as JSON.
    pub(super) fn object<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, CaptureError> {
        self.json(name, "it is not an object")
    }

    fn json<T: DeserializeOwned>(
        &self,
        name: &'static str,
        otherwise: &str,
    ) -> Result<Option<T>, CaptureError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|_| CaptureError::invalid(name, "the JSON is not syntactically valid"))?;
        let value = serde_json::from_value(value);
        value.map(Some).map_err(|_| CaptureError::invalid(name, otherwise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        Parameters(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn lists_are_json_arrays_of_text() {
        let given = parameters(&[("a", r#"["x","y"]"#), ("b", "[1]"), ("c", "{oops"), ("d", "")]);
        assert_eq!(given.list("a").unwrap().unwrap(), ["x", "y"]);
        let reason = "it is not an array of strings";
        assert_eq!(given.list("b"), Err(CaptureError::invalid("b", reason)));
        let reason = "the JSON is not syntactically valid";
        assert_eq!(given.list("c"), Err(CaptureError::invalid("c", reason)));
        assert_eq!(given.list("d"), Ok(None));
        assert_eq!(given.required("d"), Err(CaptureError::missing("d")));
    }
}
