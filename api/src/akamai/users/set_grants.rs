//! Replaces what a user may do.

use axum::response::Response;
use commands::users::{SetUserGrants, SetUserGrantsRejection};
use serde_json::Value;

use super::grants::{self, Wanted};
use super::show::{Sections, Setting};
use super::{found, grants_invalid, named};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let user = named(&call).await?.user;
    let body: Value = call
        .request
        .json()
        .map_err(|error| Problem::invalid("body", format!("The body is not JSON: {error}")))?;
    let Wanted { groups, account_roles } = grants::wanted(&body, &Forest::of(&call).await?)?;
    let command = SetUserGrants { user: user.clone(), grants: groups, account_roles };
    let (call, _) = call.run(command).await?;
    let setting = Setting::of(&call, &user, Sections { grants: true, ..Sections::NONE }).await?;
    Ok(wire::ok(setting.grants(&found(&call, &user).await?)))
}

impl From<SetUserGrantsRejection> for Problem {
    fn from(rejection: SetUserGrantsRejection) -> Self {
        match rejection {
            SetUserGrantsRejection::UserUnknown(user) => Self::no_user(user),
            SetUserGrantsRejection::Grants(fault) => grants_invalid(&fault),
            SetUserGrantsRejection::Lacking(lacking) => Self::not_authorized(&lacking.to_string()),
        }
    }
}
