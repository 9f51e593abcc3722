//! Replaces a block under its id: what the body leaves out is not kept. It may be done while the
//! list is off, since clients do it without looking.

use axum::response::Response;
use commands::allow_list::{ChangeCidrBlock, ChangeCidrBlockRejection};
use domain::CidrBlockId;

use super::{Sent, check, get_block, held, no_block, sent};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let block = CidrBlockId(wire::path_id(&call.request, "cidrBlockId")?);
    let Sent { cidr, enabled, comments } = sent(&call)?;
    check(&call).await?;
    let (call, _) = call.run(ChangeCidrBlock { block, cidr, enabled, comments }).await?;
    get_block::show_one(&call, block).await.map(wire::ok)
}

impl From<ChangeCidrBlockRejection> for Problem {
    fn from(rejection: ChangeCidrBlockRejection) -> Self {
        match rejection {
            ChangeCidrBlockRejection::BlockUnknown(_) => no_block(),
            ChangeCidrBlockRejection::Block(fault) => fault.into(),
            ChangeCidrBlockRejection::Held(hold) => held(hold),
        }
    }
}
