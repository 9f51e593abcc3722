//! Every command by its name. The one list of commands is where routes, names and schemas come
//! from; here their senders are held to what they may do, and their terms are read.

use axum::http::StatusCode;
use axum::response::Response;
use commands::list::{Asked, COMMANDS, Declined, Desk, Done, Undone, dispatch};
use commands::{BodyError, Command, Granted, Idempotency};
use domain::Right;
use eventlog::payload_hash;
use serde_json::{Map, Value, json};

use super::{ok, show};
use crate::app::Terms;
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Denied;
use crate::problem::Problem;

const KEY_LENGTH_MAX: usize = 255;

/// Names and JSON schemas of all commands.
pub(super) async fn list(_: Call) -> Result<Response, Problem> {
    let shown = COMMANDS.iter().map(
        |entry| json!({"name": entry.name, "urgent": entry.urgent, "schema": (entry.schema)()}),
    );
    Ok(ok(json!({"commands": shown.collect::<Vec<_>>()})))
}

/// Runs the command that the path names.
pub(super) async fn run(call: Call) -> Result<Response, Problem> {
    let name = call.request.param("command").to_owned();
    let terms = terms(&call, &name)?;
    let is_dry = terms.dry_run;
    let desk = CallersDesk { call, terms };
    match dispatch(&desk, &name, &desk.call.request.body).await {
        Ok(done) => {
            desk.call.note_position(done.ordinal);
            Ok(ok(Value::Object(answer(done, is_dry))))
        }
        Err(Undone::NoCommand) => Err(Problem::not_found("command")),
        Err(Undone::Body(error)) => Err(body_invalid(&error)),
        Err(Undone::Desk(Stop::Answered(answer))) => Ok(ok(answer)),
        Err(Undone::Desk(Stop::Refused(problem))) => Err(problem),
    }
}

/// Where the command's target stands now, and what is new. Nothing is new after a dry run: it
/// shows the events there would be.
fn answer(done: Done, is_dry: bool) -> Map<String, Value> {
    let details = done.details.map(|details| show::details(&details));
    let mut body = Map::from_iter([("details".to_owned(), json!(details))]);
    if is_dry {
        let events = done.events.iter().map(|event| {
            let payload = event.encode().ok().and_then(|json| serde_json::from_slice(&json).ok());
            let payload: Value = payload.unwrap_or_default();
            json!({"type": event.name(), "version": event.version(), "payload": payload})
        });
        body.insert("events".to_owned(), events.collect());
    } else {
        body.extend(done.reply);
    }
    body
}

fn body_invalid(error: &BodyError) -> Problem {
    let problem = Problem::new(StatusCode::BAD_REQUEST, "body_invalid", error.to_string());
    let member = match error {
        BodyError::Member { member, .. } => member.clone(),
        BodyError::NotAnObject | BodyError::NotJson(_) => None,
    };
    Problem { member, ..problem }
}

/// What the request's headers say of how the command is to be taken.
fn terms(call: &Call, name: &str) -> Result<Terms, Problem> {
    let expected_sequence = call.request.header("if-match").map(|text| {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        bare.parse().map_err(|_| {
            let detail = "If-Match takes one sequence, as in If-Match: \"2\"";
            Problem::invalid("if_match_invalid", "If-Match", detail)
        })
    });
    let idempotency = call.request.header("idempotency-key").map(|key| {
        if !(1..=KEY_LENGTH_MAX).contains(&key.len()) {
            let detail = format!("an Idempotency-Key has 1 to {KEY_LENGTH_MAX} characters");
            return Err(Problem::invalid("idempotency_key_invalid", "Idempotency-Key", detail));
        }
        let asked = [name.as_bytes(), b"\0", &call.request.body].concat();
        Ok(Idempotency { key: key.to_owned(), fingerprint: payload_hash(&asked) })
    });
    let preferred = call.request.header("prefer").unwrap_or_default();
    let dry_run = preferred.split(',').any(|word| word.trim().eq_ignore_ascii_case("dry-run"));
    let expected_sequence = expected_sequence.transpose()?;
    Ok(Terms { expected_sequence, idempotency: idempotency.transpose()?, dry_run })
}

/// Why a command went no further than the desk.
#[derive(Debug)]
enum Stop {
    /// Its key was answered before, like this.
    Answered(Value),
    Refused(Problem),
}

/// Holds the caller to what a token of theirs may do.
struct CallersDesk {
    call: Call,
    terms: Terms,
}

impl Desk for CallersDesk {
    type Error = Stop;

    fn allow(&self, asked: &Asked<'_>) -> Result<(), Stop> {
        let caller = &self.call.caller;
        let lacks = |right: Right| Stop::Refused(Turned::Lacks(Needs::Right(right)).into());
        if !caller.has(asked.right) {
            return Err(lacks(asked.right));
        }
        if let Some(right) = asked.confers.iter().find(|right| !caller.has(**right)) {
            return Err(lacks(*right));
        }
        if !caller.may_change(&self.call.tenant) {
            return Err(lacks(Right::SystemFeatureWrite));
        }
        if caller.sees(asked.organization) {
            return Ok(());
        }
        super::refuse_confined(&self.call).map_err(Stop::Refused)
    }

    async fn run<C: Command>(&self, command: C) -> Result<Granted<C::Fresh>, Stop> {
        let Call { app, caller, tenant, request, .. } = &self.call;
        let ran = app.run(caller, tenant, request, self.terms.clone(), command).await;
        match ran {
            Ok((granted, _)) => Ok(granted),
            Err(Denied::Replayed(answer)) => Err(Stop::Answered(answer)),
            Err(Denied::Fault(fault)) => Err(Stop::Refused(fault.into())),
            Err(Denied::Rejected(rejection)) => {
                let Declined { refusal, text } = Declined::from(&rejection);
                Err(Stop::Refused(Problem::refused(refusal, text)))
            }
        }
    }
}
