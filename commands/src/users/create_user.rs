//! Gives a person an account (Akamai IAM v3, "Create a user"). Who it is stays sealed from here
//! on.

use domain::{
    Aggregate, Event, Grants, Notifications, OrganizationId, Right, RoleId, SecondFactor, Tenant,
    UserCreated, UserId, UserNotificationsSet,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::person::{ClearProfile, SealedPerson};
use super::profile_fault::{self, ProfileFault};
use super::reach::{Lacking, may_grant};
use super::second_factor;
use super::wanted_grants::{UserGrant, checked};
use super::wanted_notifications::{NotificationsFault, WantedNotifications};
use crate::access::GrantFault;
use crate::sign_ins::{Delivery, FactorRequired, FreshPassword, MailReason};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// How a new user learns of a random password that works once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstPassword {
    /// From whoever creates the user, who is shown it once.
    Shown,
    Mailed,
}

/// Gives a person an account.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateUser {
    #[schemars(with = "String")]
    pub organization: OrganizationId,
    /// Empty once it was sealed.
    pub profile: ClearProfile,
    /// Each group once.
    #[serde(default)]
    pub grants: Vec<UserGrant>,
    /// Roles of the kind `account`.
    #[serde(default)]
    #[schemars(with = "Vec<i64>")]
    pub account_roles: Vec<RoleId>,
    /// Name of a user to take the grants from; then none are listed.
    pub clone_from: Option<String>,
    /// The usual ones if absent.
    pub notifications: Option<WantedNotifications>,
    /// `TFA`, `MFA` or `NONE`, which is what it is if absent.
    #[schemars(with = "Option<String>")]
    pub second_factor: Option<SecondFactor>,
    /// If absent, the user has no password, and cannot sign in.
    pub first_password: Option<FirstPassword>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateUserRejection {
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error("{}", profile_fault::listed(.0))]
    Profile(Vec<ProfileFault>),
    #[error("user {0} has that e-mail address")]
    EmailTaken(UserId),
    #[error("user {0} has that user name")]
    UserNameTaken(UserId),
    #[error("grants are listed, or taken from another user, not both")]
    GrantsTwofold,
    #[error("there is no user of the name to take grants from")]
    CloneUnknown,
    #[error(transparent)]
    Grants(GrantFault),
    #[error(transparent)]
    Lacking(Lacking),
    #[error(transparent)]
    Notifications(NotificationsFault),
    #[error(transparent)]
    SecondFactor(#[from] FactorRequired),
}

impl Rejection for CreateUserRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::OrganizationUnknown(_) => {
                Refusal::not_found("organization_unknown", "organization")
            }
            Self::Profile(faults) => profile_fault::refusal(faults),
            Self::EmailTaken(by) => {
                Refusal::conflict("email_taken", vec![Aggregate::user(by)]).about("email")
            }
            Self::UserNameTaken(by) => {
                Refusal::conflict("user_name_taken", vec![Aggregate::user(by)]).about("userName")
            }
            Self::GrantsTwofold => Refusal::invalid("grants_twofold", "cloneFrom"),
            Self::CloneUnknown => Refusal::not_found("clone_unknown", "cloneFrom"),
            Self::Grants(fault) => fault.refusal("grants"),
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
            Self::Notifications(_) => Refusal::invalid("notifications_invalid", "notifications"),
            Self::SecondFactor(required) => required.refusal(),
        }
    }
}

/// A new user's id, and the person behind it with the vault's row, or why nobody can be that.
#[derive(Debug)]
pub struct FreshUser {
    pub user: UserId,
    pub person: Result<(SealedPerson, VaultWrite), Vec<ProfileFault>>,
    /// Keyed hash of the name of the user to take grants from.
    pub clone_lookup: Option<String>,
    pub password: Option<FreshPassword>,
}

impl Command for CreateUser {
    type Rejection = CreateUserRejection;
    type Fresh = FreshUser;
    const NAME: &'static str = "CreateUser";
    const NUMBERS: usize = 1;
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        Some(&self.organization)
    }

    fn weight(&self) -> usize {
        let lists =
            size_of_val(self.grants.as_slice()) + size_of_val(self.account_roles.as_slice());
        size_of_val(self)
            + lists
            + self.notifications.as_ref().map_or(0, WantedNotifications::bytes)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshUser, SealError> {
        let user = UserId(format!("A-B-{}", mint.number()?));
        let clear = std::mem::take(&mut self.profile);
        let person = clear.seal_new(&user, mint.keys())?;
        let clone_lookup = self.clone_from.take().map(|name| mint.keys().lookup(&name));
        let delivery = self.first_password.map(|first| match first {
            FirstPassword::Shown => Delivery::Shown,
            FirstPassword::Mailed => Delivery::Mailed(MailReason::UserCreated),
        });
        let password = delivery.map(|it| FreshPassword::drawn(&user, mint, it)).transpose()?;
        Ok(FreshUser { user, person, clone_lookup, password })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshUser>) -> Aggregate {
        Aggregate::user(&context.fresh.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshUser>,
    ) -> Result<Vec<Event>, CreateUserRejection> {
        use CreateUserRejection as No;

        if !tenant.organizations.contains(&self.organization) {
            return Err(No::OrganizationUnknown(self.organization.clone()));
        }
        let fresh = &context.fresh;
        let (person, _) = fresh.person.as_ref().map_err(|faults| No::Profile(faults.clone()))?;
        if let Some(by) = tenant.users.with_email(&person.email_lookup) {
            return Err(No::EmailTaken(by.clone()));
        }
        if let Some(by) = tenant.users.with_name(&person.name_lookup) {
            return Err(No::UserNameTaken(by.clone()));
        }
        let grants = self.wanted(tenant, fresh)?;
        may_grant(&Grants::default(), &grants, tenant, &context.authority).map_err(No::Lacking)?;
        let (user, organization) = (fresh.user.clone(), self.organization.clone());
        let profile = person.profile.clone();
        let mut events = vec![UserCreated { user, organization, profile, grants }.into()];
        if let Some(wanted) = &self.notifications {
            let after = wanted.checked().map_err(No::Notifications)?;
            events.extend(self.notified(&fresh.user, after));
        }
        let whose = (&fresh.user, &self.organization);
        events.extend(second_factor::chosen(whose, self.second_factor, tenant)?);
        let password = fresh.password.as_ref();
        events.extend(password.map(|it| it.fact(whose, true, context.now).into()));
        Ok(events)
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshUser>) -> Vec<VaultWrite> {
        let fresh = &context.fresh;
        let key = fresh.person.iter().map(|(_, key)| key.clone());
        let password = fresh.password.as_ref().map(|it| it.vault(tenant, &fresh.user));
        key.chain(password.into_iter().flatten()).collect()
    }

    fn reply(fresh: &FreshUser) -> Map<String, Value> {
        let password = fresh.password.as_ref().map(FreshPassword::reply).unwrap_or_default();
        [("user".to_owned(), fresh.user.as_str().into())].into_iter().chain(password).collect()
    }
}

impl CreateUser {
    /// What the user is to hold: as listed, or as another one does.
    fn wanted(&self, tenant: &Tenant, fresh: &FreshUser) -> Result<Grants, CreateUserRejection> {
        use CreateUserRejection as No;

        let Some(lookup) = &fresh.clone_lookup else {
            return checked(&self.grants, &self.account_roles, tenant).map_err(No::Grants);
        };
        if !self.grants.is_empty() || !self.account_roles.is_empty() {
            return Err(No::GrantsTwofold);
        }
        let other = tenant.users.with_name(lookup).and_then(|id| tenant.users.get(id));
        other.map(|other| other.grants.clone()).ok_or(No::CloneUnknown)
    }

    /// The fact that a new user gets other mails than usual.
    fn notified(&self, user: &UserId, after: Notifications) -> Option<Event> {
        let before = Notifications::default();
        let (user, organization) = (user.clone(), self.organization.clone());
        let differs = before != after;
        differs.then(|| UserNotificationsSet { user, organization, before, after }.into())
    }
}

impl std::fmt::Debug for CreateUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateUser").field("grants", &self.grants).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
