//! The one list of all commands. The native API has its routes, its names and its schemas from
//! here, and whatever is sent to it goes through [`dispatch`].

use std::future::Future;

use domain::{Details, Event, OrganizationId, Right, Rights};
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::allow_list::{
    AddCidrBlock, ChangeCidrBlock, DisableAllowList, EnableAllowList, RemoveCidrBlock,
};
use crate::assets::{
    AddAsset, BlockUsersOnAsset, MoveAsset, RegisterResource, RemoveAsset, SetBlockedAssets,
};
use crate::body::{self, BodyError};
use crate::catalog::{
    AssignContractType, RegisterApi, RegisterCatalog, RegisterContractType, RegisterCpCode,
    RegisterGrantableRole, RegisterProduct, RegisterSwitchKey,
};
use crate::client_keys::{AddClientKey, RemoveClientKey};
use crate::clients::{
    ActivateClient, ChangeClientMfa, ChangeSettings, ClearClientAllowList, CreateApiClient,
    CreateClient, CreateClientCredential, DeactivateAllClientCredentials, DeactivateClient,
    DeactivateClientCredential, DeleteClient, DeleteClientCredential, DeleteOwnClient,
    DescribeClient, EditClient, EditClientCredential, EndSecretGrace, GrantClientRole, LockClient,
    PurgeClient, RegisterClient, RenameClient, ResetClientSecret, RevokeClientRole,
    SetClientAllowList, SetClientFeatures, UnlockClient, UpdateClient,
};
use crate::clients::{CreateRestrictedClient, ReplaceClient};
use crate::features::{ResetFeatures, SetFeatures};
use crate::groups::{CreateGroup, DeleteGroup, MoveGroup, RenameGroup};
use crate::memberships::SetMembership;
use crate::organizations::CreateOrganization;
use crate::records::{
    CreateRecord, IssueRecordToken, ReplaceRecord, SetAccessSchema, UseRecordCode,
};
use crate::roles::{CreateRole, DeleteRole, EditRole};
use crate::sign_ins::{
    ChangeUserPassword, ChooseSecondFactor, LockUser, RecordMailDelivered, RecordSignIn,
    ResetSecondFactor, ResetUserPassword, SetSignInPolicy, SetUserPassword, UnlockUser,
};
use crate::subjects::{EraseSubject, HoldSubject, ReleaseSubject};
use crate::tenants::{CreateTenant, SetSigningSecret};
use crate::tokens::{IssueToken, RevokeToken};
use crate::users::{
    ConfirmEmail, CreateUser, DeleteUser, ReplaceUserProfile, SetUserGrants, SetUserNotifications,
};
use crate::webhooks::{
    AddWebhook, PauseWebhook, RemoveWebhook, ResetWebhookSecret, ResumeWebhook, RewindWebhook,
    UpdateWebhook,
};
use crate::{Command, Granted, Refusal, Rejection};

/// A command, as the native API offers it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    /// JSON schema of its body.
    pub schema: fn() -> Value,
    /// Whether it is let in when the queue is otherwise full.
    pub urgent: bool,
}

impl Entry {
    const fn of<C: Command + JsonSchema>() -> Self {
        Self { name: C::NAME, schema: || schema_for!(C).to_value(), urgent: C::URGENT }
    }
}

/// What a command asks of whoever sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<'a> {
    pub right: Right,
    /// The organization it stays within, if it does: holding the right there is enough.
    pub organization: Option<&'a OrganizationId>,
    /// Rights it hands out, all of which its sender must hold.
    pub confers: Rights,
}

/// Whoever holds a caller to what they may do, and brings their command to the writer.
pub trait Desk: Sync {
    /// Whatever goes wrong there; rejections have their uniform form in [`Declined`].
    type Error;

    fn allow(&self, asked: &Asked<'_>) -> Result<(), Self::Error>;

    fn run<C: Command>(
        &self,
        command: C,
    ) -> impl Future<Output = Result<Granted<C::Fresh>, Self::Error>> + Send;
}

/// A rejection without its type: what it comes to, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    pub refusal: Refusal,
    pub text: String,
}

impl<R: Rejection> From<&R> for Declined {
    fn from(rejection: &R) -> Self {
        Self { refusal: rejection.refusal(), text: rejection.to_string() }
    }
}

/// A command that was granted, without its type.
#[derive(Debug)]
pub struct Done {
    pub details: Option<Details>,
    pub ordinal: i64,
    pub partition: i32,
    pub position: i64,
    pub events: Vec<Event>,
    /// New ids, and a secret, once.
    pub reply: Map<String, Value>,
}

/// Why a command was not run, or not granted.
#[derive(Debug, PartialEq, Eq)]
pub enum Undone<E> {
    /// None has that name.
    NoCommand,
    Body(BodyError),
    /// Not allowed, or not granted.
    Desk(E),
}

async fn send<C, D>(desk: &D, body: &[u8]) -> Result<Done, Undone<D::Error>>
where
    C: Command + DeserializeOwned,
    D: Desk,
{
    let command: C = body::read(body).map_err(Undone::Body)?;
    let (right, organization) = (command.needs(), command.organization());
    desk.allow(&Asked { right, organization, confers: command.confers() }).map_err(Undone::Desk)?;
    let granted = desk.run(command).await.map_err(Undone::Desk)?;
    let reply = C::reply(&granted.fresh);
    let Granted { details, ordinal, partition, position, events, fresh: _ } = granted;
    Ok(Done { details, ordinal, partition, position, events, reply })
}

macro_rules! commands {
    ($($command:ident)*) => {
        /// Every command there is, by name.
        pub static COMMANDS: &[Entry] = &[$(Entry::of::<$command>()),*];

        /// Reads the body of the command of that name, and sends it through `desk`.
        pub async fn dispatch<D: Desk>(
            desk: &D,
            name: &str,
            body: &[u8],
        ) -> Result<Done, Undone<D::Error>> {
            match name {
                $(<$command as Command>::NAME => send::<$command, D>(desk, body).await,)*
                _ => Err(Undone::NoCommand),
            }
        }
    };
}

commands! {
    ActivateClient
    AddAsset
    AddCidrBlock
    AddClientKey
    AddWebhook
    AssignContractType
    BlockUsersOnAsset
    ChangeCidrBlock
    ChangeClientMfa
    ChangeSettings
    ChangeUserPassword
    ChooseSecondFactor
    ClearClientAllowList
    ConfirmEmail
    CreateApiClient
    CreateClient
    CreateClientCredential
    CreateGroup
    CreateOrganization
    CreateRecord
    CreateRestrictedClient
    CreateRole
    CreateTenant
    CreateUser
    DeactivateAllClientCredentials
    DeactivateClient
    DeactivateClientCredential
    DeleteClient
    DeleteClientCredential
    DeleteOwnClient
    DeleteGroup
    DeleteRole
    DeleteUser
    DescribeClient
    DisableAllowList
    EditClient
    EditClientCredential
    EditRole
    EnableAllowList
    EndSecretGrace
    EraseSubject
    GrantClientRole
    HoldSubject
    IssueRecordToken
    IssueToken
    LockClient
    LockUser
    MoveAsset
    MoveGroup
    PauseWebhook
    PurgeClient
    RecordMailDelivered
    RecordSignIn
    RegisterApi
    RegisterCatalog
    RegisterClient
    RegisterContractType
    RegisterCpCode
    RegisterGrantableRole
    RegisterProduct
    RegisterResource
    RegisterSwitchKey
    ReleaseSubject
    RemoveAsset
    RemoveCidrBlock
    RemoveClientKey
    RemoveWebhook
    RenameClient
    RenameGroup
    ReplaceClient
    ReplaceRecord
    ReplaceUserProfile
    ResetClientSecret
    ResetFeatures
    ResetSecondFactor
    ResetUserPassword
    ResetWebhookSecret
    ResumeWebhook
    RevokeClientRole
    RevokeToken
    RewindWebhook
    SetAccessSchema
    SetBlockedAssets
    SetClientAllowList
    SetClientFeatures
    SetFeatures
    SetMembership
    SetSignInPolicy
    SetSigningSecret
    SetUserGrants
    SetUserNotifications
    SetUserPassword
    UnlockClient
    UnlockUser
    UpdateClient
    UpdateWebhook
    UseRecordCode
}

#[cfg(test)]
mod tests;
