//! What every command is: data, a rejection, and a pure decision.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{Actor, Aggregate, Authority, Event, OrganizationId, Right, Rights, Tenant, UserId};
use eventlog::{SealError, VaultWrite};

use crate::Mint;

/// What is not pure, brought in as values.
#[derive(Debug)]
pub struct Context<F = ()> {
    /// The instant the events will carry; not before the partition's last one.
    pub now: DateTime<Utc>,
    /// The tenant's newest ordinal; the first event decided now gets the next one.
    pub newest: i64,
    pub actor: Actor,
    /// What the actor holds themselves.
    pub authority: Authority,
    pub address: Option<IpAddr>,
    /// Identifiers and sealed secrets drawn for this command.
    pub fresh: F,
}

/// Which answer a refusal calls for; each dialect has its own words and numbers for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// What the command names is not there, or is another tenant's.
    NotFound,
    /// A member of the command cannot be taken.
    Invalid,
    /// It does not go with what stands now.
    Conflict,
    /// It may never be done to this thing, or by this actor.
    Forbidden,
}

/// A rejection in a form that every dialect can fall back on. Its text is the rejection's
/// `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// Stable word for it, in snake case.
    pub code: &'static str,
    /// The member of the command that is at fault.
    pub member: Option<&'static str>,
    /// What stands in the way.
    pub blocking: Vec<Aggregate>,
}

impl Refusal {
    pub fn not_found(code: &'static str, member: &'static str) -> Self {
        Self { kind: RefusalKind::NotFound, code, member: Some(member), blocking: Vec::new() }
    }
    pub fn invalid(code: &'static str, member: &'static str) -> Self {
        Self { kind: RefusalKind::Invalid, code, member: Some(member), blocking: Vec::new() }
    }
    pub fn conflict(code: &'static str, blocking: Vec<Aggregate>) -> Self {
        Self { kind: RefusalKind::Conflict, code, member: None, blocking }
    }
    pub fn forbidden(code: &'static str) -> Self {
        Self { kind: RefusalKind::Forbidden, code, member: None, blocking: Vec::new() }
    }

    /// The same, with the member that brought it about.
    #[must_use]
    pub fn about(self, member: &'static str) -> Self {
        Self { member: Some(member), ..self }
    }
}

/// Why a command is not granted: what is the case, and the objects that stand in the way.
pub trait Rejection: std::error::Error + PartialEq + Send + Sync + 'static {
    fn refusal(&self) -> Refusal;
}

/// Something that may be asked of a tenant.
pub trait Command: Send + Sync + 'static {
    type Rejection: Rejection;
    /// Identifiers and sealed secrets it needs; `()` where it needs none.
    type Fresh: Send + Sync + 'static;

    /// As the native API names it: `MoveGroup`.
    const NAME: &'static str;
    /// How many integer ids [`Command::draw`] takes.
    const NUMBERS: usize = 0;
    /// Whether it is let in when the queue is otherwise full: locks and revocations are.
    const URGENT: bool = false;
    /// Whether [`Command::draw`] takes so much computing that it must not hold up other tasks.
    const DRAWS_SLOWLY: bool = false;
    /// Whether it may be sent to a tenant that does not exist yet. Such a command is drawn again
    /// when it turns out that the tenant was made meanwhile, under other keys.
    const FOUNDS_TENANT: bool = false;

    /// What a bearer must hold to ask for it over the native API.
    fn needs(&self) -> Right;

    /// The organization it stays within: whoever holds the right there only may ask too.
    fn organization(&self) -> Option<&OrganizationId> {
        None
    }

    /// Rights it hands out. Nobody may hand out what they do not hold.
    fn confers(&self) -> Rights {
        Rights::new()
    }

    /// Of whom more is sealed in [`Command::draw`]: the key of that subject is loaded before.
    fn subject(&self) -> Option<String> {
        None
    }

    /// Whose passwords [`Command::draw`] compares with: their hashes are read before.
    fn passwords_of(&self) -> Option<&UserId> {
        None
    }

    /// Draws what is fresh and seals what is personal, in the caller's task.
    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Self::Fresh, SealError>;

    /// Roughly how many bytes it holds while it waits. A command that carries lists or long texts
    /// counts them in.
    fn weight(&self) -> usize {
        size_of_val(self)
    }

    /// The aggregate whose `details` are answered and whose sequence `If-Match` speaks of.
    fn target(&self, tenant: &Tenant, context: &Context<Self::Fresh>) -> Aggregate;

    /// The rule. No events means nothing had to change.
    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<Self::Fresh>,
    ) -> Result<Vec<Event>, Self::Rejection>;

    /// What the same append does to the vault, when there are events. `tenant` is as `decide` saw
    /// it.
    fn vault(&self, tenant: &Tenant, context: &Context<Self::Fresh>) -> Vec<VaultWrite> {
        let _ = (tenant, context);
        Vec::new()
    }

    /// What the native reply shows beside `details`: new ids, and a secret, once.
    fn reply(fresh: &Self::Fresh) -> serde_json::Map<String, serde_json::Value> {
        let _ = fresh;
        serde_json::Map::new()
    }
}

impl<F> Context<F> {
    /// The same for a command that is part of this one.
    pub(crate) fn with<G>(&self, fresh: G) -> Context<G> {
        let (actor, authority) = (self.actor.clone(), self.authority.clone());
        let (now, newest, address) = (self.now, self.newest, self.address);
        Context { now, newest, actor, authority, address, fresh }
    }
}

#[cfg(test)]
impl<F> Context<F> {
    /// For cases: 2026-01-01, the installation itself, from nowhere.
    pub(crate) fn sample(fresh: F) -> Self {
        let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        let (actor, authority) = (Actor::system(), Authority::full());
        Self { now, newest: 0, actor, authority, address: None, fresh }
    }
}
