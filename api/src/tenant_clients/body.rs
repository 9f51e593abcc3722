//! Bodies of this dialect: JSON objects whose members come in several spellings. Members nobody
//! asks for are not looked at.

use domain::TenantId;
use serde_json::{Map, Value};

use super::error::ClientsError;
use crate::call::Call;

/// A body, member by member.
pub(super) struct Body(Map<String, Value>);

/// Spellings of a member, the usual one first.
pub(super) const HYDRA: &[&str] = &["hydra_client_id", "hydraClientID", "hydraClientId"];
pub(super) const OIDC: &[&str] = &["oidc_enabled", "oidcenabled", "oidcEnabled"];

impl Body {
    /// The body of the call; one that is not there has no members.
    pub(super) fn of(call: &Call) -> Result<Self, ClientsError> {
        let body = call.request.json::<Value>();
        match body
            .map_err(|error| ClientsError::invalid(format!("the body is not JSON: {error}")))?
        {
            Value::Object(members) => Ok(Self(members)),
            Value::Null => Ok(Self(Map::new())),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(ClientsError::invalid("the body is not a JSON object"))
            }
        }
    }

    /// Whether a member is there, were it only `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member under whichever of its spellings, which must not contradict each other.
    fn get(&self, names: &[&str]) -> Result<Option<&Value>, ClientsError> {
        let mut given = names.iter().filter_map(|name| self.0.get(*name));
        let first = given.next();
        match (first, given.find(|other| Some(*other) != first)) {
            (Some(_), Some(_)) => {
                let names = names.join(" and ");
                Err(ClientsError::invalid(format!("{names} contradict each other")))
            }
            (first, _) => Ok(first),
        }
    }

    /// A text: absent, `null`, or there.
    #[expect(clippy::option_option, reason = "absent, `null` and there are three things")]
    pub(super) fn maybe_text(
        &self,
        names: &[&str],
    ) -> Result<Option<Option<String>>, ClientsError> {
        match self.get(names)? {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) => Ok(Some(Some(text.clone()))),
            Some(_) => Err(Self::wrong(names, "a text")),
        }
    }

    /// A text; `null` is as good as absent.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ClientsError> {
        Ok(self.maybe_text(&[name])?.flatten())
    }

    /// A text that says something; blank is as good as absent.
    pub(super) fn word(&self, name: &str) -> Result<Option<String>, ClientsError> {
        Ok(self.text(name)?.filter(|text| !text.trim().is_empty()))
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Result<String, ClientsError> {
        let missing = || ClientsError::invalid(format!("{name} is required"));
        self.word(name)?.ok_or_else(missing)
    }

    pub(super) fn flag(&self, names: &[&str]) -> Result<Option<bool>, ClientsError> {
        match self.get(names)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Self::wrong(names, "true or false")),
        }
    }

    /// A list of texts; `null` is an empty one.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, ClientsError> {
        let wrong = || Self::wrong(&[name], "a list of texts");
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::Array(elements)) => {
                let texts = elements.iter().map(|element| element.as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map(Some).ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Refuses a body that names another tenant than the call is about.
    pub(super) fn check_tenant(&self, call: &Call) -> Result<(), ClientsError> {
        let named = self.word("tenant_id")?;
        let is_same = |id: &String| TenantId::new(id).is_ok_and(|id| id == call.tenant);
        if named.as_ref().is_none_or(is_same) { Ok(()) } else { Err(ClientsError::other_tenant()) }
    }

    fn wrong(names: &[&str], what: &str) -> ClientsError {
        let name = names.first().copied().unwrap_or_default();
        ClientsError::invalid(format!("{name} is not {what}"))
    }
}
