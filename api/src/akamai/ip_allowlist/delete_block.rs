//! Takes a block off the list.

use axum::response::Response;
use commands::allow_list::{RemoveCidrBlock, RemoveCidrBlockRejection};
use domain::CidrBlockId;

use super::{check, held, no_block};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let block = CidrBlockId(wire::path_id(&call.request, "cidrBlockId")?);
    check(&call).await?;
    call.run(RemoveCidrBlock { block }).await?;
    Ok(wire::no_content())
}

impl From<RemoveCidrBlockRejection> for Problem {
    fn from(rejection: RemoveCidrBlockRejection) -> Self {
        match rejection {
            RemoveCidrBlockRejection::BlockUnknown(_) => no_block(),
            RemoveCidrBlockRejection::Held(hold) => held(hold),
        }
    }
}
