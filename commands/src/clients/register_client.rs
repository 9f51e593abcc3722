//! Creates an API client with what the tenant-clients dialect tells of one (tenant clients,
//! "create" and "register").

use domain::{
    Aggregate, ClientCreated, ClientDeactivated, ClientId, ClientKind, ClientRegistered, Event,
    OrganizationId, Registration, Right, Tenant,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::activity::{Activity, StatusFault};
use super::contact::{ClearEmail, EmailFault, SealedEmail};
use super::{CreateClient, CreateClientRejection, FreshClient};
use crate::names::{bytes_of, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// How many characters ids of other systems may have.
pub(super) const FOREIGN_ID_MAX: usize = 256;

/// What kinds of clients there are (tenant clients, `client_type`).
pub const CLIENT_TYPES: [&str; 3] = ["application", "ai_agent", "m2m_service"];

/// Creates an API client with what the tenant-clients dialect tells of one, and shows its first
/// secret once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterClient {
    /// 1 to 256 characters; no other client has it.
    pub name: String,
    /// At most 1,000 characters.
    #[serde(default)]
    pub description: String,
    /// At most 512 characters.
    pub email: Option<ClearEmail>,
    /// Who answers for it: the subject of a token.
    pub owner: Option<String>,
    /// Whatever the tokens' issuer calls the organization; none of this tenant need have that id.
    #[schemars(with = "Option<String>")]
    pub organization: Option<OrganizationId>,
    pub project: Option<String>,
    /// Each 1 to 100 characters.
    #[serde(default)]
    pub tags: Vec<String>,
    /// No other client has it; the client's own id if absent.
    pub hydra_client_id: Option<String>,
    /// Whether an absent `hydraClientId` stands for `<id>-main-client`, as for those who register.
    #[serde(default)]
    pub is_main: bool,
    #[serde(default)]
    pub oidc_enabled: bool,
    /// True if absent, unless `status` says otherwise.
    pub active: Option<bool>,
    /// `Active`, `Inactive`, or another word for why it is not active.
    pub status: Option<String>,
    /// `application` if absent.
    #[schemars(extend("enum" = ["application", "ai_agent", "m2m_service", null]))]
    pub client_type: Option<String>,
    pub agent_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterClientRejection {
    #[error(transparent)]
    Client(CreateClientRejection),
    #[error("the email is no address that mail can be sent to")]
    EmailInvalid,
    #[error("client {0} has that hydra_client_id")]
    HydraTaken(ClientId),
    #[error("`{0}` has 1 to {FOREIGN_ID_MAX} characters, not all of them blank")]
    TextInvalid(&'static str),
    #[error("a client's type is one of application, ai_agent, m2m_service")]
    TypeUnknown,
    #[error("{0}")]
    Status(StatusFault),
    #[error("no client is deleted from the start")]
    BornDeleted,
}

impl Rejection for RegisterClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Client(rejection) => rejection.refusal(),
            Self::EmailInvalid => Refusal::invalid("email_invalid", "email"),
            Self::HydraTaken(by) => {
                let blocking = vec![Aggregate::client(*by)];
                Refusal::conflict("hydra_client_id_taken", blocking).about("hydraClientId")
            }
            Self::TextInvalid(member) => Refusal::invalid("text_invalid", member),
            Self::TypeUnknown => Refusal::invalid("client_type_unknown", "clientType"),
            Self::Status(_) | Self::BornDeleted => Refusal::invalid("status_invalid", "status"),
        }
    }
}

/// What a new client is called, its first secret, and who answers for it.
#[derive(Debug)]
pub struct FreshRegistration {
    pub client: FreshClient,
    pub email: Option<Result<SealedEmail, EmailFault>>,
}

impl RegisterClient {
    /// The part that every dialect knows.
    fn base(&self) -> CreateClient {
        CreateClient {
            name: self.name.clone(),
            description: self.description.clone(),
            kind: ClientKind::ServiceAccount,
            authorized_user: None,
            organization: None,
            features: Vec::new(),
            access: Vec::new(),
            tags: self.tags.clone(),
            is_default: false,
        }
    }

    fn check_texts(&self) -> Result<(), RegisterClientRejection> {
        let texts = [
            ("owner", self.owner.as_deref()),
            ("organization", self.organization.as_ref().map(OrganizationId::as_str)),
            ("project", self.project.as_deref()),
            ("hydraClientId", self.hydra_client_id.as_deref()),
            ("agentType", self.agent_type.as_deref()),
        ];
        let mut texts = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
        let bad = texts.find(|(_, text)| !is_name(text, FOREIGN_ID_MAX));
        bad.map_or(Ok(()), |(name, _)| Err(RegisterClientRejection::TextInvalid(name)))
    }

    fn registration(
        &self,
        tenant: &Tenant,
        email: Option<&Result<SealedEmail, EmailFault>>,
    ) -> Result<Registration, RegisterClientRejection> {
        use RegisterClientRejection as No;

        self.check_texts()?;
        if let Some(by) =
            self.hydra_client_id.as_deref().and_then(|id| tenant.clients.with_hydra_id(id))
        {
            return Err(No::HydraTaken(by));
        }
        let usual = Registration::default();
        let client_type = self.client_type.clone().unwrap_or(usual.client_type);
        if !CLIENT_TYPES.contains(&client_type.as_str()) {
            return Err(No::TypeUnknown);
        }
        let email = match email {
            None => None,
            Some(Ok(sealed)) => Some(sealed.sealed.clone()),
            Some(Err(EmailFault::Invalid | EmailFault::Erased)) => return Err(No::EmailInvalid),
        };
        Ok(Registration {
            email,
            owner: self.owner.clone(),
            project: self.project.clone(),
            hydra_client: self.hydra_client_id.clone(),
            oidc_enabled: self.oidc_enabled,
            client_type,
            agent_type: self.agent_type.clone(),
            status: None,
        })
    }
}

impl Command for RegisterClient {
    type Rejection = RegisterClientRejection;
    type Fresh = FreshRegistration;
    const NAME: &'static str = "RegisterClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        self.organization.as_ref()
    }

    fn weight(&self) -> usize {
        let ids = [&self.owner, &self.project, &self.hydra_client_id, &self.agent_type];
        let ids = ids.into_iter().flatten().map(String::len).sum::<usize>();
        size_of_val(self) + self.name.len() + self.description.len() + ids + bytes_of(&self.tags)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshRegistration, SealError> {
        let client = self.base().draw(mint)?;
        let email = self.email.take().map(|email| email.seal(client.client, mint.keys()));
        Ok(FreshRegistration { email: email.transpose()?, client })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshRegistration>) -> Aggregate {
        Aggregate::client(context.fresh.client.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshRegistration>,
    ) -> Result<Vec<Event>, RegisterClientRejection> {
        let fresh = &context.fresh;
        let fact =
            self.base().fact(tenant, &fresh.client).map_err(RegisterClientRejection::Client)?;
        let mut registration = self.registration(tenant, fresh.email.as_ref())?;
        let activity = Activity::of(self.active, self.status.as_deref());
        let is_active = match activity.map_err(RegisterClientRejection::Status)? {
            None | Some(Activity::Active) => true,
            Some(Activity::Inactive(word)) => {
                registration.status = word;
                false
            }
            Some(Activity::Deleted) => return Err(RegisterClientRejection::BornDeleted),
        };
        let client = fact.client;
        if self.is_main && registration.hydra_client.is_none() {
            registration.hydra_client = Some(format!("{client}-main-client"));
        }
        let created = ClientCreated { organization: self.organization.clone(), ..fact };
        let mut events = vec![created.into(), ClientRegistered { client, registration }.into()];
        if !is_active {
            events.push(ClientDeactivated { client }.into());
        }
        Ok(events)
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshRegistration>) -> Vec<VaultWrite> {
        context.fresh.client.kept()
    }

    fn reply(fresh: &FreshRegistration) -> Map<String, Value> {
        CreateClient::reply(&fresh.client)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample;

    fn decide(mut body: Value) -> Result<Vec<Event>, RegisterClientRejection> {
        if body.get("name").is_none() {
            body["name"] = json!("crawler");
        }
        let (tenant, keys) = (tenant(), sample::keys(&tenant().id));
        let mut command: RegisterClient = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let context = Context::sample(fresh);
        assert_eq!(command.vault(&tenant, &context).len(), 2, "a secret and a key");
        let events = command.decide(&tenant, &context)?;
        Ok(events.into_iter().map(|event| keys.opened(event)).collect())
    }

    fn registration(body: Value) -> Registration {
        let events = decide(body).unwrap();
        let Some(Event::ClientRegistered(fact)) = events.get(1) else { panic!("{events:?}") };
        fact.registration.clone()
    }

    #[test]
    fn a_name_is_enough_and_what_is_given_is_told() {
        assert_eq!(registration(json!({})), Registration::default());
        let told = registration(json!({
            "email": "ops@acme.example", "owner": "u-1", "organization": "elsewhere", "project": "p",
            "hydraClientId": "h", "oidcEnabled": true, "clientType": "ai_agent", "agentType": "bot",
        }));
        let email = told.email.as_ref().and_then(|email| email.known()).unwrap();
        assert_eq!(email.address, "ops@acme.example");
        assert_eq!((told.owner.as_deref(), told.hydra_client.as_deref()), (Some("u-1"), Some("h")));
        assert_eq!((told.client_type.as_str(), told.oidc_enabled), ("ai_agent", true));
        let main = registration(json!({"isMain": true})).hydra_client.unwrap();
        assert!(main.ends_with("-main-client"), "{main}");
    }

    #[test]
    fn one_may_begin_inactive() {
        let events = decide(json!({"status": "Pending"})).unwrap();
        let names: Vec<_> = events.iter().map(Event::name).collect();
        assert_eq!(names, ["client.created", "client.registered", "client.deactivated"]);
        assert_eq!(registration(json!({"status": "Pending"})).status.as_deref(), Some("Pending"));
    }

    #[test]
    fn refuses_what_no_client_can_be() {
        use RegisterClientRejection as No;
        let refused = |body: Value| decide(body).unwrap_err();
        let taken = No::Client(CreateClientRejection::NameTaken(id(2)));
        assert_eq!(refused(json!({"name": "robot"})), taken);
        assert_eq!(refused(json!({"email": "nobody"})), No::EmailInvalid);
        assert_eq!(refused(json!({"owner": " "})), No::TextInvalid("owner"));
        assert_eq!(refused(json!({"hydraClientId": id(2)})), No::HydraTaken(id(2)));
        assert_eq!(refused(json!({"clientType": "toaster"})), No::TypeUnknown);
        assert_eq!(refused(json!({"status": "Deleted"})), No::BornDeleted);
        let contradiction = No::Status(StatusFault::Contradiction);
        assert_eq!(refused(json!({"active": true, "status": "Pending"})), contradiction);
    }
}
