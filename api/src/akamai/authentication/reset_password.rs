//! Gives a user a password that works once: mailed, and then the answer is empty, or shown here
//! where `sendEmail` is false.

use axum::response::Response;
use commands::sign_ins::ResetUserPassword;
use serde_json::json;

use super::named;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let (user, send_email) = (named(&call), wire::sends_email(&call.request));
    let (_, granted) = call.run(ResetUserPassword { user, send_email }).await?;
    Ok(match granted.fresh.drawn {
        Some(password) => wire::ok(json!({"newPassword": password.expose()})),
        None => wire::no_content(),
    })
}
