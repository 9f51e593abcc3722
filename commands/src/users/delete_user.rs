//! Deletes a user who owns no API client (Akamai IAM v3, "Delete a user"). Tokens that speak for
//! the user end with them.

use domain::{Aggregate, ClientId, Event, Personal, Right, Tenant, UserDeleted, UserId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::reach::{Lacking, administers};
use super::spoken_for;
use crate::names::listed;
use crate::sign_ins;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes a user who owns no API client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteUser {
    #[schemars(with = "String")]
    pub user: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteUserRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("user {user} owns {}; transfer what they own first", listed(.clients))]
    OwnsClients { user: UserId, clients: Vec<Aggregate> },
    #[error(transparent)]
    Lacking(Lacking),
}

impl Rejection for DeleteUserRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::OwnsClients { clients, .. } => {
                Refusal::conflict("user_owns_clients", clients.clone())
            }
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

impl Command for DeleteUser {
    type Rejection = DeleteUserRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteUser";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, DeleteUserRejection> {
        use DeleteUserRejection as No;

        let user = &self.user;
        let held = tenant.users.get(user).ok_or_else(|| No::UserUnknown(user.clone()))?;
        administers(&held.grants, tenant, &context.authority).map_err(No::Lacking)?;
        let owned = |client: ClientId| Aggregate::client(client);
        let clients: Vec<_> = tenant.clients.acting_for(user).map(owned).collect();
        if !clients.is_empty() {
            return Err(No::OwnsClients { user: user.clone(), clients });
        }
        let deleted = UserDeleted {
            user: user.clone(),
            organization: held.organization.clone(),
            profile: Personal::from_closed(held.person.as_ref().map(|person| &person.sealed)),
            grants: held.grants.clone(),
        };
        Ok(spoken_for::revoked(tenant, user).chain([deleted.into()]).collect())
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        let bearers = spoken_for::dropped(tenant, &self.user).into_iter();
        bearers.chain(sign_ins::forget(tenant, &self.user)).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::{ActorKind, Authority, ClientCreated, TokenId, TokenIssued, UserPasswordSet};

    use super::*;
    use crate::clients;
    use crate::mint::sample::{kept_and_dropped, keys};
    use crate::users::sample::{organization, tenant, user, with_ada};

    #[test]
    fn a_user_goes_with_their_password_and_tokens() {
        let mut tenant = with_ada(&keys(&tenant().id));
        let (id, organization) = (user(), organization());
        let (one_time, expires_at, mail) = (false, None, None);
        let set = UserPasswordSet { user: id, organization, one_time, expires_at, mail };
        tenant.sign_ins.password_set(&set);
        for (token, holder_id) in [("a", "A-B-1"), ("b", "A-B-2")] {
            tenant.tokens.issued(&TokenIssued {
                token: TokenId(token.to_owned()),
                name: token.to_owned(),
                holder: ActorKind::User,
                holder_id: holder_id.to_owned(),
                rights: [].into(),
                organization: None,
                expires_at: None,
            });
        }
        let (command, context) = (DeleteUser { user: user() }, Context::sample(()));
        let events = command.decide(&tenant, &context).unwrap();
        let names: Vec<_> = events.iter().map(Event::name).collect();
        assert_eq!(names, ["token.revoked", "user.deleted"]);
        let writes = command.vault(&tenant, &context);
        assert_eq!(kept_and_dropped(&writes), [vec![], vec!["a", "acme/A-B-1.1"]]);
        for event in &events {
            tenant.apply(event);
        }
        assert!(tenant.users.is_empty());
    }

    #[test]
    fn refuses_while_a_client_acts_for_the_user() {
        use DeleteUserRejection as No;
        let mut tenant = with_ada(&keys(&tenant().id));
        let decide = |tenant: &Tenant, user: &str, authority: Authority| {
            let context = Context { authority, ..Context::sample(()) };
            DeleteUser { user: UserId(user.to_owned()) }.decide(tenant, &context)
        };
        let unknown = No::UserUnknown(UserId("A-B-9".to_owned()));
        assert_eq!(decide(&tenant, "A-B-9", Authority::full()), Err(unknown));
        let weak = decide(&tenant, "A-B-1", Authority::On(Vec::new()));
        assert!(matches!(weak, Err(No::Lacking(_))));
        let client = clients::sample::created(1, "robot", &[]);
        let authorized_user = Some(user());
        tenant.clients.created(&ClientCreated { authorized_user, ..client.clone() });
        let clients = vec![Aggregate::client(client.client)];
        let owns = No::OwnsClients { user: user(), clients };
        assert!(owns.to_string().starts_with("user A-B-1 owns client "));
        assert_eq!(decide(&tenant, "A-B-1", Authority::full()), Err(owns));
    }
}
