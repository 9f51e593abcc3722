//! Creates an API client to call with: for one user, with all it may reach and how it may be used,
//! and with a credential where one is asked for (Akamai IAM v3, "Create an API client").

use domain::{
    Aggregate, ClientAccessSet, ClientKind, ClientNotificationEmailsSet, ClientUsage,
    ClientUsageChanged, Event, Right, Tenant, UserId,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::create_client_credential::first_expiry;
use super::notified::{ClearEmails, DrawnEmails, EmailsFault};
use super::reach::{ReachFault, WantedAccess, hands_on};
use super::usage::{UsageFault, WantedUsage};
use super::{CreateClient, CreateClientCredential, CreateClientRejection};
use super::{FreshClient, FreshCredential};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Creates an API client to call with, and shows its secrets once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiClient {
    /// 1 to 256 characters; no other client of the tenant has it.
    pub name: String,
    /// At most 1,000 characters.
    #[serde(default)]
    pub description: String,
    #[schemars(with = "String", extend("enum" = ["CLIENT", "USER_CLIENT"]))]
    pub kind: ClientKind,
    /// The user it acts for.
    #[schemars(with = "String")]
    pub authorized_user: UserId,
    pub access: WantedAccess,
    #[serde(default)]
    pub usage: WantedUsage,
    /// Whom to tell when its credentials expire, at most 100. Empty once they were sealed.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub notification_emails: ClearEmails,
    /// Whether it has a credential from the start.
    #[serde(default)]
    pub with_credential: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateApiClientRejection {
    #[error("a client to call with is a CLIENT or a USER_CLIENT")]
    KindInvalid,
    #[error(transparent)]
    Client(CreateClientRejection),
    #[error(transparent)]
    Access(ReachFault),
    #[error(transparent)]
    Usage(UsageFault),
    #[error(transparent)]
    Emails(EmailsFault),
}

impl Rejection for CreateApiClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::KindInvalid => Refusal::invalid("kind_invalid", "kind"),
            Self::Client(rejection) => rejection.refusal(),
            Self::Access(fault) => fault.refusal(),
            Self::Usage(fault) => fault.refusal(),
            Self::Emails(fault) => fault.refusal(),
        }
    }
}

/// What a new client is called, its secrets, and whom to tell, sealed.
#[derive(Debug)]
pub struct FreshApiClient {
    pub client: FreshClient,
    pub emails: DrawnEmails,
    pub credential: Option<FreshCredential>,
}

impl CreateApiClient {
    /// The client as any dialect makes one.
    fn bare(&self, tenant: &Tenant) -> CreateClient {
        let user = tenant.users.get(&self.authorized_user);
        CreateClient {
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind,
            authorized_user: Some(self.authorized_user.clone()),
            organization: user.map(|user| user.organization.clone()),
            features: Vec::new(),
            access: Vec::new(),
            tags: Vec::new(),
            is_default: false,
        }
    }
}

impl Command for CreateApiClient {
    type Rejection = CreateApiClientRejection;
    type Fresh = FreshApiClient;
    const NAME: &'static str = "CreateApiClient";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn subject(&self) -> Option<String> {
        Some(self.authorized_user.to_string())
    }

    fn weight(&self) -> usize {
        size_of_val(self)
            + self.name.len()
            + self.description.len()
            + self.access.weight()
            + self.usage.weight()
            + self.notification_emails.weight()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshApiClient, SealError> {
        let client = FreshClient::draw(mint)?;
        let emails = std::mem::take(&mut self.notification_emails);
        let emails = emails.seal(Some(&self.authorized_user), mint.keys())?;
        let credential = if self.with_credential {
            let mut command = CreateClientCredential { client: client.client };
            Some(command.draw(mint)?)
        } else {
            None
        };
        Ok(FreshApiClient { client, emails, credential })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshApiClient>) -> Aggregate {
        Aggregate::client(context.fresh.client.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshApiClient>,
    ) -> Result<Vec<Event>, CreateApiClientRejection> {
        use CreateApiClientRejection as No;

        if self.kind == ClientKind::ServiceAccount {
            return Err(No::KindInvalid);
        }
        let fresh = &context.fresh;
        let client = fresh.client.client;
        let born = self.bare(tenant).fact(tenant, &fresh.client).map_err(No::Client)?;
        let user = Some(&self.authorized_user);
        let after = self.access.checked(tenant, user).map_err(No::Access)?;
        hands_on(&after.groups, tenant, user, &context.authority).map_err(No::Access)?;
        let usage = self.usage.checked(&after, tenant, user).map_err(No::Usage)?;
        let emails = fresh.emails.as_ref().map_err(|fault| No::Emails(*fault))?;
        let before = born.access();
        let mut events = vec![born.into()];
        if after != before {
            events.push(ClientAccessSet { client, before, after }.into());
        }
        let expires_at = first_expiry(self.kind, &usage, context.now);
        if usage != ClientUsage::default() {
            let (before, after) = (ClientUsage::default(), usage);
            events.push(ClientUsageChanged { client, before, after }.into());
        }
        if let Some(sealed) = emails {
            let emails = Some(sealed.emails.clone());
            events.push(ClientNotificationEmailsSet { client, emails }.into());
        }
        events.extend(fresh.credential.iter().map(|it| it.fact(client, expires_at).into()));
        Ok(events)
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshApiClient>) -> Vec<VaultWrite> {
        let fresh = &context.fresh;
        let credential = fresh.credential.iter().map(FreshCredential::kept);
        credential.chain(fresh.client.kept()).collect()
    }

    fn reply(fresh: &FreshApiClient) -> Map<String, Value> {
        let mut reply = CreateClient::reply(&fresh.client);
        if let Some(credential) = &fresh.credential {
            reply.extend(CreateClientCredential::reply(credential));
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use domain::{GroupId, OrganizationId, Permission};
    use serde_json::json;

    use super::*;
    use crate::clients::sample::{ada, with_user as tenant};
    use crate::mint::sample;

    fn decide(change: Value) -> Result<(Vec<Event>, Vec<String>), CreateApiClientRejection> {
        let (tenant, keys) = (tenant(), sample::keys(&tenant().id));
        keys.seal_new(ada().as_str(), &()).unwrap();
        let mut body = json!({
            "name": "new", "kind": "CLIENT", "authorizedUser": ada(),
            "access": {"allApis": true, "clonesUser": true},
        });
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let mut command: CreateApiClient = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 7)).unwrap();
        let context = Context::sample(fresh);
        let events = command.decide(&tenant, &context)?;
        let writes = command.vault(&tenant, &context);
        let [kept, _] = sample::kept_and_dropped(&writes);
        Ok((events, kept.into_iter().map(str::to_owned).collect()))
    }

    fn names(change: Value) -> Vec<&'static str> {
        decide(change).unwrap().0.iter().map(Event::name).collect()
    }

    #[test]
    fn all_that_a_client_starts_with_is_told_in_one_go() {
        let bare = ["client.created", "client.access_set"];
        assert_eq!(names(json!({})), bare);
        let full = json!({
            "usage": {"createsCredentials": true}, "notificationEmails": ["ada@example.com"],
            "withCredential": true, "kind": "USER_CLIENT",
        });
        let (events, kept) = decide(full).unwrap();
        let told: Vec<_> = events.iter().map(Event::name).collect();
        let more =
            ["client.usage_changed", "client.notification_emails_set", "client.credential_created"];
        assert_eq!(told, [bare.as_slice(), &more].concat());
        assert_eq!(kept.len(), 3, "{kept:?}");
        let Event::ClientCreated(born) = &events[0] else { panic!("{events:?}") };
        assert_eq!(born.organization.as_ref().map(OrganizationId::as_str), Some("5"));
    }

    #[test]
    fn refuses_what_is_no_client_to_call_with() {
        use CreateApiClientRejection as No;
        let refused = |change| decide(change).unwrap_err();
        assert_eq!(refused(json!({"kind": "SERVICE_ACCOUNT"})), No::KindInvalid);
        let nobody = UserId("A-B-9".to_owned());
        let unknown = No::Client(CreateClientRejection::UserUnknown(nobody.clone()));
        assert_eq!(refused(json!({"authorizedUser": nobody})), unknown);
        let taken = refused(json!({"name": "boss"}));
        assert!(matches!(taken, No::Client(CreateClientRejection::NameTaken(_))), "{taken}");
        let none = refused(json!({"access": {"clonesUser": true}}));
        assert_eq!(none, No::Access(ReachFault::ApisMissing));
        let purge =
            json!({"byCpCode": true, "byCacheTag": false, "allCpCodes": true, "cpCodes": []});
        let access = json!({"apis": [{"api": 1, "level": "READ-ONLY"}], "clonesUser": true});
        let refused_purge = refused(json!({"access": access, "usage": {"purge": purge}}));
        assert_eq!(refused_purge, No::Usage(UsageFault::PurgeWithoutApi));
        let email = refused(json!({"notificationEmails": ["@"]}));
        assert_eq!(email, No::Emails(EmailsFault::Invalid));
    }

    #[test]
    fn nobody_makes_a_client_that_may_more_than_they_may() {
        let (tenant, keys) = (tenant(), sample::keys(&tenant().id));
        let access = WantedAccess { all_apis: true, clones_user: true, ..WantedAccess::default() };
        let mut command = CreateApiClient {
            name: "new".to_owned(),
            description: String::new(),
            kind: ClientKind::Client,
            authorized_user: ada(),
            access,
            usage: WantedUsage::default(),
            notification_emails: ClearEmails::default(),
            with_credential: false,
        };
        let mut decide = |authority| {
            let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 7)).unwrap();
            let context = Context { authority, ..Context::sample(fresh) };
            command.decide(&tenant, &context).map(drop)
        };
        let on = |group| {
            let held = [Permission::Read, Permission::ClientAdmin].into();
            domain::Authority::On(vec![(GroupId(group), held)])
        };
        assert_eq!(decide(on(1)), Ok(()));
        let (permission, group) = (Permission::Read, GroupId(1));
        let no = ReachFault::NotHeld { permission, group };
        assert_eq!(decide(on(2)), Err(CreateApiClientRejection::Access(no)));
    }
}
