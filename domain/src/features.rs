//! Feature flags of a tenant: which there are, at what level they are set, and to what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, TenantId, UserId};

/// Where a flag is set. A value at a level overrides the one above it:
/// system, instance, organization, user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "snake_case")]
pub enum Level {
    System,
    Instance,
    Organization(OrganizationId),
    User(UserId),
}

impl Level {
    /// `system`, `instance`, `organization` or `user`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Instance => "instance",
            Self::Organization(_) => "organization",
            Self::User(_) => "user",
        }
    }

    /// The id of what the level belongs to; it is also the flags' resource owner.
    pub fn object(&self, tenant: &TenantId) -> String {
        match self {
            Self::System => "SYSTEM".to_owned(),
            Self::Instance => tenant.to_string(),
            Self::Organization(id) => id.to_string(),
            Self::User(id) => id.to_string(),
        }
    }
}

/// A flag, as Zitadel's feature service names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKey {
    LoginDefaultOrg,
    UserSchema,
    OidcTokenExchange,
    ImprovedPerformance,
    DebugOidcParentError,
    OidcSingleV1SessionTermination,
    EnableBackChannelLogout,
    LoginV2,
    PermissionCheckV2,
    ConsoleUseV2UserApi,
    EnableRelationalTables,
}

impl FeatureKey {
    /// Every flag with its name in snake case and in camel case, in the order replies show them.
    pub const ALL: [(Self, &'static str, &'static str); 11] = [
        (Self::LoginDefaultOrg, "login_default_org", "loginDefaultOrg"),
        (Self::UserSchema, "user_schema", "userSchema"),
        (Self::OidcTokenExchange, "oidc_token_exchange", "oidcTokenExchange"),
        (Self::ImprovedPerformance, "improved_performance", "improvedPerformance"),
        (Self::DebugOidcParentError, "debug_oidc_parent_error", "debugOidcParentError"),
        (
            Self::OidcSingleV1SessionTermination,
            "oidc_single_v1_session_termination",
            "oidcSingleV1SessionTermination",
        ),
        (Self::EnableBackChannelLogout, "enable_back_channel_logout", "enableBackChannelLogout"),
        (Self::LoginV2, "login_v2", "loginV2"),
        (Self::PermissionCheckV2, "permission_check_v2", "permissionCheckV2"),
        (Self::ConsoleUseV2UserApi, "console_use_v2_user_api", "consoleUseV2UserApi"),
        (Self::EnableRelationalTables, "enable_relational_tables", "enableRelationalTables"),
    ];

    /// Its name in snake case, as it is stored.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(key, ..)| *key == self).map_or("", |(_, name, _)| name)
    }

    /// Its name in camel case, as JSON replies show it.
    pub fn json_name(self) -> &'static str {
        Self::ALL.iter().find(|(key, ..)| *key == self).map_or("", |(.., name)| name)
    }

    /// The flag of that name, in either spelling.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = |(_, snake, camel): &&(Self, &str, &str)| *snake == name || *camel == name;
        Self::ALL.iter().find(named).map(|(key, ..)| *key)
    }
}

/// A path that can be made faster (Zitadel `ImprovedPerformance`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ImprovedPerformance {
    #[serde(rename = "IMPROVED_PERFORMANCE_ORG_BY_ID")]
    OrgById,
    #[serde(rename = "IMPROVED_PERFORMANCE_PROJECT_GRANT")]
    ProjectGrant,
    #[serde(rename = "IMPROVED_PERFORMANCE_PROJECT")]
    Project,
    #[serde(rename = "IMPROVED_PERFORMANCE_USER_GRANT")]
    UserGrant,
    #[serde(rename = "IMPROVED_PERFORMANCE_ORG_DOMAIN_VERIFIED")]
    OrgDomainVerified,
}

/// The newer login (Zitadel `LoginV2`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginV2 {
    #[serde(default)]
    pub required: bool,
    /// An absolute http(s) URI, or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_uri: Option<String>,
}

/// What a flag is set to. Its JSON form is the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeatureValue {
    Switch(bool),
    Paths(BTreeSet<ImprovedPerformance>),
    LoginV2(LoginV2),
}

impl FeatureValue {
    /// Whether `key` takes a value of this form.
    pub fn fits(&self, key: FeatureKey) -> bool {
        match self {
            Self::Paths(_) => key == FeatureKey::ImprovedPerformance,
            Self::LoginV2(_) => key == FeatureKey::LoginV2,
            Self::Switch(_) => key != FeatureKey::ImprovedPerformance && key != FeatureKey::LoginV2,
        }
    }
}

/// One flag of a level got another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSet {
    pub on: Level,
    pub key: FeatureKey,
    pub before: Option<FeatureValue>,
    pub after: FeatureValue,
}

/// All flags of a level are unset again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeaturesReset {
    pub on: Level,
    pub before: BTreeMap<FeatureKey, FeatureValue>,
}

/// All flags set in one tenant, level by level. A level that was reset stays, with nothing set: its
/// aggregate still has a history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    #[serde(with = "pairs")]
    by_level: BTreeMap<Level, BTreeMap<FeatureKey, FeatureValue>>,
}

impl Features {
    /// What is set on `level` itself.
    pub fn on(&self, level: &Level) -> Option<&BTreeMap<FeatureKey, FeatureValue>> {
        self.by_level.get(level).filter(|set| !set.is_empty())
    }

    /// Whether anything was ever recorded of `level`'s flags.
    pub fn is_recorded(&self, level: &Level) -> bool {
        self.by_level.contains_key(level)
    }

    pub fn len(&self) -> usize {
        self.by_level.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_level.is_empty()
    }

    pub fn set(&mut self, fact: &FeatureSet) {
        self.by_level.entry(fact.on.clone()).or_default().insert(fact.key, fact.after.clone());
    }

    pub fn reset(&mut self, fact: &FeaturesReset) {
        self.by_level.entry(fact.on.clone()).or_default().clear();
    }
}

/// A map whose keys JSON cannot take as member names, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(from: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_stored_by_the_name_the_table_gives() {
        for (key, snake, camel) in FeatureKey::ALL {
            assert_eq!(serde_json::to_value(key).unwrap(), snake);
            assert_eq!(FeatureKey::from_name(camel), Some(key));
        }
    }

    #[test]
    fn a_level_that_was_reset_has_a_history_but_no_flags() {
        let (on, after) = (Level::Instance, FeatureValue::Switch(true));
        let mut features = Features::default();
        assert!(!features.is_recorded(&on));
        features.set(&FeatureSet {
            on: on.clone(),
            key: FeatureKey::UserSchema,
            before: None,
            after: after.clone(),
        });
        let before = BTreeMap::from([(FeatureKey::UserSchema, after)]);
        assert_eq!(features.on(&on), Some(&before));
        features.reset(&FeaturesReset { on: on.clone(), before });
        assert!(features.on(&on).is_none() && features.is_recorded(&on));
    }

    #[test]
    fn values_keep_their_form_through_json() {
        for value in [
            FeatureValue::Switch(false),
            FeatureValue::Paths([ImprovedPerformance::Project].into()),
            FeatureValue::LoginV2(LoginV2 { required: true, base_uri: None }),
        ] {
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<FeatureValue>(&text).unwrap(), value);
        }
    }
}
