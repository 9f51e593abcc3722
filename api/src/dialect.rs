//! The list of operations. It routes, it says what each operation needs, and it hangs that gate
//! on the route: what is not in the list does not exist, and what is in it refuses strangers.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderName, Method};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use chrono::Utc;
use domain::{ClientFeature, Permission, Right, TenantId};
use futures::future::BoxFuture;
use projections::positions::{self, Position};
use tower_http::timeout::TimeoutError;

use crate::accesses::{Noted, Seen, worth_keeping};
use crate::app::App;
use crate::call::{self, Call, Incoming};
use crate::caller::Caller;
use crate::fault::Fault;
use crate::past;

/// Names the newest ordinal of the tenant that an answer shows.
const POSITION: HeaderName = HeaderName::from_static("chancery-position");

/// How many milliseconds it took to fold the past that an answer shows.
const FOLDED: HeaderName = HeaderName::from_static("chancery-as-of-milliseconds");

/// Stands for the position of an answer to nobody in particular.
const UNKNOWN: i64 = -1;

/// What a caller must hold before an operation's handler is asked. Handlers narrow it down to the
/// object they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody at all, known or not.
    Nothing,
    /// Anybody who proved who they are.
    SignedIn,
    /// A right of a bearer.
    Right(Right),
    /// The right that the command named in the path asks for.
    RightOfCommand,
    /// A permission that a client's role gives it on some group (Akamai).
    Permission(Permission),
    /// A feature of a client (Capture).
    Feature(ClientFeature),
    /// A permission `clients:<verb>` (tenant clients).
    Clients(&'static str),
    /// The same, or to be the owner of the client it is about, which the handler sees to.
    ClientsOrOwner(&'static str),
    /// To read the record, as whoever asks for the past must.
    Record,
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::SignedIn => f.write_str("a valid credential"),
            Self::Right(right) => write!(f, "the right {}", right.as_str()),
            Self::RightOfCommand => f.write_str("the right that this command asks for"),
            Self::Permission(permission) => {
                write!(f, "the permission {}", permission.as_str())
            }
            Self::Feature(feature) => write!(f, "the feature {}", feature.as_str()),
            Self::Clients(verb) => write!(f, "the permission clients:{verb}"),
            Self::Record => f.write_str("the permission to read the record"),
            Self::ClientsOrOwner(verb) => {
                write!(f, "the permission clients:{verb}, or to be the client's owner")
            }
        }
    }
}

/// Why a request did not get as far as a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turned {
    /// The caller is known, and lacks this.
    Lacks(Needs),
    BodyTooLarge(usize),
    /// The client stopped sending it.
    BodyCutShort,
    PathUnreadable,
    NoSuchPath,
    NoSuchMethod,
}

/// Something that says no.
pub trait Refuses {
    /// The HTTP status it comes to, or would where a dialect answers 200 to everything.
    fn status_number(&self) -> u16;
}

/// How a dialect lets callers in and words its refusals.
#[async_trait]
pub trait Face: Send + Sync + 'static {
    type Error: From<Turned> + From<Fault> + Refuses + Send + 'static;

    /// Turns away who asks too often, before anything is looked at.
    fn throttle(app: &App, request: &Incoming) -> Result<(), Self::Error> {
        let _ = (app, request);
        Ok(())
    }

    /// Who sent this.
    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, Self::Error>;

    /// The tenant that the request is about, if the caller may enter it: its own where the path
    /// names none.
    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, Self::Error> {
        let _ = request;
        Ok(caller.tenant.clone())
    }

    /// Refuses a caller who lacks what the operation needs.
    fn admit(caller: &Caller, operation: &Operation) -> Result<(), Self::Error> {
        if caller.holds(operation.needs) {
            Ok(())
        } else {
            Err(Turned::Lacks(operation.needs).into())
        }
    }

    /// The reply that says no.
    fn refuse(request: &Incoming, error: Self::Error) -> Response;
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// As the published document names it.
    pub id: &'static str,
    pub method: Method,
    /// Below the dialect's root, as published.
    pub path: &'static str,
    pub needs: Needs,
}

type Handler<E> = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Response, E>> + Send + Sync>;

/// A dialect: a root, and the operations below it.
pub struct Dialect<F: Face> {
    name: &'static str,
    root: &'static str,
    operations: Vec<(Operation, Handler<F::Error>)>,
}

impl<F: Face> Dialect<F> {
    /// A dialect without operations.
    pub fn new(name: &'static str, root: &'static str) -> Self {
        Self { name, root, operations: Vec::new() }
    }

    /// One more operation.
    #[must_use]
    pub fn op<H, R>(
        mut self,
        id: &'static str,
        method: Method,
        path: &'static str,
        needs: Needs,
        handler: H,
    ) -> Self
    where
        H: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Response, F::Error>> + Send + 'static,
    {
        let handler: Handler<F::Error> = Arc::new(move |call| Box::pin(handler(call)));
        self.operations.push((Operation { id, method, path, needs }, handler));
        self
    }
}

/// A dialect's name, its root, and its list of operations.
#[derive(Debug, Clone)]
pub struct Listed {
    pub dialect: &'static str,
    pub root: &'static str,
    pub operations: Vec<Operation>,
}

/// A dialect, whatever its face.
pub(crate) trait Served {
    /// The list, without what serves it.
    fn listed(&self) -> Listed;

    /// Routes and gates in one.
    fn router(&self) -> Router<App>;
}

impl<F: Face> Served for Dialect<F> {
    fn listed(&self) -> Listed {
        let operations = self.operations.iter().map(|(operation, _)| operation.clone());
        Listed { dialect: self.name, root: self.root, operations: operations.collect() }
    }

    fn router(&self) -> Router<App> {
        let name = self.name;
        self.operations.iter().fold(Router::new(), |router, (operation, handler)| {
            let Ok(filter) = MethodFilter::try_from(operation.method.clone()) else {
                return router;
            };
            let (operation, handler) = (Arc::new(operation.clone()), Arc::clone(handler));
            let path = format!("{}{}", self.root, positional(operation.path));
            let serve = move |State(app): State<App>, params: Params, request: Request| {
                let (operation, handler) = (Arc::clone(&operation), Arc::clone(&handler));
                gate::<F>(app, (name, operation), handler, params, request)
            };
            router.route(&path, on(filter, serve))
        })
    }
}

type Params = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

/// The path with its parameters named by their place, since the router wants one name for each
/// place, and published documents do not always keep to one.
fn positional(path: &str) -> String {
    let parts = path.split('/').enumerate().map(|(place, part)| {
        if part.starts_with('{') { format!("{{p{place}}}") } else { part.to_owned() }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The names of a path's parameters, in order.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// The body, read whole. One that says from the start that it is too long is not read at all.
async fn whole(body: Body, limit: usize) -> Result<Bytes, Turned> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Turned::BodyTooLarge(limit));
    }
    to_bytes(body, limit).await.map_err(|error| {
        let mut cause = error.source();
        while let Some(error) = cause {
            if error.is::<TimeoutError>() {
                return Turned::BodyCutShort;
            }
            cause = error.source();
        }
        Turned::BodyTooLarge(limit)
    })
}

/// The one way in: read, authenticate, ask what the operation needs, and only then handle.
async fn gate<F: Face>(
    app: App,
    (dialect, operation): (&'static str, Arc<Operation>),
    handler: Handler<F::Error>,
    params: Params,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (id, address) = (call::request_id(&parts), call::address(&parts));
    let limit = app.settings.body_limit;
    let body = whole(body, limit).await;
    let bytes = body.as_ref().cloned().unwrap_or_default();
    let incoming = Incoming::new(id, address, Utc::now(), parts, bytes);
    if let Err(turned) = body {
        return F::refuse(&incoming, turned.into());
    }
    let Ok(params) = params else {
        return F::refuse(&incoming, Turned::PathUnreadable.into());
    };
    let values = params.iter().map(|(_, value)| value.to_owned());
    let params = parameters(operation.path).map(str::to_owned).zip(values).collect();
    let incoming = Arc::new(incoming.with_params(params));
    let position = Arc::new(AtomicI64::new(UNKNOWN));
    let (accesses, mut seen) = (app.accesses.clone(), None);
    let call = admitted::<F>(app, &operation, &incoming, &position, &mut seen).await;
    let took = call.as_ref().ok().and_then(|call| call.folded);
    let answer = match call {
        Ok(call) => handler(call).await,
        Err(error) => Err(error),
    };
    let status =
        answer.as_ref().map(|reply| reply.status().as_u16()).map_err(Refuses::status_number);
    if let Some(outcome) = worth_keeping(&operation, seen.is_some(), status, took.is_some()) {
        let named = (dialect, operation.id);
        accesses.note(Noted::new(&incoming, named, outcome, seen));
    }
    let response = answer.unwrap_or_else(|error| F::refuse(&incoming, error));
    marked(response, position.load(Ordering::Relaxed), took)
}

/// The call, if its sender is known, holds what the operation needs, and may enter the tenant it
/// is about.
async fn admitted<F: Face>(
    app: App,
    operation: &Operation,
    request: &Arc<Incoming>,
    position: &Arc<AtomicI64>,
    seen: &mut Option<Seen>,
) -> Result<Call, F::Error> {
    let (request, position) = (Arc::clone(request), Arc::clone(position));
    F::throttle(&app, &request)?;
    if operation.needs == Needs::Nothing {
        let (caller, views) = (Caller::stranger(), app.reads.eventual());
        let tenant = caller.tenant.clone();
        return Ok(Call { app, caller, tenant, views, request, position, folded: None });
    }
    let caller = F::authenticate(&app, &request).await?;
    let seen = seen.insert(Seen::of(&caller));
    F::admit(&caller, operation)?;
    let tenant = F::tenant(&caller, &request)?;
    seen.tenant.clone_from(&tenant);
    // Authentication went through the gate for the caller's own tenant.
    if tenant != caller.tenant && !request.is_content_with_late_rows() {
        match app.reads.current(&tenant).await.map_err(Fault::from) {
            // A command may be the one that creates it.
            Err(Fault::NoTenant(_)) if operation.needs == Needs::RightOfCommand => {}
            reached => drop(reached?),
        }
    }
    let views = app.reads.eventual();
    let Position { ordinal, erased } =
        positions::one(&views, &tenant).await.map_err(Fault::from)?;
    app.heed_erasures(&views, &tenant, erased).await?;
    let call = Call { app, caller, tenant, views, request, position, folded: None };
    let Some(until) = past::asked(&call.request)? else {
        call.note_position(ordinal);
        return Ok(call);
    };
    if !call.caller.may_read_record() {
        return Err(Turned::Lacks(Needs::Record).into());
    }
    let unfolded = past::unfold(&call.app, &call.tenant, until, ordinal).await?;
    call.note_position(unfolded.past.ordinal);
    // Whatever the handler computes from the time of day, it computes for then.
    let request = Arc::new(call.request.as_if_at(unfolded.at));
    let views = unfolded.past.views.clone();
    Ok(Call { views, request, folded: Some(unfolded.took), ..call })
}

/// The answer with the position it shows, where its caller is known, and with the milliseconds it
/// took to fold the past, where that was asked for.
fn marked(mut response: Response, position: i64, folded: Option<Duration>) -> Response {
    if let Some(took) = folded.and_then(|took| u64::try_from(took.as_millis()).ok()) {
        response.headers_mut().insert(FOLDED, took.into());
    }
    if position != UNKNOWN {
        response.headers_mut().insert(POSITION, position.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_one_name_for_each_place() {
        let path = "/user-admin/groups/move/{sourceGroupId}/{destinationGroupId}/affected-users";
        let expected = "/user-admin/groups/move/{p4}/{p5}/affected-users";
        assert_eq!(positional(path), expected);
        assert_eq!(parameters(path).collect::<Vec<_>>(), ["sourceGroupId", "destinationGroupId"]);
    }
}
