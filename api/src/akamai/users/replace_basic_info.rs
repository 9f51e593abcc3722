//! Replaces all that is known of a user as a person.

use axum::response::Response;
use commands::users::{ReplaceUserProfile, ReplaceUserProfileRejection};
use domain::UserId;
use projections::users::UserRow;
use serde_json::Value;

use super::basic_info::{self, BasicInfo, conflict, taken};
use super::get_user;
use super::show::Sections;
use super::{found, named, opened};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::{Denied, Fault};

/// How often to put the new profile together again when the old one was changed meanwhile.
const TRIES: usize = 3;

const REQUIRED: [&str; 6] =
    ["firstName", "lastName", "country", "preferredLanguage", "sessionTimeOut", "timeZone"];

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let user = named(&call).await?.user;
    replace(call, user, Sections::NONE).await
}

/// Replaces the user's profile as the body says, and answers with the user.
pub(super) async fn replace(
    mut call: Call,
    user: UserId,
    sections: Sections,
) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    for _ in 0..TRIES {
        let row = opened(&call, found(&call, &user).await?).await?;
        match call.clone().run(command(&body, &row)?).await {
            Ok((after, _)) => {
                let shown = get_user::shown(&after, &user, sections).await?;
                return Ok(wire::ok(Value::Object(shown)));
            }
            Err(Denied::Rejected(ReplaceUserProfileRejection::ChangedMeanwhile(_))) => {
                let current = call.app.reads.current(&call.tenant).await;
                call.views = current.map_err(Fault::from)?.views;
            }
            Err(denied) => return Err(denied.into()),
        }
    }
    Err(ReplaceUserProfileRejection::ChangedMeanwhile(user).into())
}

/// What the body asks for; the user name stays, and so does the e-mail address where the body has
/// none.
fn command(body: &Value, row: &UserRow) -> Result<ReplaceUserProfile, Problem> {
    let known = row.profile.known();
    let info = BasicInfo::read(body, known.map(|known| known.email.as_str()));
    let (mut profile, second_factor) = info.with_required(body, &REQUIRED).checked()?;
    profile.user_name = known.map(|known| known.user_name.clone());
    let (user, seen) = (row.user.clone(), row.profile.closed().cloned());
    Ok(ReplaceUserProfile { user, profile, second_factor, seen })
}

impl From<ReplaceUserProfileRejection> for Problem {
    fn from(rejection: ReplaceUserProfileRejection) -> Self {
        use ReplaceUserProfileRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::UserUnknown(user) => Self::no_user(user),
            No::Profile(faults) => basic_info::invalid(&faults),
            No::PersonErased(_) => conflict("person_erased", text),
            No::ChangedMeanwhile(_) => conflict("changed_meanwhile", text),
            No::EmailTaken(_) => taken("email", &text),
            No::UserNameTaken(_) => taken("uiUserName", &text),
            No::Lacking(_) | No::SecondFactor(_) => Self::not_authorized(&text),
        }
    }
}
