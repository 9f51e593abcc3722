//! Who calls: an actor, the tenant it acts in, and what it holds there. One file for each scheme
//! by which callers prove it. What a credential is worth is read behind the gate at every request,
//! so that a lock, a reset or a revocation made in any dialect holds in every other at once.

mod assertion;
mod bearer;
mod members;
mod operator;
mod reach;
mod record_token;
mod secret;
mod signature;
mod signed;
mod standing;
mod switched;
mod trusted;
mod web_token;

use std::collections::BTreeSet;

use domain::{
    AccessLevel, Actor, Authority, ClientFeature, ClientId, CredentialId, GroupId, OrganizationId,
    Permission, Right, Rights, TenantId, UserId,
};

pub use assertion::assertion;
pub use bearer::{BearerError, bearer};
pub use operator::OperatorToken;
pub use record_token::{OnBehalf, RecordTokenError, known_token, record_token};
pub use secret::{SecretError, secret};
pub use signed::{SignedError, signed};
pub use switched::switched;
pub(crate) use web_token::signing_secret;

use crate::dialect::Needs;
use crate::jwt::Claims;

/// A client as its call found it: working, with these features, and these roles on groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallingClient {
    pub id: ClientId,
    pub features: BTreeSet<ClientFeature>,
    /// What it may do where, each group once and in order; only told of one that signed its call.
    pub access: Vec<Grant>,
    /// The credential that signed this call, where one did.
    pub credential: Option<CredentialId>,
    /// How far it may use the API that it called; `None` where it may not.
    pub level: Option<AccessLevel>,
    /// The user it acts for.
    pub user: Option<UserId>,
    /// Whether it may act in other accounts.
    pub allows_account_switch: bool,
    /// Whether a client that it creates may have a credential at once.
    pub creates_credentials: bool,
}

/// What is held on a group, and on all below it up to the next group of which something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub group: GroupId,
    pub permissions: BTreeSet<Permission>,
}

/// A party that proved who it is, or a stranger where an operation asks nothing.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    /// The tenant it belongs to, and acts in where a request names no other.
    pub tenant: TenantId,
    /// What a token lets its bearer do.
    pub rights: Rights,
    /// Where set, rights that an organization scopes hold in this one only.
    pub organization: Option<OrganizationId>,
    /// Rights that are held in one organization each, until a request says which one is meant.
    pub memberships: Vec<(OrganizationId, Rights)>,
    pub client: Option<CallingClient>,
    /// Another tenant that it acts in, where the request says so and it may.
    pub acts_in: Option<TenantId>,
    /// What a JSON web token says of its bearer.
    pub claims: Option<Claims>,
    /// Of a person whose token a client has sent.
    pub on_behalf: Option<OnBehalf>,
}

/// Rights in the tenant `system`.
const SYSTEM: [Right; 3] =
    [Right::SystemFeatureRead, Right::SystemFeatureWrite, Right::SystemFeatureDelete];

/// Roles that a tenant's own tokens give everything a tenant's clients are subject to.
const ADMIN_ROLES: [&str; 3] = ["admin", "administrator", "super_admin"];

impl Caller {
    /// Nobody in particular: for operations that ask nothing of their callers.
    pub fn stranger() -> Self {
        let actor = Actor { id: "stranger".to_owned(), ..Actor::system() };
        Self::new(TenantId::system(), actor)
    }

    /// The installation itself, as at its first start.
    pub(crate) fn installation() -> Self {
        Self::new(TenantId::system(), Actor::system())
    }

    fn new(tenant: TenantId, actor: Actor) -> Self {
        let (rights, memberships) = (Rights::new(), Vec::new());
        let (organization, client, claims) = (None, None, None);
        let on_behalf = None;
        Self {
            actor,
            tenant,
            rights,
            organization,
            memberships,
            client,
            acts_in: None,
            claims,
            on_behalf,
        }
    }

    /// Whether it may act in `tenant`: its own; any, for an administrator of tenants who belongs
    /// to the tenant `system`; and `system` itself, for whoever has a right there.
    pub fn may_enter(&self, tenant: &TenantId) -> bool {
        let crosses = self.tenant.is_system() && self.has(Right::TenantAdmin);
        let is_of_system = SYSTEM.iter().any(|right| self.has(*right));
        self.tenant == *tenant || crosses || (tenant.is_system() && is_of_system)
    }

    /// Whether it may change anything in a tenant that it may enter: reading the system's flags
    /// does not let one write there.
    pub fn may_change(&self, tenant: &TenantId) -> bool {
        !tenant.is_system()
            || self.tenant.is_system()
            || self.has(Right::SystemFeatureWrite)
            || self.has(Right::SystemFeatureDelete)
    }

    /// Whether something that belongs to this organization, or to none, is there for it: whoever
    /// is confined to one organization sees nothing else.
    pub fn sees(&self, organization: Option<&OrganizationId>) -> bool {
        self.organization.as_ref().is_none_or(|own| organization == Some(own))
    }

    /// Whether a right is held. To administer includes to read.
    pub fn has(&self, right: Right) -> bool {
        let wider = match right {
            Right::GroupRead => Right::GroupAdmin,
            Right::UserRead => Right::UserAdmin,
            Right::ClientRead => Right::ClientAdmin,
            Right::ProjectionRead => Right::ProjectionAdmin,
            Right::TenantAdmin
            | Right::GroupAdmin
            | Right::UserAdmin
            | Right::ClientAdmin
            | Right::TokenAdmin
            | Right::SystemFeatureRead
            | Right::SystemFeatureWrite
            | Right::SystemFeatureDelete
            | Right::InstanceFeatureRead
            | Right::InstanceFeatureWrite
            | Right::InstanceFeatureDelete
            | Right::OrganizationFeatureRead
            | Right::OrganizationFeatureWrite
            | Right::OrganizationFeatureDelete
            | Right::UserFeatureRead
            | Right::UserFeatureWrite
            | Right::UserFeatureDelete
            | Right::EventsRead
            | Right::ProjectionAdmin => right,
        };
        self.rights.contains(&right) || self.rights.contains(&wider)
    }

    /// What it holds in the words of roles: a client that signed its call by its roles, whoever
    /// bears a token by the rights of that token.
    pub fn authority(&self) -> Authority {
        if self.actor == Actor::system() {
            return Authority::full();
        }
        if let Some(client) = self.client.as_ref().filter(|client| client.credential.is_some()) {
            let grants = client.access.iter();
            Authority::On(grants.map(|it| (it.group, it.permissions.clone())).collect())
        } else {
            let is_covered = |it: &Permission| it.rights().iter().all(|it| self.has(*it));
            Authority::Everywhere(Permission::ALL.into_iter().filter(is_covered).collect())
        }
    }

    /// Whether it may do this on the first group of `line`, whose ancestors follow, nearest first.
    pub fn may_on(&self, permission: Permission, line: impl IntoIterator<Item = GroupId>) -> bool {
        let mut line = line.into_iter();
        line.find_map(|group| self.may_just_on(permission, group)).unwrap_or_default()
    }

    /// Whether it may do this on a group by what is said of that group itself; `None` where nothing
    /// is, and what holds above it counts.
    pub fn may_just_on(&self, permission: Permission, group: GroupId) -> Option<bool> {
        let access = &self.client.as_ref()?.access;
        let place = access.binary_search_by_key(&group, |grant| grant.group).ok()?;
        access.get(place).map(|grant| grant.permissions.contains(&permission))
    }

    /// Whether the gate of an operation lets it through.
    pub fn holds(&self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing | Needs::SignedIn | Needs::RightOfCommand | Needs::ClientsOrOwner(_) => {
                true
            }
            Needs::Right(right) => self.has(right),
            Needs::Permission(permission) => self.client.as_ref().is_some_and(|client| {
                client.access.iter().any(|grant| grant.permissions.contains(&permission))
            }),
            Needs::Feature(feature) => self.has_feature(feature),
            Needs::Clients(verb) => self.may_clients(verb),
            Needs::Record => self.may_read_record(),
        }
    }

    /// Whether the calling client has a feature. An owner passes every check, and
    /// whoever may write may read.
    fn has_feature(&self, feature: ClientFeature) -> bool {
        let wider = match feature {
            ClientFeature::DirectReadAccess => ClientFeature::DirectAccess,
            ClientFeature::AccessIssuer
            | ClientFeature::DirectAccess
            | ClientFeature::LoginClient
            | ClientFeature::Owner => feature,
        };
        let held = [feature, wider, ClientFeature::Owner];
        let client = self.client.as_ref();
        client.is_some_and(|client| held.iter().any(|one| client.features.contains(one)))
    }

    /// Whether `clients:<verb>` is held: by a role or permission of a web token, or by a right.
    fn may_clients(&self, verb: &str) -> bool {
        let reads = matches!(verb, "list" | "read");
        let by_right = self.has(Right::ClientAdmin) || (reads && self.has(Right::ClientRead));
        let by_claim = self.claims.as_ref().is_some_and(|claims| {
            claims.has_permission(&format!("clients:{verb}"))
                || claims.has_permission("clients:admin")
                || ADMIN_ROLES.iter().any(|role| claims.has_role(role))
        });
        by_right || by_claim
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claiming(roles: &[&str], permissions: &[&str]) -> Caller {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (roles, permissions) = (list(roles), list(permissions));
        Caller {
            claims: Some(Claims { roles, permissions, ..Claims::default() }),
            ..Caller::stranger()
        }
    }

    fn featured(feature: ClientFeature) -> Caller {
        let (id, features) = (ClientId(uuid::Uuid::nil()), [feature].into());
        let client = CallingClient::of(id, features);
        Caller { client: Some(client), ..Caller::stranger() }
    }

    #[test]
    fn an_owner_passes_every_check_of_features() {
        assert!(featured(ClientFeature::Owner).holds(Needs::Feature(ClientFeature::DirectAccess)));
        assert!(!featured(ClientFeature::DirectAccess).holds(Needs::Feature(ClientFeature::Owner)));
        assert!(!Caller::stranger().holds(Needs::Feature(ClientFeature::Owner)));
    }

    #[test]
    fn tokens_of_clients_need_the_very_verb_or_to_be_administrators() {
        assert!(claiming(&[], &["clients:list"]).holds(Needs::Clients("list")));
        assert!(!claiming(&[], &["clients:list"]).holds(Needs::Clients("activate")));
        assert!(claiming(&[], &["clients:admin"]).holds(Needs::Clients("activate")));
        assert!(claiming(&["Administrator"], &[]).holds(Needs::Clients("delete")));
        assert!(!claiming(&["user"], &[]).holds(Needs::Clients("read")));
        let reader = Caller { rights: [Right::ClientRead].into(), ..Caller::stranger() };
        assert!(reader.holds(Needs::Clients("read")) && !reader.holds(Needs::Clients("delete")));
    }
}
