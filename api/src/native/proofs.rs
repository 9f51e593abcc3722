//! Proof that nobody altered the record: signed checkpoints, and what shows that an event is in
//! one and that one grew out of another. Hashes are checked against a signed root before they
//! leave, since stored ones only save time.

mod asked;
mod event;
mod installation;

pub(super) use event::event;
pub(super) use installation::{
    checkpoint as installation_checkpoint, consistency as installation_consistency, head, key,
};

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use eventlog::Hash;
use eventlog::proof::{
    Entry, Part, Tree, consistency as consistent, extends, includes, inclusion as included, prove,
    rebuild,
};
use serde_json::{Value, json};

use super::{ok, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;
use asked::{Asked, number};

type Answer = Result<Response, Problem>;

/// A signed note as it is.
fn note(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn hex(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

/// Hashes of a proof that `holds` approves of. Where stored ones mislead, they are made again.
async fn proved(
    asked: &Asked,
    tree: &Tree,
    size: i64,
    parts: &[Part],
    holds: impl Fn(&[Hash]) -> bool,
) -> Result<Vec<Hash>, Problem> {
    let store = asked.log.proofs().map_err(Fault::from)?;
    if let Ok(proof) = prove(store, tree, parts).await
        && holds(&proof)
    {
        return Ok(proof);
    }
    tracing::warn!("stored hashes of a tree mislead; they are made again");
    rebuild(store, tree, size.unsigned_abs()).await.map_err(Fault::from)?;
    let proof = prove(store, tree, parts).await.map_err(Fault::from)?;
    if holds(&proof) {
        return Ok(proof);
    }
    tracing::error!(size, "the events do not give the root that was signed");
    Err(Fault::Internal.into())
}

/// The newest checkpoint of a tenant, or the one at `size`.
pub(super) async fn checkpoint(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let entry = asked.entry("size", number(&call, "size")?).await?;
    Ok(note(entry.head.note))
}

/// That the event with `ordinal` is in the checkpoint at `size`, or in the newest one.
pub(super) async fn inclusion(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let ordinal = number(&call, "ordinal")?.ok_or_else(|| asked::missing("ordinal"))?;
    asked.check_sight(ordinal).await?;
    let entry = asked.entry("size", number(&call, "size")?).await?;
    let (leaf, proof) = in_checkpoint(&asked, ordinal, &entry).await?;
    Ok(ok(json!({
        "tenant": call.tenant,
        "ordinal": ordinal,
        "size": entry.head.size,
        "leafHash": leaf.to_string(),
        "rootHash": entry.head.root.to_string(),
        "inclusion": hex(&proof),
        "checkpoint": entry.head.note,
    })))
}

/// The leaf of an event, and what proves that it is in a checkpoint.
async fn in_checkpoint(
    asked: &Asked,
    ordinal: i64,
    entry: &Entry,
) -> Result<(Hash, Vec<Hash>), Problem> {
    let size = entry.head.size;
    if ordinal > size {
        let detail = format!("event {ordinal} is not among the {size} of that checkpoint");
        return Err(Problem { member: Some("ordinal".to_owned()), ..asked::not_sealed(detail) });
    }
    let store = asked.log.proofs().map_err(Fault::from)?;
    let leaves = store.leaves(&asked.place, ordinal - 1, 1).await.map_err(Fault::from)?;
    let leaf = leaves.first().copied().ok_or_else(|| Problem::not_found("event"))?;
    let (index, count) = (ordinal.unsigned_abs() - 1, size.unsigned_abs());
    let parts = included(index, count)
        .map_err(|error| Problem::invalid("out_of_range", "ordinal", error.to_string()))?;
    let holds = |proof: &[Hash]| includes(&leaf, index, count, proof, &entry.head.root);
    let tree = Tree::Tenant(asked.place.clone());
    Ok((leaf, proved(asked, &tree, size, &parts, holds).await?))
}

/// That the checkpoint at `to`, or the newest one, grew out of the one at `from`.
pub(super) async fn consistency(call: Call) -> Answer {
    let asked = Asked::of(&call).await?;
    let from = number(&call, "from")?.ok_or_else(|| asked::missing("from"))?;
    let to = asked.entry("to", number(&call, "to")?).await?;
    let from = asked.entry("from", Some(from)).await?;
    let tree = Tree::Tenant(asked.place.clone());
    let mut shown = grown(&asked, &tree, &from.head, &to.head).await?;
    if let Some(members) = shown.as_object_mut() {
        members.insert("tenant".to_owned(), json!(call.tenant));
    }
    Ok(ok(shown))
}

/// That one head of a tree grew out of another.
async fn grown(
    asked: &Asked,
    tree: &Tree,
    from: &eventlog::proof::SignedHead,
    to: &eventlog::proof::SignedHead,
) -> Result<Value, Problem> {
    let (old, new) = (from.size.unsigned_abs(), to.size.unsigned_abs());
    let parts = consistent(old, new).map_err(|_| {
        Problem::invalid("out_of_range", "from", "from is a larger checkpoint than to")
    })?;
    let holds = |proof: &[Hash]| extends((old, &from.root), (new, &to.root), proof);
    let proof = proved(asked, tree, to.size, &parts, holds).await?;
    Ok(json!({
        "from": from.size,
        "to": to.size,
        "consistency": hex(&proof),
        "checkpoints": {"from": from.note, "to": to.note},
    }))
}

fn head_of(entry: &Entry) -> Value {
    json!({
        "size": entry.head.size,
        "rootHash": entry.head.root.to_string(),
        "signedAt": show::time(entry.head.signed_at),
    })
}
