//! Gives a user or a client its roles on the tenant or on one of its organizations, in place of
//! those it had there.

use std::collections::BTreeSet;

use domain::{
    ActorKind, Aggregate, ClientId, Event, MemberRole, MembershipSet, OrganizationId, Right,
    Rights, Tenant, UserId,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives a user or a client its roles, in place of those it had there; none takes them away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetMembership {
    pub member: Member,
    /// Where given, the roles are held on this organization; otherwise on the whole tenant.
    #[schemars(with = "Option<String>")]
    pub organization: Option<OrganizationId>,
    /// `IAM_OWNER`, `ORG_OWNER`, ...
    pub roles: Vec<String>,
}

/// Who is a member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Member {
    User(#[schemars(with = "String")] UserId),
    Client(#[schemars(with = "uuid::Uuid")] ClientId),
}

impl Member {
    fn kind(&self) -> ActorKind {
        match self {
            Self::User(_) => ActorKind::User,
            Self::Client(_) => ActorKind::Client,
        }
    }

    fn id(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Client(id) => id.to_string(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetMembershipRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error("there is no role {0}")]
    RoleUnknown(String),
    /// An organization's role on the tenant, or the other way round.
    #[error("the role {} is not held there", .0.as_str())]
    RoleElsewhere(MemberRole),
}

impl Rejection for SetMembershipRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "member"),
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "member"),
            Self::OrganizationUnknown(_) => {
                Refusal::not_found("organization_unknown", "organization")
            }
            Self::RoleUnknown(_) => Refusal::invalid("role_unknown", "roles"),
            Self::RoleElsewhere(_) => Refusal::invalid("role_elsewhere", "roles"),
        }
    }
}

impl SetMembership {
    fn roles(&self) -> Result<BTreeSet<MemberRole>, SetMembershipRejection> {
        use SetMembershipRejection as No;

        let read = |name: &String| {
            let role = MemberRole::from_name(name).ok_or_else(|| No::RoleUnknown(name.clone()))?;
            let fits = role.is_of_organization() == self.organization.is_some();
            if fits { Ok(role) } else { Err(No::RoleElsewhere(role)) }
        };
        self.roles.iter().map(read).collect()
    }

    fn check_objects(&self, tenant: &Tenant) -> Result<(), SetMembershipRejection> {
        use SetMembershipRejection as No;

        match &self.member {
            Member::User(id) if tenant.users.get(id).is_none() => {
                return Err(No::UserUnknown(id.clone()));
            }
            Member::Client(id) if tenant.clients.get(*id).is_none() => {
                return Err(No::ClientUnknown(*id));
            }
            Member::User(_) | Member::Client(_) => {}
        }
        let organization = self.organization.as_ref();
        match organization.filter(|id| !tenant.organizations.contains(id)) {
            Some(id) => Err(No::OrganizationUnknown(id.clone())),
            None => Ok(()),
        }
    }
}

impl Command for SetMembership {
    type Rejection = SetMembershipRejection;
    type Fresh = ();
    const NAME: &'static str = "SetMembership";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        self.organization.as_ref()
    }

    fn confers(&self) -> Rights {
        let roles = self.roles.iter().filter_map(|name| MemberRole::from_name(name));
        roles.flat_map(MemberRole::rights).collect()
    }

    fn weight(&self) -> usize {
        size_of_val(self) + bytes_of(&self.roles)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::membership(self.member.kind(), &self.member.id(), self.organization.as_ref())
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SetMembershipRejection> {
        let after = self.roles()?;
        self.check_objects(tenant)?;
        let (holder, holder_id) = (self.member.kind(), self.member.id());
        let organization = self.organization.clone();
        let before = tenant.memberships.of(holder, &holder_id, organization.as_ref());
        if before == after {
            return Ok(Vec::new());
        }
        Ok(vec![MembershipSet { holder, holder_id, organization, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::OrganizationCreated;
    use serde_json::{Value, json};

    use super::*;
    use crate::clients::sample::{id, tenant};

    fn decide(body: Value) -> Result<Option<MembershipSet>, SetMembershipRejection> {
        let mut tenant = tenant();
        let (organization, name) = (OrganizationId("5".to_owned()), "Emea".to_owned());
        tenant.organizations.created(&OrganizationCreated { organization, name });
        tenant.memberships.set(&MembershipSet {
            holder: ActorKind::Client,
            holder_id: id(2).to_string(),
            organization: None,
            before: [].into(),
            after: [MemberRole::InstanceOwner].into(),
        });
        let command: SetMembership = serde_json::from_value(body).unwrap();
        let mut facts = command.decide(&tenant, &Context::sample(()))?;
        Ok(facts.pop().map(|fact| {
            let Event::MembershipSet(fact) = fact else { panic!("another fact: {fact:?}") };
            fact
        }))
    }

    #[test]
    fn roles_are_replaced_where_they_are_held() {
        let member = json!({"client": id(2).to_string()});
        let on = |organization: Value, roles: Value| {
            decide(json!({"member": member, "organization": organization, "roles": roles}))
        };
        assert_eq!(on(json!(null), json!(["IAM_OWNER"])), Ok(None));
        let gone = on(json!(null), json!([])).unwrap().unwrap();
        assert_eq!((gone.before.len(), gone.after.len()), (1, 0));
        let made = on(json!("5"), json!(["ORG_OWNER", "ORG_USER_MANAGER"])).unwrap().unwrap();
        assert_eq!((made.before.len(), made.after.len()), (0, 2));
        let elsewhere = SetMembershipRejection::RoleElsewhere(MemberRole::InstanceOwner);
        assert_eq!(on(json!("5"), json!(["IAM_OWNER"])), Err(elsewhere));
        let elsewhere = SetMembershipRejection::RoleElsewhere(MemberRole::OrganizationOwner);
        assert_eq!(on(json!(null), json!(["ORG_OWNER"])), Err(elsewhere));
    }

    #[test]
    fn refuses_what_is_not_there() {
        use SetMembershipRejection as No;
        let client = json!({"client": id(2).to_string()});
        let refused = |member: &Value, organization: Value, role: &str| {
            let body = json!({"member": member, "organization": organization, "roles": [role]});
            decide(body).unwrap_err()
        };
        let ninja = No::RoleUnknown("NINJA".to_owned());
        assert_eq!(refused(&client, json!(null), "NINJA"), ninja);
        let organization = No::OrganizationUnknown(OrganizationId("6".to_owned()));
        assert_eq!(refused(&client, json!("6"), "ORG_OWNER"), organization);
        let stranger = json!({"client": id(9).to_string()});
        assert_eq!(refused(&stranger, json!("5"), "ORG_OWNER"), No::ClientUnknown(id(9)));
        let user = UserId("A-B-9".to_owned());
        let refused = refused(&json!({"user": user}), json!(null), "IAM_OWNER");
        assert_eq!(refused, No::UserUnknown(user));
    }
}
