//! The installation's own tree, whose leaves are the heads of the tenants' trees, and its key.

use eventlog::Hash;
use eventlog::proof::{SigningKey, Tree, head_leaf, includes, inclusion};
use serde_json::json;

use super::asked::{Asked, missing, number};
use super::{Answer, grown, head_of, hex, note, ok, proved};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

/// The newest checkpoint, or the one at `size`.
pub(in crate::native) async fn checkpoint(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let head = asked.installation("size", number(&call, "size")?).await?;
    Ok(note(head.note))
}

/// That the checkpoint at `to`, or the newest one, grew out of the one at `from`.
pub(in crate::native) async fn consistency(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let from = number(&call, "from")?.ok_or_else(|| missing("from"))?;
    let to = asked.installation("to", number(&call, "to")?).await?;
    let from = asked.installation("from", Some(from)).await?;
    Ok(ok(grown(&asked, &Tree::Installation, &from, &to).await?))
}

/// That a tenant's checkpoint, at `size` or the newest one, is in the installation's checkpoint at
/// `of`, or the newest one.
pub(in crate::native) async fn head(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let entry = asked.entry("size", number(&call, "size")?).await?;
    let whole = asked.installation("of", number(&call, "of")?).await?;
    let (index, size) = (entry.number.unsigned_abs() - 1, whole.size.unsigned_abs());
    let parts = inclusion(index, size).map_err(|_| {
        let detail = "the tenant's checkpoint is newer than that one of the installation";
        Problem { member: Some("of".to_owned()), ..super::asked::not_sealed(detail) }
    })?;
    let head = &entry.head;
    let leaf = head_leaf(&entry.tenant, head.size.unsigned_abs(), &head.root, head.signed_at);
    let holds = |proof: &[Hash]| includes(&leaf, index, size, proof, &whole.root);
    let proof = proved(&asked, &Tree::Installation, whole.size, &parts, holds).await?;
    Ok(ok(json!({
        "tenant": entry.tenant,
        "head": head_of(&entry),
        "entry": entry.number,
        "of": whole.size,
        "inclusion": hex(&proof),
        "checkpoint": head.note,
        "installationCheckpoint": whole.note,
    })))
}

/// The public key that checks all of it, as tools for signed notes read it.
pub(in crate::native) async fn key(call: Call) -> Answer {
    let (master, installation) = (call.app.keyring.master(), call.app.log.installation());
    let key = SigningKey::derive(master, installation).map_err(Fault::from)?;
    Ok(note(format!("{}\n", key.verifier())))
}
