//! Gives a person an account (Akamai IAM v3, "Create a user"). Who it is stays sealed from here
//! on.

use domain::{Aggregate, Event, Grants, OrganizationId, Right, Tenant, UserCreated, UserId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::person::{ClearProfile, ProfileFault, SealedPerson};
use crate::access::{self, Grant, GrantFault};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives a person an account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateUser {
    #[schemars(with = "String")]
    pub organization: OrganizationId,
    /// Empty once it was sealed.
    pub profile: ClearProfile,
    /// At most one role on a group.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateUserRejection {
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error(transparent)]
    Profile(ProfileFault),
    #[error("user {0} has that e-mail address")]
    EmailTaken(UserId),
    #[error(transparent)]
    Grants(GrantFault),
}

impl Rejection for CreateUserRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::OrganizationUnknown(_) => {
                Refusal::not_found("organization_unknown", "organization")
            }
            Self::Profile(fault) => fault.refusal(),
            Self::EmailTaken(by) => {
                Refusal::conflict("email_taken", vec![Aggregate::user(by)]).about("email")
            }
            Self::Grants(fault) => fault.refusal("grants"),
        }
    }
}

/// A new user's id, and the person behind it, or why nobody can be that.
#[derive(Debug)]
pub struct FreshUser {
    pub user: UserId,
    pub person: Result<SealedPerson, ProfileFault>,
}

impl Command for CreateUser {
    type Rejection = CreateUserRejection;
    type Fresh = FreshUser;
    const NAME: &'static str = "CreateUser";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        Some(&self.organization)
    }

    fn weight(&self) -> usize {
        size_of_val(self) + size_of_val(self.grants.as_slice())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshUser, SealError> {
        let user = UserId(format!("A-B-{}", mint.number()?));
        let clear = std::mem::take(&mut self.profile);
        let person = clear.seal(&user, mint.keys())?;
        Ok(FreshUser { user, person })
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
        let person = context.fresh.person.as_ref().map_err(|fault| No::Profile(*fault))?;
        if let Some(by) = tenant.users.with_email(&person.email_lookup) {
            return Err(No::EmailTaken(by.clone()));
        }
        let held = access::checked(&self.grants, tenant).map_err(No::Grants)?;
        let fact = UserCreated {
            user: context.fresh.user.clone(),
            organization: self.organization.clone(),
            profile: person.profile.clone(),
            grants: Grants::roles(held.into_iter().map(|it| (it.group, it.role))),
        };
        Ok(vec![fact.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshUser>) -> Vec<VaultWrite> {
        context.fresh.person.iter().map(|person| person.key.clone()).collect()
    }

    fn reply(fresh: &FreshUser) -> Map<String, Value> {
        Map::from_iter([("user".to_owned(), fresh.user.as_str().into())])
    }
}

#[cfg(test)]
mod tests {
    use domain::{GroupId, OrganizationCreated};
    use eventlog::TenantKeys;
    use serde_json::json;

    use super::*;
    use crate::mint::sample;

    fn tenant() -> Tenant {
        let mut tenant = access::sample::tenant();
        let (organization, name) = (OrganizationId("5".to_owned()), "Emea".to_owned());
        tenant.organizations.created(&OrganizationCreated { organization, name });
        tenant
    }

    fn drawn(keys: &TenantKeys, number: i64, change: Value) -> (CreateUser, Context<FreshUser>) {
        let profile = json!({
            "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "country": "UK",
        });
        let mut body = json!({"organization": "5", "profile": profile});
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let mut command: CreateUser = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant().id, keys, number)).unwrap();
        (command, Context::sample(fresh))
    }

    fn refused(change: Value) -> CreateUserRejection {
        let keys = sample::keys(&tenant().id);
        let (command, context) = drawn(&keys, 7, change);
        command.decide(&tenant(), &context).unwrap_err()
    }

    #[test]
    fn the_lane_sees_nothing_of_the_person() {
        let keys = sample::keys(&tenant().id);
        let (command, context) = drawn(&keys, 7, json!({"grants": [{"group": 1, "role": 2}]}));
        let [Event::UserCreated(fact)] = &command.decide(&tenant(), &context).unwrap()[..] else {
            panic!("not one user");
        };
        assert_eq!((fact.user.as_str(), fact.grants.groups.len()), ("A-B-7", 1));
        let stored = serde_json::to_string(fact).unwrap();
        assert!(!stored.contains("Ada") && command.profile.email.is_empty());
        let opened = keys.open_personal(&fact.profile);
        let profile = opened.known().unwrap();
        assert_eq!((&profile.user_name, profile.first_name.as_str()), (&profile.email, "Ada"));
        let writes = command.vault(&tenant(), &context);
        assert_eq!(sample::kept_and_dropped(&writes), [vec!["acme/A-B-7"], vec![]]);
    }

    #[test]
    fn an_address_belongs_to_one_user() {
        let (keys, mut tenant) = (sample::keys(&tenant().id), tenant());
        let (command, context) = drawn(&keys, 7, json!({}));
        for event in command.decide(&tenant, &context).unwrap() {
            tenant.apply(&keys.opened(event));
        }
        let (command, context) = drawn(&keys, 8, json!({}));
        let taken = CreateUserRejection::EmailTaken(UserId("A-B-7".to_owned()));
        assert_eq!(command.decide(&tenant, &context), Err(taken));
    }

    #[test]
    fn refuses_who_belongs_nowhere_or_cannot_be() {
        use CreateUserRejection as No;
        let unknown = No::OrganizationUnknown(OrganizationId("6".to_owned()));
        assert_eq!(refused(json!({"organization": "6"})), unknown);
        let grants = json!({"grants": [{"group": 3, "role": 2}]});
        assert_eq!(refused(grants), No::Grants(GrantFault::GroupUnknown(GroupId(3))));
        let profile = json!({"firstName": "", "lastName": "L", "email": "a@b", "country": "UK"});
        assert_eq!(refused(json!({"profile": profile})), No::Profile(ProfileFault::FirstName));
    }
}
