//! Changes an API client in one go: what it is called, whom it acts for, what it may reach and how
//! it may be used (Akamai IAM v3, "Modify an API client"). What is absent stays as it is.

use domain::{
    Aggregate, Client, ClientAccess, ClientAccessSet, ClientId, ClientNotificationEmailsSet,
    ClientTransferred, ClientUsage, ClientUsageChanged, Event, Right, Tenant, UserId,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::notified::{ClearEmails, DrawnEmails, EmailsFault};
use super::reach::{ReachFault, WantedAccess, hands_on, within};
use super::usage::{UsageFault, WantedUsage, may_purge};
use super::{DescribeClient, DescribeClientRejection, RenameClient, RenameClientRejection};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Changes an API client in one go. What is absent stays as it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// 1 to 256 characters; no other client of the tenant has it.
    pub name: Option<String>,
    /// At most 1,000 characters.
    pub description: Option<String>,
    /// The user it acts for from now on. A service account may do without for good.
    #[schemars(with = "Option<String>")]
    pub authorized_user: Option<UserId>,
    pub access: Option<WantedAccess>,
    pub usage: Option<WantedUsage>,
    /// Whom to tell when its credentials expire, at most 100; takes `authorizedUser`, for whom the
    /// addresses are kept. Empty once they were sealed.
    #[schemars(with = "Option<Vec<String>>")]
    pub notification_emails: Option<ClearEmails>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error(transparent)]
    Name(RenameClientRejection),
    #[error(transparent)]
    Description(DescribeClientRejection),
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error(transparent)]
    Access(ReachFault),
    #[error(transparent)]
    Usage(UsageFault),
    #[error(transparent)]
    Emails(EmailsFault),
}

impl Rejection for EditClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::Name(rejection) => rejection.refusal(),
            Self::Description(rejection) => rejection.refusal(),
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "authorizedUser"),
            Self::Access(fault) => fault.refusal(),
            Self::Usage(fault) => fault.refusal(),
            Self::Emails(fault) => fault.refusal(),
        }
    }
}

/// What was drawn: addresses, sealed, where some were given.
#[derive(Debug)]
pub struct FreshEmails(pub Option<DrawnEmails>);

impl EditClient {
    /// What it is called from now on.
    fn wording(
        &self,
        tenant: &Tenant,
        context: &Context<FreshEmails>,
    ) -> Result<Vec<Event>, EditClientRejection> {
        let (client, context) = (self.client, context.with(()));
        let mut events = Vec::new();
        if let Some(name) = self.name.clone() {
            let renamed = RenameClient { client, name }.decide(tenant, &context);
            events.extend(renamed.map_err(EditClientRejection::Name)?);
        }
        if let Some(description) = self.description.clone() {
            let described = DescribeClient { client, description }.decide(tenant, &context);
            events.extend(described.map_err(EditClientRejection::Description)?);
        }
        Ok(events)
    }

    /// Whom it acts for from now on.
    fn transfer(
        &self,
        tenant: &Tenant,
        held: &Client,
    ) -> Result<Option<Event>, EditClientRejection> {
        let Some(to) = &self.authorized_user else { return Ok(None) };
        if tenant.users.get(to).is_none() {
            return Err(EditClientRejection::UserUnknown(to.clone()));
        }
        if held.authorized_user.as_ref() == Some(to) {
            return Ok(None);
        }
        let (client, from) = (self.client, held.authorized_user.clone());
        Ok(Some(ClientTransferred { client, from, to: to.clone() }.into()))
    }

    /// What it may reach from now on. What stays must lie within what another user holds.
    fn access(&self, tenant: &Tenant, held: &Client) -> Result<ClientAccess, EditClientRejection> {
        let user = self.authorized_user.as_ref().or(held.authorized_user.as_ref());
        let access = match &self.access {
            Some(wanted) => wanted.checked(tenant, user).map_err(EditClientRejection::Access)?,
            None => held.access.clone(),
        };
        if self.authorized_user.is_some() {
            within(&access.groups, tenant, user).map_err(EditClientRejection::Access)?;
        }
        Ok(access)
    }

    /// How it may be used from now on. What stays must go with what it may call.
    fn usage(
        &self,
        tenant: &Tenant,
        held: &Client,
        access: &ClientAccess,
    ) -> Result<ClientUsage, EditClientRejection> {
        let user = self.authorized_user.as_ref().or(held.authorized_user.as_ref());
        if let Some(wanted) = &self.usage {
            let usage = wanted.checked(access, tenant, user);
            return usage.map_err(EditClientRejection::Usage);
        }
        if held.usage.purge.is_some() && !may_purge(access, tenant) {
            return Err(EditClientRejection::Usage(UsageFault::PurgeWithoutApi));
        }
        Ok(held.usage.clone())
    }

    /// Whom to tell from now on. Addresses kept for a former user are kept anew.
    fn emails(
        &self,
        held: &Client,
        drawn: Option<&DrawnEmails>,
    ) -> Result<Option<Event>, EditClientRejection> {
        let Some(drawn) = drawn else { return Ok(None) };
        let wanted = drawn.as_ref().map_err(|fault| EditClientRejection::Emails(*fault))?;
        let is_transferred = self.authorized_user != held.authorized_user;
        let is_same =
            held.notified.as_ref().map(|it| &it.lookup) == wanted.as_ref().map(|it| &it.lookup);
        if is_same && !(is_transferred && wanted.is_some()) {
            return Ok(None);
        }
        let emails = wanted.as_ref().map(|it| it.emails.clone());
        Ok(Some(ClientNotificationEmailsSet { client: self.client, emails }.into()))
    }
}

impl Command for EditClient {
    type Rejection = EditClientRejection;
    type Fresh = FreshEmails;
    const NAME: &'static str = "EditClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn subject(&self) -> Option<String> {
        self.authorized_user.as_ref().map(UserId::to_string)
    }

    fn weight(&self) -> usize {
        size_of_val(self)
            + self.name.as_ref().map_or(0, String::len)
            + self.description.as_ref().map_or(0, String::len)
            + self.access.as_ref().map_or(0, WantedAccess::weight)
            + self.usage.as_ref().map_or(0, WantedUsage::weight)
            + self.notification_emails.as_ref().map_or(0, ClearEmails::weight)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshEmails, SealError> {
        let Some(emails) = &mut self.notification_emails else { return Ok(FreshEmails(None)) };
        let user = self.authorized_user.as_ref();
        std::mem::take(emails).seal(user, mint.keys()).map(Some).map(FreshEmails)
    }

    fn target(&self, _: &Tenant, _: &Context<FreshEmails>) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshEmails>,
    ) -> Result<Vec<Event>, EditClientRejection> {
        use EditClientRejection as No;

        let client = self.client;
        let held = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        let mut events = self.wording(tenant, context)?;
        events.extend(self.transfer(tenant, held)?);
        let after = self.access(tenant, held)?;
        let user = self.authorized_user.as_ref().or(held.authorized_user.as_ref());
        if after.groups != held.access.groups || user != held.authorized_user.as_ref() {
            hands_on(&after.groups, tenant, user, &context.authority).map_err(No::Access)?;
        }
        let usage = self.usage(tenant, held, &after)?;
        if after != held.access {
            let before = held.access.clone();
            events.push(ClientAccessSet { client, before, after }.into());
        }
        if usage != held.usage {
            let (before, after) = (held.usage.clone(), usage);
            events.push(ClientUsageChanged { client, before, after }.into());
        }
        events.extend(self.emails(held, context.fresh.0.as_ref())?);
        Ok(events)
    }
}

#[cfg(test)]
mod tests;
