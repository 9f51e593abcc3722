//! Unlocks an API client. There is no such operation for the caller itself: a locked client's
//! calls are not let in.

use axum::response::Response;
use commands::clients::{UnlockClient, UnlockClientRejection};
use domain::Permission;

use super::{answer, named};
use crate::akamai::problem::Problem;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::ClientAdmin).await?;
    let (call, _) = call.run(UnlockClient { client: client.client }).await?;
    answer(&call, &client).await
}

impl From<UnlockClientRejection> for Problem {
    fn from(rejection: UnlockClientRejection) -> Self {
        match rejection {
            UnlockClientRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}
