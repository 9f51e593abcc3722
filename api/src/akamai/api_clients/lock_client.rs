//! Locks an API client: one that the path names, or the caller itself. Every dialect refuses its
//! calls from then on.

use axum::response::Response;
use commands::clients::{LockClient, LockClientRejection};
use domain::Permission;
use projections::clients::ClientRow;

use super::{answer, named};
use crate::akamai::problem::Problem;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::ClientAdmin).await?;
    lock(call, client).await
}

pub(super) async fn of_self(call: Call) -> Result<Response, Problem> {
    let client = super::itself(&call).await?;
    lock(call, client).await
}

async fn lock(call: Call, client: ClientRow) -> Result<Response, Problem> {
    let (call, _) = call.run(LockClient { client: client.client }).await?;
    answer(&call, &client).await
}

impl From<LockClientRejection> for Problem {
    fn from(rejection: LockClientRejection) -> Self {
        match rejection {
            LockClientRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}
