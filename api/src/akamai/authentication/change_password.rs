//! Replaces the password of the user that the calling client acts for. A current one that is
//! wrong is refused, and recorded: the fifth in a row locks the user.

use axum::http::StatusCode;
use axum::response::Response;
use commands::sign_ins::{ChangeUserPassword, ChangeUserPasswordRejection, ClearPassword};

use super::{conflict, password_invalid};
use crate::akamai::problem::Problem;
use crate::akamai::users::own;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let text = |member| wire::body_text(&body, member).map(ClearPassword::new);
    let (current_password, new_password) = (text("currentPassword")?, text("newPassword")?);
    let user = own(&call).await?;
    let command = ChangeUserPassword { user, current_password, new_password };
    let (_, granted) = call.run(command).await?;
    if granted.fresh.is_proved() {
        return Ok(wire::no_content());
    }
    Err(Problem::invalid("currentPassword", "currentPassword is not the current password"))
}

impl From<ChangeUserPasswordRejection> for Problem {
    fn from(rejection: ChangeUserPasswordRejection) -> Self {
        use ChangeUserPasswordRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::User(fault) => fault.into(),
            No::Locked(_) => {
                Self::user_admin(StatusCode::FORBIDDEN, "user_locked", "Forbidden", text)
            }
            No::Password(fault) => password_invalid(fault),
            No::NoPassword => conflict("no_password", text),
            No::Moved => conflict("password_moved", text),
        }
    }
}
