//! Puts a block on the list. The answer never has `actions`.

use axum::response::Response;
use commands::allow_list::{AddCidrBlock, AddCidrBlockRejection};
use projections::cidr_blocks;
use serde_json::Value;

use super::{Sent, check, held, members, names_in, no_block, sent};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let Sent { cidr, enabled, comments } = sent(&call)?;
    check(&call).await?;
    let (call, granted) = call.run(AddCidrBlock { cidr, enabled, comments }).await?;
    let block = granted.fresh;
    let row = cidr_blocks::one(&call.views, &call.tenant, block).await.map_err(Fault::from)?;
    let row = row.ok_or_else(no_block)?;
    let names = names_in(&call, std::slice::from_ref(&row)).await?;
    let shown = members(&row, &names);
    Ok(wire::created(&format!("/user-admin/ip-acl/allowlist/{block}"), Value::Object(shown)))
}

impl From<AddCidrBlockRejection> for Problem {
    fn from(rejection: AddCidrBlockRejection) -> Self {
        match rejection {
            AddCidrBlockRejection::Block(fault) => fault.into(),
            AddCidrBlockRejection::Held(hold) => held(hold),
        }
    }
}
