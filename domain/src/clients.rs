//! API clients: one aggregate, whichever dialect made it. The secrets are only in the vault.

mod access;
mod contacts;
mod credentials;
mod facts;
mod registration;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    AkamaiClientId, CaptureClientId, ClientId, CredentialId, GroupId, OrganizationId, RoleId,
    UserId,
};
pub use access::{ApiAccess, ApiGrant, ClientAccess, ClientAccessSet, GroupAccess};
pub use contacts::Notified;
pub use credentials::{
    ClientCredentialChanged, ClientCredentialDeleted, Credential, CredentialStatus, CredentialTerms,
};
pub use facts::{
    ClientActivated, ClientCreated, ClientCredentialCreated, ClientCredentialDeactivated,
    ClientDeactivated, ClientDeleted, ClientDescribed, ClientFeaturesSet, ClientLocked,
    ClientRenamed, ClientSecretGraceEnded, ClientSecretReset, ClientUnlocked,
};
pub use registration::{
    ClientMfaChanged, ClientPurged, ClientRegistered, ClientRegistrationChanged, ClientRoleGranted,
    ClientRoleRevoked, ClientTagged, ContactEmail, Mfa, Registration,
};
pub use usage::{
    ClientNotificationEmailsSet, ClientTransferred, ClientUsage, ClientUsageChanged, IpAcl,
    NotificationEmails, PurgeOptions,
};

/// What Capture lets a client do (Capture, "API clients and permissions").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFeature {
    AccessIssuer,
    DirectAccess,
    DirectReadAccess,
    LoginClient,
    Owner,
}

impl ClientFeature {
    /// In alphabetical order, which is the order replies show them in.
    pub const ALL: [Self; 5] = [
        Self::AccessIssuer,
        Self::DirectAccess,
        Self::DirectReadAccess,
        Self::LoginClient,
        Self::Owner,
    ];

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessIssuer => "access_issuer",
            Self::DirectAccess => "direct_access",
            Self::DirectReadAccess => "direct_read_access",
            Self::LoginClient => "login_client",
            Self::Owner => "owner",
        }
    }

    /// The feature of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == name)
    }
}

/// What kind of client Akamai shows (Akamai IAM v3, "List API clients").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientKind {
    Client,
    UserClient,
    /// One that no Akamai call can make: born in another dialect.
    ServiceAccount,
}

/// A role held on a group, and so on everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupRole {
    pub group: GroupId,
    pub role: RoleId,
}

/// What decisions need of an API client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    pub akamai_id: AkamaiClientId,
    pub capture_id: CaptureClientId,
    pub name: String,
    pub description: String,
    pub kind: ClientKind,
    pub authorized_user: Option<UserId>,
    pub organization: Option<OrganizationId>,
    pub features: BTreeSet<ClientFeature>,
    pub access: ClientAccess,
    pub usage: ClientUsage,
    /// Whom to tell when its credentials expire; `None` where that is nobody.
    pub notified: Option<Notified>,
    /// Keyed hash of the address at which somebody answers for it.
    pub contact_lookup: Option<String>,
    pub tags: BTreeSet<String>,
    pub is_default: bool,
    pub is_locked: bool,
    pub is_active: bool,
    /// Number of its newest secret.
    pub secret_generation: i64,
    /// Until when the secret before that one works too.
    pub grace_until: Option<DateTime<Utc>>,
    pub credentials: BTreeMap<CredentialId, Credential>,
    pub registration: Registration,
    /// Roles of the tenant that it holds in the tenant-clients dialect.
    pub roles: BTreeSet<RoleId>,
    pub mfa: Mfa,
}

/// All API clients of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients {
    all: BTreeMap<ClientId, Client>,
    names: BTreeMap<String, ClientId>,
    akamai_ids: BTreeMap<AkamaiClientId, ClientId>,
    capture_ids: BTreeMap<CaptureClientId, ClientId>,
    hydra_ids: BTreeMap<String, ClientId>,
    /// Deleted ones that are still shown as such.
    deleted: BTreeSet<ClientId>,
}

impl Clients {
    pub fn get(&self, id: ClientId) -> Option<&Client> {
        self.all.get(&id)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ClientId, &Client)> {
        self.all.iter()
    }

    /// The clients that act for this user.
    pub fn acting_for(&self, user: &UserId) -> impl Iterator<Item = ClientId> {
        let acts = move |client: &Client| client.authorized_user.as_ref() == Some(user);
        self.all.iter().filter(move |(_, client)| acts(client)).map(|(id, _)| *id)
    }

    pub fn named(&self, name: &str) -> Option<ClientId> {
        self.names.get(name).copied()
    }

    pub fn with_akamai_id(&self, id: &AkamaiClientId) -> Option<ClientId> {
        self.akamai_ids.get(id).copied()
    }

    pub fn with_capture_id(&self, id: &CaptureClientId) -> Option<ClientId> {
        self.capture_ids.get(id).copied()
    }

    /// The client that an authorization server knows under that id.
    pub fn with_hydra_id(&self, id: &str) -> Option<ClientId> {
        let own = id.parse().ok().map(ClientId).filter(|id| self.all.contains_key(id));
        self.hydra_ids.get(id).copied().or(own)
    }

    /// Whether the client was deleted and not purged.
    pub fn is_deleted(&self, id: ClientId) -> bool {
        self.deleted.contains(&id)
    }

    /// The clients that hold `owner` and can use it: neither locked nor inactive.
    pub fn usable_owners(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.all
            .iter()
            .filter(|(_, client)| client.features.contains(&ClientFeature::Owner))
            .filter(|(_, client)| client.is_active && !client.is_locked)
            .map(|(id, _)| *id)
    }

    /// The clients that hold a role on `group` itself.
    pub fn granted_on(&self, group: GroupId) -> impl Iterator<Item = ClientId> + '_ {
        let holds = move |client: &Client| client.access.groups.lists(group);
        self.all.iter().filter(move |(_, client)| holds(client)).map(|(id, _)| *id)
    }

    /// The clients that hold `role` on some group.
    pub fn holding(&self, role: RoleId) -> impl Iterator<Item = ClientId> + '_ {
        let holds = move |client: &Client| {
            client.roles.contains(&role) || client.access.groups.lists_role(role)
        };
        self.all.iter().filter(move |(_, client)| holds(client)).map(|(id, _)| *id)
    }

    /// The groups on which some client holds `role`.
    pub fn groups_with(&self, role: RoleId) -> impl Iterator<Item = GroupId> + '_ {
        let access = self.all.values().flat_map(|client| client.access.groups.roles());
        access.filter(move |held| held.role == role).map(|held| held.group)
    }

    pub fn created(&mut self, fact: &ClientCreated) {
        self.names.insert(fact.name.clone(), fact.client);
        self.akamai_ids.insert(fact.akamai_id.clone(), fact.client);
        self.capture_ids.insert(fact.capture_id.clone(), fact.client);
        let client = Client {
            akamai_id: fact.akamai_id.clone(),
            capture_id: fact.capture_id.clone(),
            name: fact.name.clone(),
            description: fact.description.clone(),
            kind: fact.kind,
            authorized_user: fact.authorized_user.clone(),
            organization: fact.organization.clone(),
            features: fact.features.clone(),
            access: fact.access(),
            usage: ClientUsage::default(),
            notified: None,
            contact_lookup: None,
            tags: fact.tags.clone(),
            is_default: fact.is_default,
            is_locked: false,
            is_active: true,
            secret_generation: 1,
            grace_until: None,
            credentials: BTreeMap::new(),
            registration: Registration::default(),
            roles: BTreeSet::new(),
            mfa: Mfa::default(),
        };
        self.all.insert(fact.client, client);
    }

    pub fn deleted(&mut self, fact: &ClientDeleted) {
        let Some(client) = self.all.remove(&fact.client) else { return };
        self.names.remove(&client.name);
        self.akamai_ids.remove(&client.akamai_id);
        self.capture_ids.remove(&client.capture_id);
        if let Some(hydra) = &client.registration.hydra_client {
            self.hydra_ids.remove(hydra);
        }
        self.deleted.insert(fact.client);
    }

    pub fn purged(&mut self, fact: &ClientPurged) {
        self.deleted.remove(&fact.client);
    }

    pub fn tagged(&mut self, fact: &ClientTagged) {
        self.change(fact.client, |client| client.tags.clone_from(&fact.after));
    }

    pub fn role_granted(&mut self, fact: &ClientRoleGranted) {
        self.change(fact.client, |client| {
            client.roles.insert(fact.role);
        });
    }

    pub fn role_revoked(&mut self, fact: &ClientRoleRevoked) {
        self.change(fact.client, |client| {
            client.roles.remove(&fact.role);
        });
    }

    pub fn mfa_changed(&mut self, fact: &ClientMfaChanged) {
        self.change(fact.client, |client| client.mfa.clone_from(&fact.after));
    }

    pub fn renamed(&mut self, fact: &ClientRenamed) {
        self.names.remove(&fact.from);
        self.names.insert(fact.to.clone(), fact.client);
        self.change(fact.client, |client| client.name.clone_from(&fact.to));
    }

    pub fn described(&mut self, fact: &ClientDescribed) {
        self.change(fact.client, |client| client.description.clone_from(&fact.to));
    }

    pub fn access_set(&mut self, fact: &ClientAccessSet) {
        self.change(fact.client, |client| client.access.clone_from(&fact.after));
    }

    pub fn usage_changed(&mut self, fact: &ClientUsageChanged) {
        self.change(fact.client, |client| client.usage.clone_from(&fact.after));
    }

    pub fn transferred(&mut self, fact: &ClientTransferred) {
        self.change(fact.client, |client| client.authorized_user = Some(fact.to.clone()));
    }

    pub fn lock(&mut self, id: ClientId, is_locked: bool) {
        self.change(id, |client| client.is_locked = is_locked);
    }

    pub fn activate(&mut self, id: ClientId, is_active: bool) {
        self.change(id, |client| client.is_active = is_active);
    }

    pub fn features_set(&mut self, fact: &ClientFeaturesSet) {
        self.change(fact.client, |client| client.features.clone_from(&fact.after));
    }

    pub fn secret_reset(&mut self, fact: &ClientSecretReset) {
        self.change(fact.client, |client| {
            client.secret_generation = fact.generation;
            client.grace_until = fact.grace_until;
            for id in &fact.credentials {
                if let Some(credential) = client.credentials.get_mut(id) {
                    credential.ends_at = Some(fact.ends_at);
                }
            }
        });
    }

    pub fn grace_ended(&mut self, fact: &ClientSecretGraceEnded) {
        self.change(fact.client, |client| client.grace_until = None);
    }

    pub fn credential_created(&mut self, fact: &ClientCredentialCreated) {
        self.change(fact.client, |client| {
            client.credentials.insert(fact.credential, Credential::created(fact));
        });
    }

    pub fn credential_deactivated(&mut self, fact: &ClientCredentialDeactivated) {
        self.change_credential(fact.client, fact.credential, |terms| {
            terms.status = CredentialStatus::Inactive;
        });
    }

    pub fn credential_changed(&mut self, fact: &ClientCredentialChanged) {
        self.change_credential(fact.client, fact.credential, |terms| {
            terms.clone_from(&fact.after);
        });
    }

    pub fn credential_deleted(&mut self, fact: &ClientCredentialDeleted) {
        self.change_credential(fact.client, fact.credential, |terms| {
            terms.status = CredentialStatus::Deleted;
        });
    }

    fn change_credential(
        &mut self,
        id: ClientId,
        credential: CredentialId,
        how: impl FnOnce(&mut CredentialTerms),
    ) {
        self.change(id, |client| {
            if let Some(held) = client.credentials.get_mut(&credential) {
                how(&mut held.terms);
            }
        });
    }

    fn change(&mut self, id: ClientId, how: impl FnOnce(&mut Client)) {
        if let Some(client) = self.all.get_mut(&id) {
            how(client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_stored_by_the_name_they_show_and_listed_in_that_order() {
        for feature in ClientFeature::ALL {
            assert_eq!(serde_json::to_value(feature).unwrap(), feature.as_str());
        }
        assert!(ClientFeature::ALL.is_sorted_by_key(|feature| feature.as_str()));
    }
}
