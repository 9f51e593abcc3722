//! Lines to values, strictly: what the encoder would not have written is refused, since what a
//! lenient reader passes over is what a forger would use.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::{Actor, Aggregate, TenantId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::encode::instant;
use super::{EXPORT_FORM, ExportEnd, ExportHeader, ExportLine, ExportedSecret};
use crate::{Hash, Recorded, VaultKind};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HeaderLine {
    chancery: String,
    installation: Uuid,
    tenant: TenantId,
    after: i64,
    after_leaf_hash: Option<String>,
    exported_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EventLine {
    ordinal: i64,
    aggregate: Aggregate,
    sequence: i64,
    #[serde(rename = "type")]
    event_type: String,
    version: i32,
    payload: String,
    payload_hash: String,
    resource_owner: String,
    actor: Actor,
    command: String,
    command_id: Uuid,
    correlation: String,
    caller_address: Option<String>,
    created_at: String,
    leaf_hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretLine {
    vault: SecretMembers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecretMembers {
    kind: String,
    public_id: String,
    owner: String,
    sealed: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EndLine {
    end: bool,
    events: i64,
    ordinal: i64,
    leaf_hash: Option<String>,
    checkpoint: Option<String>,
}

/// Reads a line without its end. The tenant of an event is told by the header alone. What is wrong
/// is told without the line's number, which is not known here.
pub(super) fn line(text: &[u8], tenant: &TenantId) -> Result<ExportLine, String> {
    // Every kind of line is known by the member it begins with.
    match text.get(..8) {
        Some(br#"{"chance"#) => header(parse(text)?).map(ExportLine::Header),
        Some(br#"{"ordina"#) => {
            event(parse(text)?, tenant).map(|event| ExportLine::Event(Box::new(event)))
        }
        Some(br#"{"vault""#) => secret(parse(text)?).map(ExportLine::Secret),
        Some(br#"{"end":t"#) => end(parse(text)?).map(ExportLine::End),
        Some(_) | None => {
            Err("it is no header, no event, no row of the vault and no end".to_owned())
        }
    }
}

impl ExportEnd {
    /// Reads a last line alone; what is wrong with it otherwise.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        end(parse(line)?)
    }
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    // Its own line and column would only confuse: it knows one line.
    serde_json::from_slice(text).map_err(|error| {
        let said = error.to_string();
        said.split(" at line ").next().unwrap_or_default().to_owned()
    })
}

fn header(line: HeaderLine) -> Result<ExportHeader, String> {
    if line.chancery != EXPORT_FORM {
        return Err(format!("the form {:?} is not known, only {EXPORT_FORM:?}", line.chancery));
    }
    let after_leaf_hash = line.after_leaf_hash.map(|text| hash("afterLeafHash", &text));
    let after_leaf_hash = after_leaf_hash.transpose()?;
    if line.after < 0 || (line.after == 0) != after_leaf_hash.is_none() {
        return Err("after and afterLeafHash do not go together".to_owned());
    }
    Ok(ExportHeader {
        installation: line.installation,
        tenant: line.tenant,
        after: line.after,
        after_leaf_hash,
        exported_at: time("exportedAt", &line.exported_at)?,
    })
}

fn event(line: EventLine, tenant: &TenantId) -> Result<Recorded, String> {
    let caller_address = line.caller_address.map(|text| bytes("callerAddress", &text));
    Ok(Recorded {
        partition: 0,
        position: 0,
        tenant: tenant.clone(),
        ordinal: line.ordinal,
        aggregate: line.aggregate,
        sequence: line.sequence,
        event_type: line.event_type,
        event_version: line.version,
        payload: line.payload.into_bytes(),
        payload_hash: hash("payloadHash", &line.payload_hash)?,
        leaf_hash: hash("leafHash", &line.leaf_hash)?,
        resource_owner: line.resource_owner,
        actor: line.actor,
        command: line.command,
        command_id: line.command_id,
        correlation: line.correlation,
        caller_address: caller_address.transpose()?,
        created_at: time("createdAt", &line.created_at)?,
    })
}

fn secret(SecretLine { vault }: SecretLine) -> Result<ExportedSecret, String> {
    let kind = VaultKind::ALL.into_iter().find(|kind| kind.as_str() == vault.kind);
    Ok(ExportedSecret {
        kind: kind.ok_or_else(|| format!("the vault has no kind {:?}", vault.kind))?,
        public_id: vault.public_id,
        owner: vault.owner,
        sealed: bytes("sealed", &vault.sealed)?,
    })
}

fn end(line: EndLine) -> Result<ExportEnd, String> {
    if !line.end {
        return Err("end is false".to_owned());
    }
    let leaf_hash = line.leaf_hash.map(|text| hash("leafHash", &text)).transpose()?;
    let EndLine { events, ordinal, checkpoint, .. } = line;
    Ok(ExportEnd { events, ordinal, leaf_hash, checkpoint })
}

fn hash(member: &str, text: &str) -> Result<Hash, String> {
    let hash = Hash::parse(text).filter(|hash| hash.to_string() == text);
    hash.ok_or_else(|| format!("{member} is not 64 lower-case hexadecimal digits"))
}

fn bytes(member: &str, text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|_| format!("{member} is not base64"))
}

/// The hash covers whole microseconds, so nothing finer may stand here.
fn time(member: &str, text: &str) -> Result<DateTime<Utc>, String> {
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    let at = at.ok().filter(|at| instant(*at) == text);
    at.ok_or_else(|| format!("{member} is not an instant in UTC with six digits of a second"))
}
