//! Sets which mails a user gets; the answer says them back.

use axum::response::Response;
use commands::users::{SetUserNotifications, SetUserNotificationsRejection};
use domain::UserId;

use super::named;
use crate::akamai::problem::Problem;
use crate::akamai::users::{found, own};
use crate::akamai::{notifications, wire};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let user = named(&call);
    set(call, user).await
}

pub(super) async fn handle_own(call: Call) -> Result<Response, Problem> {
    let user = own(&call).await?;
    set(call, user).await
}

async fn set(call: Call, user: UserId) -> Result<Response, Problem> {
    let notifications = notifications::wanted(&wire::body(&call.request)?)?;
    let command = SetUserNotifications { user: user.clone(), notifications };
    let (call, _) = call.run(command).await?;
    let row = found(&call, &user).await?;
    Ok(wire::ok(notifications::show(&row.notifications)))
}

impl From<SetUserNotificationsRejection> for Problem {
    fn from(rejection: SetUserNotificationsRejection) -> Self {
        use SetUserNotificationsRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::User(fault) => fault.into(),
            No::Notifications(_) => Self::invalid("options", text),
        }
    }
}
