//! One event with its proof, as a document that is checked offline.

use eventlog::proof::EventProof;

use super::asked::{Asked, number, parsed};
use super::{Answer, in_checkpoint, ok};
use crate::call::Call;
use crate::fault::Fault;

/// The event as it stands in the log, sealed where it is sealed, and what proves that it is in the
/// checkpoint at `size`, or in the newest one.
pub(in crate::native) async fn event(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let ordinal = parsed(call.request.param("ordinal"), "ordinal")?;
    asked.check_sight(ordinal).await?;
    let entry = asked.entry("size", number(&call, "size")?).await?;
    let (_, inclusion) = in_checkpoint(&asked, ordinal, &entry).await?;
    let event = asked.event(ordinal).await?;
    let proof = EventProof::new(asked.log.installation(), &event, inclusion, &entry);
    Ok(ok(proof.map_err(Fault::from)?.to_json()))
}
