//! Turns the list on and off. No body is due, and none is looked at.

use axum::http::StatusCode;
use axum::response::Response;
use commands::allow_list::{
    DisableAllowList, DisableAllowListRejection, EnableAllowList, EnableAllowListRejection,
};

use super::check;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn enable(call: Call) -> Result<Response, Problem> {
    check(&call).await?;
    call.run(EnableAllowList {}).await?;
    Ok(wire::no_content())
}

pub(super) async fn disable(call: Call) -> Result<Response, Problem> {
    check(&call).await?;
    call.run(DisableAllowList {}).await?;
    Ok(wire::no_content())
}

impl From<EnableAllowListRejection> for Problem {
    fn from(rejection: EnableAllowListRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            EnableAllowListRejection::NoBlocks => {
                Self::ip_acl(StatusCode::CONFLICT, "no_blocks", "Conflict", text)
            }
            EnableAllowListRejection::AddressNotListed => {
                Self::ip_acl(StatusCode::FORBIDDEN, "address_not_listed", "Forbidden", text)
            }
        }
    }
}

impl From<DisableAllowListRejection> for Problem {
    fn from(rejection: DisableAllowListRejection) -> Self {
        match rejection {}
    }
}
