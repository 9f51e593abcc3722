//! Erases what is known of a user, of a client's contact, or of the person of a record: the key
//! that it is all sealed under is destroyed in the append that tells so. Events stay as they are.
//!
//! The thing itself stays as well, as an id of which nothing is known. A user can sign in no longer:
//! locked, without a password, a second factor or a token. A client is locked, since nobody answers
//! for it; whoever unlocks it does. Whoever was deleted before can be erased as well.

use domain::{
    Aggregate, ClientLocked, Event, LockReason, Right, SecondFactor, Subject, SubjectErased,
    Tenant, UserId, UserLocked, UserSecondFactorReset,
};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::{SubjectFault, known};
use crate::users::{Lacking, reach, spoken_for};
use crate::{Command, Context, Mint, Refusal, Rejection, sign_ins};

/// Erases for good what is known of a user, of a client's contact, or of the person of a record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EraseSubject {
    /// Id of a user or of a client, or UUID of a record, also of one that was deleted.
    pub subject: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EraseSubjectRejection {
    #[error(transparent)]
    Subject(#[from] SubjectFault),
    #[error("subject {subject} is under a legal hold: {reason}")]
    Held { subject: String, reason: String },
    #[error("everybody in the tenant is under a legal hold: {0}")]
    AllHeld(String),
    #[error(transparent)]
    Lacking(Lacking),
}

impl Rejection for EraseSubjectRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Subject(fault) => fault.refusal(),
            Self::Held { subject, .. } => {
                Refusal::conflict("legal_hold", vec![Aggregate::subject(subject)])
            }
            Self::AllHeld(_) => Refusal::conflict("legal_hold", Vec::new()),
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

/// What destroys the key, and where the report of it is found.
#[derive(Debug)]
pub struct FreshErasure {
    key: VaultWrite,
    report: String,
}

impl Command for EraseSubject {
    type Rejection = EraseSubjectRejection;
    type Fresh = FreshErasure;
    const NAME: &'static str = "EraseSubject";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.subject.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshErasure, SealError> {
        let key = mint.keys().drop_subject(&self.subject);
        let report = format!("/v1/tenants/{}/erasures/{}", mint.tenant(), self.subject);
        Ok(FreshErasure { key, report })
    }

    fn target(&self, _: &Tenant, _: &Context<FreshErasure>) -> Aggregate {
        Aggregate::subject(&self.subject)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshErasure>,
    ) -> Result<Vec<Event>, EraseSubjectRejection> {
        use EraseSubjectRejection as No;

        let held = known(tenant, &self.subject)?;
        if held.is_erased {
            return Ok(Vec::new());
        }
        if let Some(reason) = held.hold.clone() {
            return Err(No::Held { subject: self.subject.clone(), reason });
        }
        if let Some(reason) = tenant.subjects.hold() {
            return Err(No::AllHeld(reason.clone()));
        }
        let user = held.user();
        if let Some(user) = user.as_ref().and_then(|user| tenant.users.get(user)) {
            reach::administers(&user.grants, tenant, &context.authority).map_err(No::Lacking)?;
        }
        let mut events = ended(tenant, held);
        let dropped = user.map(|user| sign_ins::forget(tenant, &user)).unwrap_or_default();
        let of = |kind| counted(dropped.iter().filter(|write| write.key().0 == kind).count());
        let is_revoked = |event: &&Event| matches!(event, Event::TokenRevoked(_));
        let tokens = counted(events.iter().filter(is_revoked).count());
        let fact = SubjectErased {
            subject: self.subject.clone(),
            about: held.about.clone(),
            organization: held.organization.clone(),
            passwords: of(VaultKind::Password),
            mails: of(VaultKind::Mail),
            tokens,
        };
        events.push(fact.into());
        Ok(events)
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshErasure>) -> Vec<VaultWrite> {
        let mut writes = vec![context.fresh.key.clone()];
        let user = tenant.subjects.get(&self.subject).and_then(Subject::user);
        if let Some(user) = user {
            writes.extend(spoken_for::dropped(tenant, &user));
            writes.extend(sign_ins::forget(tenant, &user));
        }
        writes
    }

    fn reply(fresh: &FreshErasure) -> Map<String, Value> {
        Map::from_iter([("report".to_owned(), Value::from(fresh.report.as_str()))])
    }
}

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What ends the ways in which the thing behind a subject signs in, as far as it is there.
fn ended(tenant: &Tenant, subject: &Subject) -> Vec<Event> {
    if let Some(user) = subject.user() {
        return user_ended(tenant, user);
    }
    let client =
        subject.client().filter(|id| tenant.clients.get(*id).is_some_and(|it| !it.is_locked));
    client.map(|client| ClientLocked { client }.into()).into_iter().collect()
}

fn user_ended(tenant: &Tenant, user: UserId) -> Vec<Event> {
    let mut events: Vec<_> = spoken_for::revoked(tenant, &user).collect();
    let Some(organization) = tenant.users.get(&user).map(|held| held.organization.clone()) else {
        return events;
    };
    let held = tenant.sign_ins.of(&user);
    if held.second_factor != SecondFactor::None && held.is_configured {
        let (user, organization) = (user.clone(), organization.clone());
        events.push(UserSecondFactorReset { user, organization, was_configured: true }.into());
    }
    let reason = LockReason::Administrator;
    if held.lock != Some(reason) {
        events.push(UserLocked { user, organization, reason }.into());
    }
    events
}

#[cfg(test)]
mod tests;
