//! Where a client may call from: `/clients/set_whitelist` and `/clients/clear_whitelist`.

use axum::response::Response;
use commands::clients::{
    BlocksFault, ClearClientAllowList, ClearClientAllowListRejection, SetClientAllowList,
    SetClientAllowListRejection,
};
use serde_json::Map;

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{ok, target};
use crate::call::Call;

const ARGUMENT: &str = "whitelist";

/// Replaces a client's whole list.
pub(super) async fn set(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let blocks = parameters.list(ARGUMENT)?.ok_or(CaptureError::missing(ARGUMENT))?;
    let client = target(&call, &parameters).await?;
    call.run(SetClientAllowList { client, blocks }).await?;
    Ok(ok(Map::new()))
}

/// Lets a client call from everywhere again.
pub(super) async fn clear(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let client = target(&call, &parameters).await?;
    call.run(ClearClientAllowList { client }).await?;
    Ok(ok(Map::new()))
}

/// A list of blocks that cannot be taken. The blank that is missing is missing in the original.
pub(super) fn blocks_invalid(argument: &'static str, fault: &BlocksFault) -> CaptureError {
    match fault {
        BlocksFault::Malformed(block) => CaptureError::invalid(
            argument,
            format_args!("invalid cidr address: {block}; value after slash must be 32or less"),
        ),
        BlocksFault::TooFewOrMany(_) => CaptureError::invalid(argument, fault),
    }
}

impl From<SetClientAllowListRejection> for CaptureError {
    fn from(rejection: SetClientAllowListRejection) -> Self {
        match rejection {
            SetClientAllowListRejection::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            SetClientAllowListRejection::Blocks(fault) => blocks_invalid(ARGUMENT, &fault),
            SetClientAllowListRejection::LastOwnerOutside(_) => {
                Self::invalid(ARGUMENT, "the last owner may not shut out its own address")
            }
        }
    }
}

impl From<ClearClientAllowListRejection> for CaptureError {
    fn from(rejection: ClearClientAllowListRejection) -> Self {
        match rejection {
            ClearClientAllowListRejection::ClientUnknown(_) => {
                Self::not_a_valid_id("for_client_id")
            }
        }
    }
}
