//! Creates a user.

use axum::response::Response;
use commands::users::{CreateUser, CreateUserRejection, FirstPassword};
use domain::OrganizationId;
use projections::{clients, organizations};
use serde_json::Value;

use super::basic_info::{self, BasicInfo, conflict, taken};
use super::grants::{self, Wanted};
use super::show::Sections;
use super::{get_user, grants_invalid};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::{notifications, wire};
use crate::call::Call;
use crate::fault::Fault;

const REQUIRED: [&str; 5] =
    ["firstName", "lastName", "email", "country", "additionalAuthentication"];

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let info = BasicInfo::read(&body, None).with_required(&body, &REQUIRED);
    let (profile, second_factor) = info.checked()?;
    let clone_from = clone_from(&body)?;
    let Wanted { groups, account_roles } = wanted(&call, &body, clone_from.is_some()).await?;
    let wanted = body.get("notifications").filter(|value| !value.is_null());
    let command = CreateUser {
        organization: organization(&call).await?,
        profile,
        grants: groups,
        account_roles,
        clone_from,
        notifications: wanted.map(notifications::wanted).transpose()?,
        second_factor,
        first_password: Some(if wire::sends_email(&call.request) {
            FirstPassword::Mailed
        } else {
            FirstPassword::Shown
        }),
    };
    let (call, granted) = call.run(command).await?;
    let fresh = granted.fresh;
    let user = fresh.user;
    let mut shown = get_user::shown(&call, &user, Sections::ALL).await?;
    // The document says that it comes back and has no member for it; this is what it is called
    // where a password is reset.
    if let Some(password) = fresh.password.and_then(|password| password.drawn) {
        shown.insert("newPassword".to_owned(), password.expose().into());
    }
    Ok(wire::created(&format!("/user-admin/ui-identities/{user}"), Value::Object(shown)))
}

/// The name of the user to take grants from.
fn clone_from(body: &Value) -> Result<Option<String>, Problem> {
    let is_there = body.get("cloneFrom").is_some_and(|value| !value.is_null() && *value != "");
    is_there.then(|| wire::body_text(body, "cloneFrom")).transpose()
}

/// What the body wants granted: listed, or as another user holds it, and one of the two.
async fn wanted(call: &Call, body: &Value, is_clone: bool) -> Result<Wanted, Problem> {
    match body.get("authGrants").filter(|value| !value.is_null()) {
        Some(_) if is_clone => {
            Err(Problem::invalid("cloneFrom", "cloneFrom takes the place of authGrants"))
        }
        Some(list) => grants::wanted(list, &Forest::of(call).await?),
        None if is_clone => Ok(Wanted::default()),
        None => Err(Problem::invalid("authGrants", "authGrants or cloneFrom is required")),
    }
}

/// Where a new user belongs, of which this dialect knows nothing: where the calling client does,
/// or else to the account's first organization.
async fn organization(call: &Call) -> Result<OrganizationId, Problem> {
    let (views, tenant) = (&call.views, &call.tenant);
    if let Some(calling) = &call.caller.client {
        let client = clients::one(views, tenant, calling.id).await.map_err(Fault::from)?;
        if let Some(organization) = client.and_then(|client| client.organization) {
            return Ok(organization);
        }
    }
    let rows = organizations::all(views, tenant).await.map_err(Fault::from)?;
    let first = rows.into_iter().next().map(|row| row.organization);
    let missing = || "The account has no organization that a user could belong to.".to_owned();
    first.ok_or_else(|| conflict("organization_missing", missing()))
}

impl From<CreateUserRejection> for Problem {
    fn from(rejection: CreateUserRejection) -> Self {
        use CreateUserRejection as No;

        let text = rejection.to_string();
        match rejection {
            // Deleted since it was looked up.
            No::OrganizationUnknown(_) => conflict("organization_missing", text),
            No::Profile(faults) => basic_info::invalid(&faults),
            No::EmailTaken(_) => taken("email", &text),
            No::UserNameTaken(_) => taken("uiUserName", &text),
            No::GrantsTwofold | No::CloneUnknown => Self::invalid("cloneFrom", text),
            No::Grants(fault) => grants_invalid(&fault),
            No::Notifications(_) => Self::invalid("notifications", text),
            No::Lacking(_) | No::SecondFactor(_) => Self::not_authorized(&text),
        }
    }
}
