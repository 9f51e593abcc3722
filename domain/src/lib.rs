//! Facts, identifiers and the folded state of one tenant. Nothing here does input or output,
//! knows the time, or draws a random number: all of that arrives as values.

mod access;
mod access_schemas;
mod actor;
mod aggregate;
mod allow_list;
mod assets;
mod authority;
mod blocked_assets;
mod catalog;
mod client_allow_lists;
mod client_keys;
mod client_settings;
mod clients;
mod drawn;
mod event;
mod features;
mod grantable;
mod groups;
mod ids;
mod memberships;
mod moves;
mod notifications;
mod organizations;
mod personal;
mod profile;
mod record_tokens;
mod records;
pub mod reference;
mod roles;
#[cfg(test)]
mod samples;
mod sign_ins;
mod subjects;
mod tenant;
mod tokens;
mod touched;
mod upcast;
mod users;
mod webhooks;

pub use access::{Access, Grants, GroupGrant, Held};
pub use access_schemas::{AccessKind, AccessSchemaSet, AccessSchemas};
pub use actor::{Actor, ActorKind, Right, Rights};
pub use aggregate::{Aggregate, Details, Stamp};
pub use allow_list::{
    AllowList, AllowListDisabled, AllowListEnabled, CidrBlock, CidrBlockAdded, CidrBlockChanged,
    CidrBlockRemoved, Hold,
};
pub use assets::{
    Asset, AssetAdded, AssetKind, AssetMoved, AssetRemoved, Assets, Resource, ResourceKind,
    ResourceRegistered,
};
pub use authority::Authority;
pub use blocked_assets::{BlockedAssets, UserBlockedAssetsSet};
pub use catalog::{
    AccessLevel, Api, ApiRegistered, Assignee, Catalog, ContractType, ContractTypeAssigned,
    ContractTypeRegistered, ContractTypes, CpCode, CpCodeRegistered, GrantableRoleRegistered,
    Product, ProductRegistered, Registered, SwitchKey, SwitchKeyRegistered,
};
pub use client_allow_lists::{ClientAllowListCleared, ClientAllowListSet, ClientAllowLists};
pub use client_keys::{ClientKeyAdded, ClientKeyRemoved, ClientKeys};
pub use client_settings::{
    ClientSettings, ClientSettingsChanged, DefaultSettingsChanged, SettingChange, Settings,
};
pub use clients::{
    ApiAccess, ApiGrant, Client, ClientAccess, ClientAccessSet, ClientActivated, ClientCreated,
    ClientCredentialChanged, ClientCredentialCreated, ClientCredentialDeactivated,
    ClientCredentialDeleted, ClientDeactivated, ClientDeleted, ClientDescribed, ClientFeature,
    ClientFeaturesSet, ClientKind, ClientLocked, ClientMfaChanged, ClientNotificationEmailsSet,
    ClientPurged, ClientRegistered, ClientRegistrationChanged, ClientRenamed, ClientRoleGranted,
    ClientRoleRevoked, ClientSecretGraceEnded, ClientSecretReset, ClientTagged, ClientTransferred,
    ClientUnlocked, ClientUsage, ClientUsageChanged, Clients, ContactEmail, Credential,
    CredentialStatus, CredentialTerms, GroupAccess, GroupRole, IpAcl, Mfa, NotificationEmails,
    Notified, PurgeOptions, Registration,
};
pub use event::{DecodeError, Event, Fact};
pub use features::{
    FeatureKey, FeatureSet, FeatureValue, Features, FeaturesReset, ImprovedPerformance, Level,
    LoginV2,
};
pub use grantable::{GRANTABLE_ROLES, GrantableRole};
pub use groups::{Group, GroupCreated, GroupDeleted, GroupMoved, GroupRenamed, Groups};
pub use ids::RecordId;
pub use ids::{
    AkamaiClientId, ApiId, AssetId, CaptureClientId, CidrBlockId, ClientId, ContractTypeId,
    CpCodeId, CredentialId, GrantedRoleId, GroupId, IdError, KeyId, OrganizationId, ResourceId,
    RoleId, TenantId, TokenId, UserId, WebhookId,
};
pub use memberships::{MemberRole, MembershipSet, Memberships};
pub use moves::{AccessChange, Lineage, MoveFault, PlannedMove};
pub use notifications::{Notifications, UserNotificationsSet};
pub use organizations::{OrganizationCreated, Organizations};
pub use personal::{Open, Opened, Personal, Private, Sealed};
pub use profile::{LANGUAGE_USUAL, Profile, SESSION_SECONDS_USUAL, TIME_ZONE_USUAL};
pub use record_tokens::{
    RecordCode, RecordCodes, RecordTokenIssued, RecordTokenKind, RecordTokenUsed,
};
pub use records::{
    Attribute, AttributeFault, AttributeKind, Attributes, RECORD_ATTRIBUTES, RECORD_TYPE, Record,
    RecordChanged, RecordContent, RecordCreated, Records,
};
pub use roles::{
    Permission, Role, RoleContent, RoleCreated, RoleDeleted, RoleEdited, RoleKind, Roles,
};
pub use sign_ins::{
    LockReason, PasswordUse, SecondFactor, SignIn, SignInMethod, SignInPolicy, SignInPolicySet,
    SignIns, UserLocked, UserMailDelivered, UserPasswordSet, UserSecondFactorChosen,
    UserSecondFactorReset, UserSignInFailed, UserSignedIn, UserUnlocked,
};
pub use subjects::{Subject, SubjectErased, SubjectHeld, SubjectReleased, Subjects};
pub use tenant::{SigningSecretSet, Tenant, TenantCreated};
pub use tokens::{Token, TokenIssued, TokenRevoked, Tokens};
pub use users::{
    Person, User, UserCreated, UserDeleted, UserEmailConfirmed, UserGrantsSet, UserProfileReplaced,
    Users,
};
pub use webhooks::{
    PauseReason, Webhook, WebhookAdded, WebhookContent, WebhookPaused, WebhookRemoved,
    WebhookResumed, WebhookRewound, WebhookSecretReset, WebhookUpdated, Webhooks, is_event_filter,
};
