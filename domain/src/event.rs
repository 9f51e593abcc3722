//! Every type of event there is: its name, its version, and what it is about. An event type that
//! was ever stored is never changed, only followed by a new version and an upcast.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::upcast::upcast;
use crate::{Aggregate, OrganizationId, Private, Registration, TenantId};

/// A past-tense fact, as it is stored.
pub trait Fact: Serialize + DeserializeOwned {
    /// What it is about.
    fn aggregate(&self, tenant: &TenantId) -> Aggregate;

    /// Organization id, tenant id, or `SYSTEM`: whose thing it is.
    fn resource_owner(&self, tenant: &TenantId) -> String {
        owner(None, tenant)
    }
}

/// The organization, or the tenant where there is none.
fn owner(organization: Option<&OrganizationId>, tenant: &TenantId) -> String {
    match organization {
        Some(organization) => organization.to_string(),
        None if tenant.is_system() => "SYSTEM".to_owned(),
        None => tenant.to_string(),
    }
}

/// Stored bytes that are not a known event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("there is no event type {name} version {version}")]
    Unknown { name: String, version: i32 },
    #[error("the payload of {name} version {version} cannot be read")]
    Payload { name: String, version: i32, source: serde_json::Error },
}

macro_rules! events {
    ($($name:literal $version:literal $fact:ident in $module:ident,
        |$tenant:ident, $this:ident| $aggregate:expr $(, owner $owner:expr)?;)*) => {
        /// One fact of any type.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {$($fact(crate::$module::$fact)),*}

        impl Event {
            /// Name and newest version of every type.
            pub const TYPES: &[(&str, i32)] = &[$(($name, $version)),*];

            pub fn name(&self) -> &'static str {
                match self {$(Self::$fact(_) => $name),*}
            }

            pub fn version(&self) -> i32 {
                match self {$(Self::$fact(_) => $version),*}
            }

            pub fn aggregate(&self, tenant: &TenantId) -> Aggregate {
                match self {$(Self::$fact(fact) => fact.aggregate(tenant)),*}
            }

            pub fn resource_owner(&self, tenant: &TenantId) -> String {
                match self {$(Self::$fact(fact) => fact.resource_owner(tenant)),*}
            }

            /// The payload, byte for byte as it is stored and hashed: JSON.
            pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
                match self {$(Self::$fact(fact) => serde_json::to_vec(fact)),*}
            }

            /// Reads a payload of any version ever stored.
            pub fn decode(name: &str, version: i32, payload: &[u8]) -> Result<Self, DecodeError> {
                let broken = |source| DecodeError::Payload { name: name.to_owned(), version, source };
                let unknown = || DecodeError::Unknown { name: name.to_owned(), version };
                match (name, version) {
                    $(($name, $version) => {
                        serde_json::from_slice(payload).map(Self::$fact).map_err(broken)
                    })*
                    _ => {
                        let old = serde_json::from_slice(payload).map_err(broken)?;
                        let new = upcast(name, version, old).ok_or_else(unknown)?;
                        match name {
                            $($name => {
                                serde_json::from_value(new).map(Self::$fact).map_err(broken)
                            })*
                            _ => Err(unknown()),
                        }
                    }
                }
            }
        }

        $(
            impl Fact for crate::$module::$fact {
                fn aggregate(&self, $tenant: &TenantId) -> Aggregate {
                    let $this = self;
                    $aggregate
                }
                $(fn resource_owner(&self, $tenant: &TenantId) -> String {
                    let $this = self;
                    $owner
                })?
            }

            impl From<crate::$module::$fact> for Event {
                fn from(fact: crate::$module::$fact) -> Self {
                    Self::$fact(fact)
                }
            }
        )*
    };
}

#[rustfmt::skip]
events! {
    "tenant.created"                1 TenantCreated               in tenant,        |_t, it| Aggregate::tenant(&it.tenant);
    "tenant.signing_secret_set"     1 SigningSecretSet            in tenant,        |_t, it| Aggregate::tenant(&it.tenant);
    "organization.created"          1 OrganizationCreated         in organizations, |_t, it| Aggregate::organization(&it.organization), owner it.organization.to_string();
    "group.created"                 2 GroupCreated                in groups,        |_t, it| Aggregate::group(it.group);
    "group.renamed"                 1 GroupRenamed                in groups,        |_t, it| Aggregate::group(it.group);
    "group.moved"                   1 GroupMoved                  in groups,        |_t, it| Aggregate::group(it.group);
    "group.deleted"                 1 GroupDeleted                in groups,        |_t, it| Aggregate::group(it.group);
    "asset.added"                   1 AssetAdded                  in assets,        |_t, it| Aggregate::asset(it.asset);
    "asset.moved"                   1 AssetMoved                  in assets,        |_t, it| Aggregate::asset(it.asset);
    "asset.removed"                 1 AssetRemoved                in assets,        |_t, it| Aggregate::asset(it.asset);
    "asset.resource_registered"     1 ResourceRegistered          in assets,        |_t, it| Aggregate::asset(it.asset);
    "role.created"                  2 RoleCreated                 in roles,         |_t, it| Aggregate::role(it.role);
    "role.edited"                   1 RoleEdited                  in roles,         |_t, it| Aggregate::role(it.role);
    "role.deleted"                  1 RoleDeleted                 in roles,         |_t, it| Aggregate::role(it.role);
    "user.created"                  2 UserCreated                 in users,         |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.profile_replaced"         1 UserProfileReplaced         in users,         |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.email_confirmed"          1 UserEmailConfirmed          in users,         |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.grants_set"               1 UserGrantsSet               in users,         |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.deleted"                  1 UserDeleted                 in users,         |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.password_set"             2 UserPasswordSet             in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.mail_delivered"           1 UserMailDelivered           in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.locked"                   1 UserLocked                  in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.unlocked"                 1 UserUnlocked                in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.signed_in"                1 UserSignedIn                in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.sign_in_failed"           1 UserSignInFailed            in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.second_factor_chosen"     1 UserSecondFactorChosen      in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.second_factor_reset"      1 UserSecondFactorReset       in sign_ins,      |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "user.notifications_set"        1 UserNotificationsSet        in notifications, |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "tenant.sign_in_policy_set"     1 SignInPolicySet             in sign_ins,      |_t, it| Aggregate::tenant(&it.tenant);
    "user.blocked_assets_set"       1 UserBlockedAssetsSet        in blocked_assets, |_t, it| Aggregate::user(&it.user), owner it.organization.to_string();
    "client.created"                1 ClientCreated               in clients,       |_t, it| Aggregate::client(it.client);
    "client.renamed"                1 ClientRenamed               in clients,       |_t, it| Aggregate::client(it.client);
    "client.described"              1 ClientDescribed             in clients,       |_t, it| Aggregate::client(it.client);
    "client.access_set"             1 ClientAccessSet             in clients,       |_t, it| Aggregate::client(it.client);
    "client.usage_changed"       1 ClientUsageChanged       in clients,       |_t, it| Aggregate::client(it.client);
    "client.notification_emails_set" 1 ClientNotificationEmailsSet in clients,      |_t, it| Aggregate::client(it.client);
    "client.transferred"            1 ClientTransferred           in clients,       |_t, it| Aggregate::client(it.client);
    "client.locked"                 1 ClientLocked                in clients,       |_t, it| Aggregate::client(it.client);
    "client.unlocked"               1 ClientUnlocked              in clients,       |_t, it| Aggregate::client(it.client);
    "client.activated"              1 ClientActivated             in clients,       |_t, it| Aggregate::client(it.client);
    "client.deactivated"            1 ClientDeactivated           in clients,       |_t, it| Aggregate::client(it.client);
    "client.deleted"                2 ClientDeleted               in clients,       |_t, it| Aggregate::client(it.client);
    "client.purged"                 1 ClientPurged                in clients,       |_t, it| Aggregate::client(it.client);
    "client.registered"             1 ClientRegistered            in clients,       |_t, it| Aggregate::client(it.client);
    "client.registration_changed"   1 ClientRegistrationChanged   in clients,       |_t, it| Aggregate::client(it.client);
    "client.tagged"                 1 ClientTagged                in clients,       |_t, it| Aggregate::client(it.client);
    "client.role_granted"           1 ClientRoleGranted           in clients,       |_t, it| Aggregate::client(it.client);
    "client.role_revoked"           1 ClientRoleRevoked           in clients,       |_t, it| Aggregate::client(it.client);
    "client.mfa_changed"            1 ClientMfaChanged            in clients,       |_t, it| Aggregate::client(it.client);
    "client.features_set"           1 ClientFeaturesSet           in clients,       |_t, it| Aggregate::client(it.client);
    "client.secret_reset"           1 ClientSecretReset           in clients,       |_t, it| Aggregate::client(it.client);
    "client.secret_grace_ended"     1 ClientSecretGraceEnded      in clients,       |_t, it| Aggregate::client(it.client);
    "client.credential_created"     1 ClientCredentialCreated     in clients,       |_t, it| Aggregate::client(it.client);
    "client.credential_deactivated" 1 ClientCredentialDeactivated in clients,       |_t, it| Aggregate::client(it.client);
    "client.allow_list_set"         1 ClientAllowListSet          in client_allow_lists, |_t, it| Aggregate::client(it.client);
    "client.allow_list_cleared"     1 ClientAllowListCleared      in client_allow_lists, |_t, it| Aggregate::client(it.client);
    "client.settings_changed"       1 ClientSettingsChanged       in client_settings, |_t, it| Aggregate::client(it.client);
    "tenant.client_defaults_changed" 1 DefaultSettingsChanged     in client_settings, |_t, it| Aggregate::client_defaults(&it.tenant);
    "client.credential_changed"     1 ClientCredentialChanged     in clients,       |_t, it| Aggregate::client(it.client);
    "client.credential_deleted"     1 ClientCredentialDeleted     in clients,       |_t, it| Aggregate::client(it.client);
    "client.key_added"              1 ClientKeyAdded              in client_keys,   |_t, it| Aggregate::client(it.client);
    "client.key_removed"            1 ClientKeyRemoved            in client_keys,   |_t, it| Aggregate::client(it.client);
    "subject.erased"                1 SubjectErased               in subjects,      |t, it| Aggregate::held(t, Some(&it.subject)), owner owner(it.organization.as_ref(), t);
    "subject.held"                  2 SubjectHeld                 in subjects,      |t, it| Aggregate::held(t, it.subject.as_deref()), owner owner(it.organization.as_ref(), t);
    "subject.released"              2 SubjectReleased             in subjects,      |t, it| Aggregate::held(t, it.subject.as_deref()), owner owner(it.organization.as_ref(), t);
    "membership.set"                1 MembershipSet               in memberships,   |_t, it| Aggregate::membership(it.holder, &it.holder_id, it.organization.as_ref());
    "client.access_schema_set"      1 AccessSchemaSet             in access_schemas, |_t, it| Aggregate::client(it.client);
    "record.created"                1 RecordCreated               in records,       |_t, it| Aggregate::record(it.record);
    "record.changed"                1 RecordChanged               in records,       |_t, it| Aggregate::record(it.record);
    "record_token.issued"           1 RecordTokenIssued           in record_tokens, |_t, it| Aggregate::token(&it.token);
    "record_token.used"             1 RecordTokenUsed             in record_tokens, |_t, it| Aggregate::token(&it.token);
    "token.issued"                  1 TokenIssued                 in tokens,        |_t, it| Aggregate::token(&it.token);
    "token.revoked"                 1 TokenRevoked                in tokens,        |_t, it| Aggregate::token(&it.token);
    "allow_list.block_added"        1 CidrBlockAdded              in allow_list,    |_t, it| Aggregate::cidr_block(it.block);
    "allow_list.block_changed"      1 CidrBlockChanged            in allow_list,    |_t, it| Aggregate::cidr_block(it.block);
    "allow_list.block_removed"      1 CidrBlockRemoved            in allow_list,    |_t, it| Aggregate::cidr_block(it.block);
    "allow_list.enabled"            1 AllowListEnabled            in allow_list,    |_t, it| Aggregate::allow_list(&it.tenant);
    "allow_list.disabled"           1 AllowListDisabled           in allow_list,    |_t, it| Aggregate::allow_list(&it.tenant);
    "catalog.contract_type_registered"  1 ContractTypeRegistered  in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.contract_type_assigned"    1 ContractTypeAssigned    in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.api_registered"            1 ApiRegistered           in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.cp_code_registered"        1 CpCodeRegistered        in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.product_registered"        1 ProductRegistered       in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.switch_key_registered"     1 SwitchKeyRegistered     in catalog,       |t, _it| Aggregate::catalog(t);
    "catalog.grantable_role_registered" 1 GrantableRoleRegistered in catalog,       |t, _it| Aggregate::catalog(t);
    "webhook.added"                 1 WebhookAdded                in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.updated"               1 WebhookUpdated              in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.secret_reset"          1 WebhookSecretReset          in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.rewound"               1 WebhookRewound              in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.paused"                1 WebhookPaused               in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.resumed"               1 WebhookResumed              in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "webhook.removed"               1 WebhookRemoved              in webhooks,      |_t, it| Aggregate::webhook(it.webhook);
    "feature.set"                   1 FeatureSet                  in features,      |t, it| Aggregate::features(t, &it.on), owner it.on.object(t);
    "feature.reset"                 1 FeaturesReset               in features,      |t, it| Aggregate::features(t, &it.on), owner it.on.object(t);
}

impl Event {
    /// Brings what is personal in it into the form in which facts are stored.
    pub fn close(&mut self) {
        for personal in self.personal_mut() {
            personal.close();
        }
    }

    /// Its personal parts: opened before a fold, left sealed elsewhere.
    pub fn personal_mut(&mut self) -> Vec<&mut dyn Private> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "most facts tell nothing of a person")]
        match self {
            Self::UserCreated(fact) => vec![&mut fact.profile],
            Self::UserProfileReplaced(fact) => vec![&mut *fact.before, &mut *fact.after],
            Self::UserDeleted(fact) => vec![&mut fact.profile],
            Self::RecordCreated(fact) => vec![&mut fact.content],
            Self::RecordChanged(fact) => vec![&mut fact.content],
            Self::UserSignedIn(fact) => fact.address.iter_mut().map(|it| it as _).collect(),
            Self::UserSignInFailed(fact) => fact.address.iter_mut().map(|it| it as _).collect(),
            Self::ClientRegistered(fact) => contact(&mut fact.registration),
            Self::ClientRegistrationChanged(fact) => {
                let mut both = contact(&mut fact.before);
                both.extend(contact(&mut fact.after));
                both
            }
            Self::ClientNotificationEmailsSet(fact) => {
                fact.emails.iter_mut().map(|emails| emails as &mut dyn Private).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn contact(registration: &mut Registration) -> Vec<&mut dyn Private> {
    registration.email.iter_mut().map(|email| -> &mut dyn Private { email }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        GrantedRoleId, Grants, GroupCreated, GroupId, Permission, RoleCreated, RoleId, RoleKind,
    };

    #[test]
    fn the_first_version_of_group_created_had_zero_for_no_parent() {
        let decoded =
            |payload: &str| Event::decode("group.created", 1, payload.as_bytes()).unwrap();
        let root = decoded(r#"{"group":7,"parent":0,"name":"Acme"}"#);
        let nested = decoded(r#"{"group":8,"parent":7,"name":"Emea"}"#);
        let fact = |group, parent, name: &str| {
            let (group, name) = (GroupId(group), name.to_owned());
            Event::from(GroupCreated { group, parent, name })
        };
        assert_eq!(root, fact(7, None, "Acme"));
        assert_eq!(nested, fact(8, Some(GroupId(7)), "Emea"));
    }

    #[test]
    fn the_first_version_of_role_created_had_permissions_only() {
        let payload = r#"{"role":7,"name":"a","description":"","kind":"custom","permissions":["group.admin","read"]}"#;
        let decoded = Event::decode("role.created", 1, payload.as_bytes()).unwrap();
        let fact = RoleCreated {
            role: RoleId(7),
            name: "a".to_owned(),
            description: String::new(),
            kind: RoleKind::Custom,
            permissions: [Permission::Read, Permission::GroupAdmin].into(),
            granted_roles: [GrantedRoleId(1001), GrantedRoleId(1002)].into(),
        };
        assert_eq!(decoded, fact.into());
        let broken = payload.replace("read", "fly");
        assert!(Event::decode("role.created", 1, broken.as_bytes()).is_err());
    }

    #[test]
    fn the_first_version_of_user_created_had_roles_on_groups_only() {
        let payload = r#"{"user":"A-B-1","organization":"5","profile":"erased","grants":[{"group":1,"role":2}]}"#;
        let decoded = Event::decode("user.created", 1, payload.as_bytes()).unwrap();
        let Event::UserCreated(fact) = decoded else { panic!("not a user") };
        assert_eq!(fact.grants, Grants::roles([(GroupId(1), RoleId(2))]));
    }

    #[test]
    fn what_is_not_an_event_says_so() {
        let unknown = Event::decode("group.painted", 1, b"{}").unwrap_err();
        assert_eq!(unknown.to_string(), "there is no event type group.painted version 1");
        assert!(Event::decode("group.created", 9, b"{}").is_err());
        assert!(Event::decode("group.created", 2, b"[").is_err());
    }
}
