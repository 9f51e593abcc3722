//! Creates an API client under all its names at once (Capture, `clients/add`; Akamai IAM v3,
//! "Create an API client"; tenant clients, "create").

use std::collections::BTreeSet;

use domain::{
    Aggregate, AkamaiClientId, CaptureClientId, ClientCreated, ClientId, ClientKind, Event,
    OrganizationId, Right, Tenant, UserId,
};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{DESCRIPTION_MAX, FeatureFault, NAME_MAX, TAG_MAX, features, secret_id};
use crate::access::{self, Grant, GrantFault};
use crate::mint::{CAPTURE_ALPHABET, LOWER_ALPHABET};
use crate::names::{bytes_of, is_description, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// Creates an API client, and shows its first secret once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateClient {
    /// 1 to 256 characters; no other client has it.
    pub name: String,
    /// At most 1,000 characters.
    #[serde(default)]
    pub description: String,
    /// `SERVICE_ACCOUNT` if absent.
    #[serde(default = "service_account")]
    #[schemars(with = "String", extend("enum" = ["CLIENT", "USER_CLIENT", "SERVICE_ACCOUNT"]))]
    pub kind: ClientKind,
    /// The user it acts for; a service account may do without.
    #[schemars(with = "Option<String>")]
    pub authorized_user: Option<UserId>,
    #[schemars(with = "Option<String>")]
    pub organization: Option<OrganizationId>,
    /// As `SetClientFeatures` takes them.
    #[serde(default)]
    pub features: Vec<String>,
    #[serde(default)]
    pub access: Vec<Grant>,
    /// Each 1 to 100 characters.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether it is the client the tenant starts with, which can be neither deactivated nor
    /// deleted.
    #[serde(default)]
    pub is_default: bool,
}

fn service_account() -> ClientKind {
    ClientKind::ServiceAccount
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateClientRejection {
    #[error("a client's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("client {0} has that name")]
    NameTaken(ClientId),
    #[error("a client's description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
    #[error("a tag has 1 to {TAG_MAX} characters, not all of them blank")]
    TagInvalid,
    #[error("a client that is no service account acts for one user")]
    UserMissing,
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error(transparent)]
    Features(FeatureFault),
    #[error(transparent)]
    Access(GrantFault),
}

impl Rejection for CreateClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => {
                Refusal::conflict("name_taken", vec![Aggregate::client(*by)]).about("name")
            }
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
            Self::TagInvalid => Refusal::invalid("tag_invalid", "tags"),
            Self::UserMissing => Refusal::invalid("user_missing", "authorizedUser"),
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "authorizedUser"),
            Self::OrganizationUnknown(_) => {
                Refusal::not_found("organization_unknown", "organization")
            }
            Self::Features(fault) => fault.refusal(),
            Self::Access(fault) => fault.refusal("access"),
        }
    }
}

/// What a new client is called, and its first secret.
#[derive(Debug)]
pub struct FreshClient {
    pub client: ClientId,
    pub akamai_id: AkamaiClientId,
    pub capture_id: CaptureClientId,
    pub secret: Secret,
    /// Keeps the key that what is personal about the client is sealed under.
    pub key: VaultWrite,
}

impl FreshClient {
    pub(super) fn draw(mint: &Mint<'_>) -> Result<Self, SealError> {
        let client = ClientId(mint.uuid()?);
        let akamai_id = AkamaiClientId(mint.text(LOWER_ALPHABET, 16)?);
        let capture_id = CaptureClientId(mint.text(CAPTURE_ALPHABET, 32)?);
        let clear = mint.text(CAPTURE_ALPHABET, 32)?;
        let stored = clear.clone().into_bytes();
        let secret = mint.secret(VaultKind::ClientSecret, client.to_string(), clear, &stored)?;
        let key = mint.keys().new_subject(&client.to_string())?;
        Ok(Self { client, akamai_id, capture_id, secret, key })
    }

    /// What the vault keeps of it.
    pub(super) fn kept(&self) -> Vec<VaultWrite> {
        vec![self.secret.kept_as(secret_id(&self.capture_id, 1)), self.key.clone()]
    }
}

impl CreateClient {
    /// The fact it comes to.
    pub(super) fn fact(
        &self,
        tenant: &Tenant,
        fresh: &FreshClient,
    ) -> Result<ClientCreated, CreateClientRejection> {
        use CreateClientRejection as No;

        self.check_wording(tenant)?;
        self.check_belonging(tenant)?;
        Ok(ClientCreated {
            client: fresh.client,
            akamai_id: fresh.akamai_id.clone(),
            capture_id: fresh.capture_id.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind,
            authorized_user: self.authorized_user.clone(),
            organization: self.organization.clone(),
            features: features::read(&self.features).map_err(No::Features)?,
            access: access::checked(&self.access, tenant).map_err(No::Access)?,
            tags: self.tags.iter().cloned().collect::<BTreeSet<_>>(),
            is_default: self.is_default,
        })
    }

    fn check_wording(&self, tenant: &Tenant) -> Result<(), CreateClientRejection> {
        use CreateClientRejection as No;

        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        if let Some(by) = tenant.clients.named(&self.name) {
            return Err(No::NameTaken(by));
        }
        if !is_description(&self.description, DESCRIPTION_MAX) {
            return Err(No::DescriptionInvalid);
        }
        if !self.tags.iter().all(|tag| is_name(tag, TAG_MAX)) {
            return Err(No::TagInvalid);
        }
        Ok(())
    }

    fn check_belonging(&self, tenant: &Tenant) -> Result<(), CreateClientRejection> {
        use CreateClientRejection as No;

        match &self.authorized_user {
            Some(user) if tenant.users.get(user).is_none() => {
                return Err(No::UserUnknown(user.clone()));
            }
            None if self.kind != ClientKind::ServiceAccount => return Err(No::UserMissing),
            Some(_) | None => {}
        }
        match &self.organization {
            Some(id) if !tenant.organizations.contains(id) => {
                Err(No::OrganizationUnknown(id.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Command for CreateClient {
    type Rejection = CreateClientRejection;
    type Fresh = FreshClient;
    const NAME: &'static str = "CreateClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        self.organization.as_ref()
    }

    fn weight(&self) -> usize {
        size_of_val(self)
            + self.name.len()
            + self.description.len()
            + bytes_of(&self.features)
            + bytes_of(&self.tags)
            + size_of_val(self.access.as_slice())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshClient, SealError> {
        FreshClient::draw(mint)
    }

    fn target(&self, _: &Tenant, context: &Context<FreshClient>) -> Aggregate {
        Aggregate::client(context.fresh.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshClient>,
    ) -> Result<Vec<Event>, CreateClientRejection> {
        Ok(vec![self.fact(tenant, &context.fresh)?.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshClient>) -> Vec<VaultWrite> {
        context.fresh.kept()
    }

    fn reply(fresh: &FreshClient) -> Map<String, Value> {
        Map::from_iter([
            ("client".to_owned(), fresh.client.to_string().into()),
            ("akamaiId".to_owned(), fresh.akamai_id.as_str().into()),
            ("captureId".to_owned(), fresh.capture_id.as_str().into()),
            ("secret".to_owned(), fresh.secret.expose().into()),
        ])
    }
}

#[cfg(test)]
mod tests;
