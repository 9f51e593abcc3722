//! A command on its way through the lane, without its type. What is generic is a thin shell.

use std::convert::Infallible;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Details, Event, Tenant};
use eventlog::VaultWrite;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::places::Seat;
use crate::{Command, Context, Failure, Granted, Request};

/// What a command costs the queue beside its own weight: its request and its envelope.
const ENVELOPE: usize = 1_024;

/// A queued command.
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) seat: Seat,
    pub(super) name: &'static str,
    pub(super) urgent: bool,
    pub(super) weight: usize,
    /// How many commands may share a statement with it, itself among them. It shrinks each time a
    /// statement it was in is refused, until it is alone.
    pub(super) company: usize,
    /// How often it was refused alone.
    pub(super) refusals: u8,
    /// Its idempotency key was looked up after it was queued, and nothing stood there.
    pub(super) is_first: bool,
    pub(super) rule: Box<dyn Rule>,
}

/// What a rule decided, and what the same append does to the vault.
pub(super) struct Decision {
    pub(super) events: Vec<Event>,
    pub(super) vault: Vec<VaultWrite>,
}

/// A command that was granted, as the lane sees it.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) details: Option<Details>,
    pub(super) ordinal: i64,
    pub(super) partition: i32,
    pub(super) position: i64,
    pub(super) events: Vec<Event>,
}

/// How a command ends.
#[derive(Debug)]
pub(super) enum Outcome {
    Granted(Grant),
    /// By its rule, which keeps the reason.
    Rejected,
    Failed(Failure<Infallible>),
    /// The tenant was made by somebody else meanwhile: draw again, under its keys.
    Again,
}

/// The typed part of a job.
pub(super) trait Rule: Send + Sync {
    /// What the command is about, decided at `now`.
    fn target(&mut self, tenant: &Tenant, now: DateTime<Utc>) -> Aggregate;

    /// Decides, at the instant [`Rule::target`] was told, on a tenant whose newest ordinal is
    /// `newest`; `None` is a rejection, kept here.
    fn decide(&mut self, tenant: &Tenant, newest: i64) -> Option<Decision>;

    /// What the native reply shows beside `details`.
    fn reply(&self) -> Map<String, Value>;

    fn answer(self: Box<Self>, request: Request, outcome: Outcome);
}

/// What goes back to the caller's task.
pub(super) enum Reply<C: Command> {
    Done(Result<Granted<C::Fresh>, Failure<C::Rejection>>),
    Again(Request, C),
}

struct Work<C: Command> {
    command: C,
    context: Context<C::Fresh>,
    rejection: Option<C::Rejection>,
    reply: oneshot::Sender<Reply<C>>,
}

impl Job {
    pub(super) fn new<C: Command>(
        request: Request,
        seat: Seat,
        command: C,
        fresh: C::Fresh,
        reply: oneshot::Sender<Reply<C>>,
    ) -> Self {
        let weight = ENVELOPE + command.weight();
        let (actor, authority) = (request.actor.clone(), request.authority.clone());
        let (now, address) = (DateTime::UNIX_EPOCH, request.address);
        let context = Context { now, newest: 0, actor, authority, address, fresh };
        Self {
            request,
            seat,
            name: C::NAME,
            urgent: C::URGENT,
            weight,
            company: usize::MAX,
            refusals: 0,
            is_first: false,
            rule: Box::new(Work { command, context, rejection: None, reply }),
        }
    }

    pub(super) fn answer(self, outcome: Outcome) {
        self.rule.answer(self.request, outcome);
    }

    pub(super) fn fail(self, failure: Failure<Infallible>) {
        self.answer(Outcome::Failed(failure));
    }
}

impl<C: Command> Rule for Work<C> {
    fn target(&mut self, tenant: &Tenant, now: DateTime<Utc>) -> Aggregate {
        self.context.now = now;
        self.command.target(tenant, &self.context)
    }

    fn decide(&mut self, tenant: &Tenant, newest: i64) -> Option<Decision> {
        self.context.newest = newest;
        match self.command.decide(tenant, &self.context) {
            Ok(events) if events.is_empty() => Some(Decision { events, vault: Vec::new() }),
            Ok(events) => {
                Some(Decision { events, vault: self.command.vault(tenant, &self.context) })
            }
            Err(rejection) => {
                self.rejection = Some(rejection);
                None
            }
        }
    }

    fn reply(&self) -> Map<String, Value> {
        C::reply(&self.context.fresh)
    }

    fn answer(self: Box<Self>, request: Request, outcome: Outcome) {
        let Self { command, context, rejection, reply } = *self;
        let answer = match (outcome, rejection) {
            (Outcome::Granted(grant), _) => Reply::Done(Ok(grant.with(context.fresh))),
            (Outcome::Rejected, Some(rejection)) => Reply::Done(Err(Failure::Rejected(rejection))),
            (Outcome::Failed(failure), _) => Reply::Done(Err(failure.of())),
            // A rejection without its reason does not occur; asking again is always right.
            (Outcome::Again | Outcome::Rejected, _) => Reply::Again(request, command),
        };
        // A caller who went away needs no answer.
        let _ = reply.send(answer);
    }
}

impl Grant {
    fn with<F>(self, fresh: F) -> Granted<F> {
        let Self { details, ordinal, partition, position, events } = self;
        Granted { details, ordinal, partition, position, events, fresh }
    }
}

impl Failure<Infallible> {
    /// The same failure, of a command that could also have been rejected.
    pub(super) fn of<R>(self) -> Failure<R> {
        match self {
            Self::Rejected(never) => match never {},
            Self::NoTenant(tenant) => Failure::NoTenant(tenant),
            Self::Stale { expected, actual } => Failure::Stale { expected, actual },
            Self::Replayed(answer) => Failure::Replayed(answer),
            Self::KeyReused => Failure::KeyReused,
            Self::Overloaded { retry_after_seconds } => Failure::Overloaded { retry_after_seconds },
            Self::Stopping => Failure::Stopping,
            Self::Unavailable(error) => Failure::Unavailable(error),
            Self::Unreadable(error) => Failure::Unreadable(error),
        }
    }
}
