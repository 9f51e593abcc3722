//! Akamai Identity and Access Management v3, below `/identity-management/v3`.
//!
//! Known quirks: bodies are read leniently, as the SDKs send members the document does not know;
//! `null`, `{}` and nothing are the same where no body is due; ids in a path that are no integers
//! are 400, foreign ones 404; there is no `api-clients/self/unlock`, and `self` is nobody's
//! `clientId`.

mod api_clients;
mod assets;
mod authentication;
mod blocked_assets;
mod credentials;
mod forest;
mod groups;
mod helpers;
mod ip_allowlist;
mod lists;
mod notifications;
mod persons;
mod problem;
mod roles;
mod users;
mod wire;

use async_trait::async_trait;
use axum::http::Method;
use axum::response::Response;
use domain::TenantId;

use crate::app::App;
use crate::call::Incoming;
use crate::caller::{Caller, signed, switched};
use crate::dialect::{Dialect, Face, Operation, Turned};
use crate::names;
use problem::Problem;

const ROOT: &str = "/identity-management/v3";

/// Operations that only ask something, though their method says otherwise.
const READS_BY_POST: [&str; 1] = ["post-api-clients-users-allowed-cpcodes"];

/// How this dialect lets callers in and refuses.
pub(crate) struct Akamai;

#[async_trait]
impl Face for Akamai {
    type Error = Problem;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, Problem> {
        let caller = signed(app, request).await?;
        match request.query_value("accountSwitchKey").filter(|key| !key.is_empty()) {
            // Naming one's own account is no switch.
            Some(key) if !wire::names_account(&key, &caller.tenant) => {
                let switched = switched(app, caller, &key).await?;
                switched.ok_or_else(Problem::may_not_switch_account)
            }
            Some(_) | None => Ok(caller),
        }
    }

    fn tenant(caller: &Caller, _: &Incoming) -> Result<TenantId, Problem> {
        Ok(caller.acts_in.as_ref().unwrap_or(&caller.tenant).clone())
    }

    /// A client needs access to this API beside what its roles give, and access to write for what
    /// is not only read.
    fn admit(caller: &Caller, operation: &Operation) -> Result<(), Problem> {
        let level = caller.client.as_ref().and_then(|client| client.level);
        let reads = operation.method == Method::GET || READS_BY_POST.contains(&operation.id);
        match level {
            Some(level) if reads || level.writes() => {}
            Some(_) => return Err(Problem::lacks_grant("READ-WRITE access to this API")),
            None => return Err(Problem::lacks_grant("access to this API")),
        }
        if caller.holds(operation.needs) {
            Ok(())
        } else {
            Err(Turned::Lacks(operation.needs).into())
        }
    }

    fn refuse(request: &Incoming, problem: Problem) -> Response {
        problem.respond(request)
    }
}

/// All 96 published operations.
pub(crate) fn dialect() -> Dialect<Akamai> {
    let akamai = roles::operations(groups::operations(Dialect::new("akamai", ROOT)));
    let akamai = blocked_assets::operations(assets::operations(akamai));
    let akamai = authentication::operations(users::operations(akamai));
    let akamai = helpers::operations(api_clients::operations(akamai));
    let akamai = credentials::operations(akamai);
    ip_allowlist::operations(lists::operations(akamai))
}
