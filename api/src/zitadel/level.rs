//! The level a call is about: named by the request, within the organization the caller keeps to,
//! and really there.

use domain::{Actor, ActorKind, Aggregate, Level, OrganizationId, UserId};
use projections::{organizations, users};
use prost_reflect::{DynamicMessage, ReflectMessage, Value as Field};
use tonic::Code;

use super::error::{ZitadelError, lacks};
use super::methods::{Act, Method, Of};
use crate::call::{Call, Incoming};
use crate::fault::Fault;

/// Names the organization whose members' rights are meant.
const SCOPE: &str = "x-zitadel-orgid";

/// The level that a request names, where its caller may do this to it.
pub(super) async fn reached(
    call: &Call,
    method: &Method,
    request: &DynamicMessage,
) -> Result<Level, ZitadelError> {
    let level = named(method.of, request)?;
    if call.tenant.is_system() && level != Level::System {
        let text = "the system holds no flags but its own";
        return Err(ZitadelError::new(Code::FailedPrecondition, "FEAT-Lv1el", text));
    }
    let scope = scope(call).await?;
    match &level {
        // Whoever is confined to an organization changes nothing above it.
        Level::System | Level::Instance => {
            if method.act != Act::Get && call.caller.organization.is_some() {
                return Err(lacks());
            }
        }
        Level::Organization(id) => organization(call, method, id, scope.as_ref()).await?,
        Level::User(id) => user(call, method, id, scope.as_ref()).await?,
    }
    Ok(level)
}

/// What `details` speak of as long as nothing was recorded of the level's flags.
pub(super) fn object(call: &Call, level: &Level) -> Aggregate {
    match level {
        Level::System | Level::Instance => Aggregate::tenant(&call.tenant),
        Level::Organization(id) => Aggregate::organization(id),
        Level::User(id) => Aggregate::user(id),
    }
}

/// The level that the request names; an id's length is checked as upstream does, in runes.
fn named(of: Of, request: &DynamicMessage) -> Result<Level, ZitadelError> {
    let Some(field) = of.id_field() else {
        return Ok(if of == Of::System { Level::System } else { Level::Instance });
    };
    let kind = request.descriptor();
    let held = kind.get_field_by_json_name(field).map(|field| request.get_field(&field));
    let id = match held.as_deref() {
        Some(Field::String(id)) => id.clone(),
        Some(_) | None => String::new(),
    };
    if !(1..=200).contains(&id.chars().count()) {
        let (message, field) =
            (kind.name(), if of == Of::User { "UserId" } else { "OrganizationId" });
        let text = format!(
            "invalid {message}.{field}: value length must be between 1 and 200 runes, inclusive"
        );
        return Err(ZitadelError::bare(Code::InvalidArgument, text));
    }
    let is_user = of == Of::User;
    Ok(if is_user { Level::User(UserId(id)) } else { Level::Organization(OrganizationId(id)) })
}

/// The organization that a request names in its header.
pub(super) fn scoped(request: &Incoming) -> Option<OrganizationId> {
    let id = request.header(SCOPE).filter(|id| !id.is_empty())?;
    Some(OrganizationId(id.to_owned()))
}

/// The organization that the call keeps to: the caller's own, or the one its header names.
async fn scope(call: &Call) -> Result<Option<OrganizationId>, ZitadelError> {
    let own = call.caller.organization.clone();
    let Some(named) = scoped(&call.request) else { return Ok(own) };
    let is_there = if let Some(own) = own {
        own == named
    } else {
        let found = organizations::one(&call.views, &call.caller.tenant, &named).await;
        found.map_err(Fault::from)?.is_some()
    };
    let stranger =
        || ZitadelError::new(Code::PermissionDenied, "AUTHZ-cdgFk", "membership not found");
    if is_there { Ok(Some(named)) } else { Err(stranger()) }
}

async fn organization(
    call: &Call,
    method: &Method,
    id: &OrganizationId,
    scope: Option<&OrganizationId>,
) -> Result<(), ZitadelError> {
    if scope.is_some_and(|scope| scope != id) {
        return Err(no_organization());
    }
    if !may(call, method) && !is_of(call, id).await? {
        return Err(lacks());
    }
    let found = organizations::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    found.map(drop).ok_or_else(no_organization)
}

async fn user(
    call: &Call,
    method: &Method,
    id: &UserId,
    scope: Option<&OrganizationId>,
) -> Result<(), ZitadelError> {
    let is_own = own_user(&call.caller.actor).as_ref() == Some(id);
    if !may(call, method) && !is_own {
        return Err(lacks());
    }
    let found = users::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    let is_seen = |own: &OrganizationId| scope.is_none_or(|scope| scope == own);
    let seen = found.filter(|user| is_seen(&user.organization));
    seen.map(drop).ok_or_else(no_user)
}

/// Whether the caller holds what the call asks. For a change the gate has seen to that.
fn may(call: &Call, method: &Method) -> bool {
    method.act != Act::Get || call.caller.has(method.of.read_right())
}

/// Whether it is the caller's own organization: the one it is confined to, or its user belongs to.
async fn is_of(call: &Call, id: &OrganizationId) -> Result<bool, ZitadelError> {
    if call.caller.organization.as_ref() == Some(id) {
        return Ok(true);
    }
    let Some(user) = own_user(&call.caller.actor) else { return Ok(false) };
    let user = users::one(&call.views, &call.tenant, &user).await.map_err(Fault::from)?;
    Ok(user.is_some_and(|user| user.organization == *id))
}

fn own_user(actor: &Actor) -> Option<UserId> {
    (actor.kind == ActorKind::User).then(|| UserId(actor.id.clone()))
}

pub(super) fn no_organization() -> ZitadelError {
    ZitadelError::new(Code::NotFound, "ORG-1p9wz", "Errors.Org.NotFound")
}

pub(super) fn no_user() -> ZitadelError {
    ZitadelError::new(Code::NotFound, "USER-4m9gs", "Errors.User.NotFound")
}
