//! Gives a user a password of the caller's choice, which may be used again and again.

use axum::response::Response;
use commands::sign_ins::{ClearPassword, SetUserPassword, SetUserPasswordRejection};

use super::{conflict, named, password_invalid};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let new_password = Some(ClearPassword::new(wire::body_text(&body, "newPassword")?));
    let user = named(&call);
    call.run(SetUserPassword { user, new_password }).await?;
    Ok(wire::no_content())
}

impl From<SetUserPasswordRejection> for Problem {
    fn from(rejection: SetUserPasswordRejection) -> Self {
        use SetUserPasswordRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::User(fault) => fault.into(),
            No::Password(fault) => password_invalid(fault),
            No::Moved => conflict("password_moved", text),
        }
    }
}
