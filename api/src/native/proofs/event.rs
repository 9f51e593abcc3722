//! One event with its proof, as a document that is checked offline.

use eventlog::proof::EventProof;

use super::asked::{Asked, number, parsed};
use super::{Answer, in_checkpoint, ok};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

/// The event as it stands in the log, sealed where it is sealed, and what proves that it is in the
/// checkpoint at `size`, or in the newest one.
pub(in crate::native) async fn event(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let ordinal = parsed(call.request.param("ordinal"), "ordinal")?;
    let entry = asked.entry("size", number(&call, "size")?).await?;
    let (_, inclusion) = in_checkpoint(&asked, ordinal, &entry).await?;
    let events = asked.log.read_tenant(&asked.place, ordinal - 1, 1).await.map_err(Fault::from)?;
    let event = events.first().ok_or_else(|| Problem::not_found("event"))?;
    let proof = EventProof::new(asked.log.installation(), event, inclusion, &entry);
    Ok(ok(proof.map_err(Fault::from)?.to_json()))
}
