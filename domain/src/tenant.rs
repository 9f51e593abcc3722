//! The folded write state of one tenant: what decisions need, and no display data.

use serde::{Deserialize, Serialize};

use crate::{AccessSchemas, RecordCodes, Records, SubjectErased};
use crate::{
    AllowList, Assets, BlockedAssets, Catalog, ClientAllowLists, ClientKeys, ClientSettings,
    Clients, Event, Features, Groups, Memberships, Organizations, Roles, SignIns, Subjects,
    TenantId, Tokens, Users, Webhooks,
};

/// A tenant came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantCreated {
    pub tenant: TenantId,
    pub name: String,
}

/// The secret that the tenant's JSON web tokens are signed with was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecretSet {
    pub tenant: TenantId,
    /// Number of the new secret; the first one is 1.
    pub generation: i64,
}

/// All that stands in one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    /// Whether `tenant.created` was folded: before that, only creating it can be decided.
    pub exists: bool,
    /// Number of the newest signing secret, 0 when there is none.
    pub signing_generation: i64,
    pub organizations: Organizations,
    pub groups: Groups,
    pub assets: Assets,
    pub blocked_assets: BlockedAssets,
    pub roles: Roles,
    pub users: Users,
    pub sign_ins: SignIns,
    pub clients: Clients,
    pub client_allow_lists: ClientAllowLists,
    pub client_settings: ClientSettings,
    pub client_keys: ClientKeys,
    pub memberships: Memberships,
    pub access_schemas: AccessSchemas,
    pub records: Records,
    pub subjects: Subjects,
    pub record_codes: RecordCodes,
    pub tokens: Tokens,
    pub allow_list: AllowList,
    pub catalog: Catalog,
    pub features: Features,
    pub webhooks: Webhooks,
}

impl Tenant {
    /// Raised whenever `apply` or a register changes shape: snapshots of another version are
    /// ignored and the tenant is folded from its events.
    pub const FOLD_VERSION: i32 = 17;

    /// The tenant of which nothing is recorded yet.
    pub fn unborn(id: TenantId) -> Self {
        Self {
            id,
            exists: false,
            signing_generation: 0,
            organizations: Organizations::default(),
            groups: Groups::default(),
            assets: Assets::default(),
            blocked_assets: BlockedAssets::default(),
            roles: Roles::default(),
            users: Users::default(),
            sign_ins: SignIns::default(),
            clients: Clients::default(),
            client_allow_lists: ClientAllowLists::default(),
            client_settings: ClientSettings::default(),
            client_keys: ClientKeys::default(),
            memberships: Memberships::default(),
            access_schemas: AccessSchemas::default(),
            records: Records::default(),
            subjects: Subjects::default(),
            record_codes: RecordCodes::default(),
            tokens: Tokens::default(),
            allow_list: AllowList::default(),
            catalog: Catalog::default(),
            features: Features::default(),
            webhooks: Webhooks::default(),
        }
    }

    /// Folds one fact in. Facts that were recorded are never refused.
    #[expect(clippy::too_many_lines, reason = "a line for each fact")]
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::TenantCreated(_) => self.exists = true,
            Event::SigningSecretSet(fact) => self.signing_generation = fact.generation,
            Event::OrganizationCreated(fact) => self.organizations.created(fact),
            Event::GroupCreated(fact) => self.groups.created(fact),
            Event::GroupRenamed(fact) => self.groups.renamed(fact),
            Event::GroupMoved(fact) => self.groups.moved(fact),
            Event::GroupDeleted(fact) => self.groups.deleted(fact),
            Event::AssetAdded(fact) => self.assets.added(fact),
            Event::AssetMoved(fact) => self.assets.moved(fact),
            Event::AssetRemoved(fact) => {
                self.assets.removed(fact);
                self.blocked_assets.asset_removed(fact);
            }
            Event::ResourceRegistered(fact) => self.assets.resource_registered(fact),
            Event::RoleCreated(fact) => self.roles.created(fact),
            Event::RoleEdited(fact) => self.roles.edited(fact),
            Event::RoleDeleted(fact) => {
                self.roles.deleted(fact);
                self.catalog.contract_types.role_deleted(fact.role);
            }
            Event::UserCreated(fact) => {
                self.users.created(fact);
                self.subjects.user_created(fact);
            }
            Event::UserBlockedAssetsSet(fact) => self.blocked_assets.set(fact),
            Event::UserProfileReplaced(fact) => self.users.profile_replaced(fact),
            Event::UserEmailConfirmed(fact) => self.users.email_confirmed(fact),
            Event::UserGrantsSet(fact) => self.users.grants_set(fact),
            Event::UserDeleted(fact) => {
                self.users.deleted(fact);
                self.sign_ins.forget(&fact.user);
                self.blocked_assets.forget(&fact.user);
            }
            Event::UserNotificationsSet(fact) => self.users.notifications_set(fact),
            Event::UserPasswordSet(fact) => self.sign_ins.password_set(fact),
            Event::UserMailDelivered(fact) => self.sign_ins.mail_delivered(fact),
            Event::UserLocked(fact) => self.sign_ins.locked(fact),
            Event::UserUnlocked(fact) => self.sign_ins.unlocked(fact),
            Event::UserSignedIn(fact) => self.sign_ins.signed_in(fact),
            Event::UserSignInFailed(fact) => self.sign_ins.failed(fact),
            Event::UserSecondFactorChosen(fact) => self.sign_ins.factor_chosen(fact),
            Event::UserSecondFactorReset(fact) => self.sign_ins.factor_reset(fact),
            Event::SignInPolicySet(fact) => self.sign_ins.policy_set(fact),
            Event::ClientCreated(fact) => {
                self.clients.created(fact);
                self.subjects.client_created(fact);
            }
            Event::ClientRenamed(fact) => self.clients.renamed(fact),
            Event::ClientDescribed(fact) => self.clients.described(fact),
            Event::ClientAccessSet(fact) => self.clients.access_set(fact),
            Event::ClientUsageChanged(fact) => self.clients.usage_changed(fact),
            Event::ClientNotificationEmailsSet(fact) => {
                self.clients.notification_emails_set(fact);
            }
            Event::ClientTransferred(fact) => self.clients.transferred(fact),
            Event::ClientLocked(fact) => self.clients.lock(fact.client, true),
            Event::ClientUnlocked(fact) => self.clients.lock(fact.client, false),
            Event::ClientActivated(fact) => self.clients.activate(fact.client, true),
            Event::ClientDeactivated(fact) => self.clients.activate(fact.client, false),
            Event::ClientDeleted(fact) => {
                self.clients.deleted(fact);
                self.client_allow_lists.client_deleted(fact);
                self.client_settings.client_deleted(fact);
                self.access_schemas.client_deleted(fact);
                self.record_codes.client_deleted(fact);
            }
            Event::ClientPurged(fact) => self.clients.purged(fact),
            Event::ClientRegistered(fact) => {
                self.clients.registered(fact.client, &fact.registration);
            }
            Event::ClientRegistrationChanged(fact) => {
                self.clients.registered(fact.client, &fact.after);
            }
            Event::ClientTagged(fact) => self.clients.tagged(fact),
            Event::ClientRoleGranted(fact) => self.clients.role_granted(fact),
            Event::ClientRoleRevoked(fact) => self.clients.role_revoked(fact),
            Event::ClientMfaChanged(fact) => self.clients.mfa_changed(fact),
            Event::ClientFeaturesSet(fact) => self.clients.features_set(fact),
            Event::ClientSecretReset(fact) => {
                self.clients.secret_reset(fact);
                self.tokens.secret_reset(fact);
            }
            Event::ClientSecretGraceEnded(fact) => self.clients.grace_ended(fact),
            Event::ClientCredentialCreated(fact) => self.clients.credential_created(fact),
            Event::ClientCredentialDeactivated(fact) => self.clients.credential_deactivated(fact),
            Event::ClientAllowListSet(fact) => self.client_allow_lists.set(fact),
            Event::ClientAllowListCleared(fact) => self.client_allow_lists.cleared(fact),
            Event::ClientSettingsChanged(fact) => self.client_settings.changed(fact),
            Event::DefaultSettingsChanged(fact) => self.client_settings.defaults_changed(fact),
            Event::ClientCredentialChanged(fact) => self.clients.credential_changed(fact),
            Event::ClientCredentialDeleted(fact) => self.clients.credential_deleted(fact),
            Event::ClientKeyAdded(fact) => self.client_keys.added(fact),
            Event::ClientKeyRemoved(fact) => self.client_keys.removed(fact),
            Event::MembershipSet(fact) => self.memberships.set(fact),
            Event::AccessSchemaSet(fact) => self.access_schemas.set(fact),
            Event::RecordTokenIssued(fact) => self.record_codes.issued(fact),
            Event::RecordTokenUsed(fact) => self.record_codes.used(fact),
            Event::RecordCreated(fact) => {
                self.records.created(fact);
                self.subjects.record_created(fact);
            }
            Event::RecordChanged(fact) => self.records.changed(fact),
            Event::SubjectErased(fact) => self.erased(fact),
            Event::SubjectHeld(fact) => self.subjects.held(fact),
            Event::SubjectReleased(fact) => self.subjects.released(fact),
            Event::TokenIssued(fact) => self.tokens.issued(fact),
            Event::TokenRevoked(fact) => self.tokens.revoked(fact),
            Event::CidrBlockAdded(fact) => self.allow_list.added(fact),
            Event::CidrBlockChanged(fact) => self.allow_list.changed(fact),
            Event::CidrBlockRemoved(fact) => self.allow_list.removed(fact),
            Event::AllowListEnabled(_) => self.allow_list.switch(true),
            Event::AllowListDisabled(_) => self.allow_list.switch(false),
            Event::ContractTypeRegistered(_)
            | Event::ContractTypeAssigned(_)
            | Event::ApiRegistered(_)
            | Event::CpCodeRegistered(_)
            | Event::ProductRegistered(_)
            | Event::SwitchKeyRegistered(_)
            | Event::GrantableRoleRegistered(_) => self.catalog.apply(event),
            Event::FeatureSet(fact) => self.features.set(fact),
            Event::FeaturesReset(fact) => self.features.reset(fact),
            Event::WebhookAdded(fact) => self.webhooks.added(fact),
            Event::WebhookUpdated(fact) => self.webhooks.updated(fact),
            Event::WebhookSecretReset(fact) => self.webhooks.secret_reset(fact),
            Event::WebhookRewound(_) => {}
            Event::WebhookPaused(fact) => self.webhooks.switch(fact.webhook, true),
            Event::WebhookResumed(fact) => self.webhooks.switch(fact.webhook, false),
            Event::WebhookRemoved(fact) => self.webhooks.removed(fact),
        }
    }

    /// What was known of a subject goes from everywhere: what stays is what a fold without the
    /// subject's key would come to.
    fn erased(&mut self, fact: &SubjectErased) {
        let subject = &fact.subject;
        self.subjects.erased(fact);
        self.users.erased(subject);
        self.sign_ins.erased(subject);
        self.clients.erased(subject);
        self.records.erased(subject);
    }

    /// Roughly how much memory it takes, in bytes; grows with what stands in it.
    pub fn weight(&self) -> usize {
        let registers = [
            self.organizations.len(),
            self.groups.len(),
            self.assets.len(),
            self.blocked_assets.len(),
            self.roles.len(),
            // Each with a sealed profile.
            8 * self.users.len(),
            self.sign_ins.len(),
            4 * self.clients.len(),
            self.client_allow_lists.len(),
            self.client_settings.len(),
            self.client_keys.len(),
            self.memberships.len(),
            self.access_schemas.len(),
            self.records.len(),
            self.subjects.len(),
            self.record_codes.len(),
            self.tokens.len(),
            self.allow_list.len(),
            self.catalog.len(),
            self.features.len(),
            8 * self.webhooks.len(),
        ];
        1024 + 256 * registers.iter().sum::<usize>()
    }
}
