//! Lists what a role can be put together from: the same in every account.

use std::future::{Ready, ready};

use axum::response::Response;
use domain::GRANTABLE_ROLES;

use super::show;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) fn handle(_: Call) -> Ready<Result<Response, Problem>> {
    ready(Ok(wire::ok(GRANTABLE_ROLES.iter().map(show::grantable).collect())))
}
