//! What a token says, with the several spellings its issuers use.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::JwtError;

/// The claims of a token. Several issuers and versions spell some of them differently; the methods
/// read whichever is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claims {
    pub iss: String,
    /// Seconds since 1970, as all instants here.
    pub exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// One text or a list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Roles by name, as Zitadel writes them; what each is granted by does not matter here.
    #[serde(
        rename = "urn:zitadel:iam:org:project:roles",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub project_roles: BTreeMap<String, Value>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// `resource:action`.
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Scopes in one text, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl Claims {
    /// The tenant; none when two are named that differ.
    pub fn tenant(&self) -> Option<&str> {
        let given = |claim: &Option<String>| claim.as_ref().is_some_and(|text| !text.is_empty());
        match (&self.tenant_id, &self.workspace_id) {
            (Some(one), Some(other)) if given(&self.tenant_id) && given(&self.workspace_id) => {
                one.eq_ignore_ascii_case(other).then_some(one)
            }
            (Some(one), _) if !one.is_empty() => Some(one),
            (_, Some(other)) if !other.is_empty() => Some(other),
            _ => None,
        }
    }

    /// Who is calling: `sub`, `user_id`, or the client.
    pub fn subject(&self) -> Option<&str> {
        [&self.sub, &self.user_id, &self.client_id]
            .into_iter()
            .find_map(|claim| claim.as_deref().filter(|text| !text.is_empty()))
    }

    pub fn email(&self) -> Option<&str> {
        self.email.as_deref().or(self.email_id.as_deref())
    }

    /// Scopes in either spelling.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let listed = self.scopes.iter().map(String::as_str);
        listed.chain(self.scope.iter().flat_map(|text| text.split_whitespace()))
    }

    /// Whether a role is held, whatever its case.
    pub fn has_role(&self, role: &str) -> bool {
        let held = self.roles.iter().chain(self.project_roles.keys());
        held.into_iter().any(|held| held.eq_ignore_ascii_case(role))
    }

    /// Whether it is meant for that audience.
    pub fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one == audience),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
                false
            }
        }
    }

    /// Whether it is valid at `now`.
    pub(super) fn check_time(&self, now: DateTime<Utc>) -> Result<(), JwtError> {
        if self.exp <= now.timestamp() {
            return Err(JwtError::Expired);
        }
        if self.nbf.is_some_and(|nbf| nbf > now.timestamp()) {
            return Err(JwtError::NotYetValid);
        }
        Ok(())
    }

    pub fn has_permission(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission)
    }
}

/// Go issuers write an empty list as `null`.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
