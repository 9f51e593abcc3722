//! Locks a user out, and lets them in again. Doing so twice is no different from once.

use axum::response::Response;
use commands::sign_ins::{LockUser, UnlockUser};

use super::named;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn lock(call: Call) -> Result<Response, Problem> {
    let user = named(&call);
    call.run(LockUser { user }).await?;
    Ok(wire::no_content())
}

pub(super) async fn unlock(call: Call) -> Result<Response, Problem> {
    let user = named(&call);
    call.run(UnlockUser { user }).await?;
    Ok(wire::no_content())
}
