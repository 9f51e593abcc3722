//! Values to lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{Actor, Aggregate};
use serde::Serialize;
use serde::ser::Error as _;
use uuid::Uuid;

use super::{EXPORT_FORM, ExportEnd, ExportHeader, ExportLine, ExportedSecret};
use crate::seal::hex;
use crate::{Hash, LogError, Recorded};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HeaderLine<'a> {
    chancery: &'a str,
    installation: Uuid,
    tenant: &'a str,
    after: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_leaf_hash: Option<String>,
    exported_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventLine<'a> {
    ordinal: i64,
    aggregate: &'a Aggregate,
    sequence: i64,
    #[serde(rename = "type")]
    event_type: &'a str,
    version: i32,
    payload: &'a str,
    payload_hash: String,
    resource_owner: &'a str,
    actor: &'a Actor,
    command: &'a str,
    command_id: Uuid,
    correlation: &'a str,
    caller_address: Option<String>,
    created_at: String,
    leaf_hash: String,
}

#[derive(Serialize)]
struct SecretLine<'a> {
    vault: SecretMembers<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretMembers<'a> {
    kind: &'a str,
    public_id: &'a str,
    owner: &'a str,
    sealed: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EndLine<'a> {
    end: bool,
    events: i64,
    ordinal: i64,
    leaf_hash: Option<String>,
    checkpoint: Option<&'a str>,
}

/// As everywhere in a file: UTC, to the microsecond.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn hash(hash: Option<Hash>) -> Option<String> {
    hash.map(|hash| hex(&hash.0))
}

fn put(line: &impl Serialize, into: &mut Vec<u8>) -> Result<(), LogError> {
    let before = into.len();
    let written = serde_json::to_writer(&mut *into, line);
    written.map_err(|error| {
        into.truncate(before);
        LogError::Unusable(format!("an event cannot be exported: {error}"))
    })?;
    into.push(b'\n');
    Ok(())
}

impl ExportHeader {
    fn put(&self, into: &mut Vec<u8>) -> Result<(), LogError> {
        let line = HeaderLine {
            chancery: EXPORT_FORM,
            installation: self.installation,
            tenant: self.tenant.as_str(),
            after: self.after,
            after_leaf_hash: hash(self.after_leaf_hash),
            exported_at: instant(self.exported_at),
        };
        put(&line, into)
    }
}

impl ExportedSecret {
    fn put(&self, into: &mut Vec<u8>) -> Result<(), LogError> {
        let Self { kind, public_id, owner, sealed } = self;
        let (kind, sealed) = (kind.as_str(), STANDARD.encode(sealed));
        put(&SecretLine { vault: SecretMembers { kind, public_id, owner, sealed } }, into)
    }
}

impl ExportEnd {
    fn put(&self, into: &mut Vec<u8>) -> Result<(), LogError> {
        let line = EndLine {
            end: true,
            events: self.events,
            ordinal: self.ordinal,
            leaf_hash: hash(self.leaf_hash),
            checkpoint: self.checkpoint.as_deref(),
        };
        put(&line, into)
    }
}

impl Recorded {
    /// Appends the event's line of an export. A payload that is no text is
    /// [`LogError::Unusable`]: this program writes none.
    pub fn export(&self, into: &mut Vec<u8>) -> Result<(), LogError> {
        let payload = std::str::from_utf8(&self.payload).map_err(serde_json::Error::custom);
        let payload = payload.map_err(|error| {
            LogError::Unusable(format!("event {} cannot be exported: {error}", self.ordinal))
        })?;
        let line = EventLine {
            ordinal: self.ordinal,
            aggregate: &self.aggregate,
            sequence: self.sequence,
            event_type: &self.event_type,
            version: self.event_version,
            payload,
            payload_hash: hex(&self.payload_hash.0),
            resource_owner: &self.resource_owner,
            actor: &self.actor,
            command: &self.command,
            command_id: self.command_id,
            correlation: &self.correlation,
            caller_address: self.caller_address.as_ref().map(|sealed| STANDARD.encode(sealed)),
            created_at: instant(self.created_at),
            leaf_hash: hex(&self.leaf_hash.0),
        };
        put(&line, into)
    }
}

impl ExportLine {
    /// Appends the line, with its end.
    pub fn put(&self, into: &mut Vec<u8>) -> Result<(), LogError> {
        match self {
            Self::Header(header) => header.put(into),
            Self::Event(event) => event.export(into),
            Self::Secret(secret) => secret.put(into),
            Self::End(end) => end.put(into),
        }
    }
}
