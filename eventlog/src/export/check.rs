//! Proves an export as its lines come by: every hash, every number, every count.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{Aggregate, TenantId};

use super::{ExportEnd, ExportError, ExportHeader, ExportLine, decode};
use crate::{Hash, Recorded};

/// Takes the lines of an export in their order. After an error, nothing it took may be used.
#[derive(Debug)]
pub struct ExportCheck {
    /// Number of the line that was taken last, counted from 1.
    line: u64,
    stage: Stage,
}

/// What may come next.
#[derive(Debug)]
enum Stage {
    Header,
    Events(Box<Proved>),
    Secrets(Box<Proved>),
    Ended,
}

/// What was proved of the events so far.
#[derive(Debug)]
struct Proved {
    tenant: TenantId,
    after: i64,
    ordinal: i64,
    leaf_hash: Option<Hash>,
    at: DateTime<Utc>,
    /// The last sequence of each aggregate.
    sequences: HashMap<Aggregate, i64>,
}

impl Default for ExportCheck {
    fn default() -> Self {
        Self { line: 0, stage: Stage::Header }
    }
}

impl ExportCheck {
    /// Number of the line that was taken last, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Proves the next line, given without its end.
    pub fn take(&mut self, text: &[u8]) -> Result<ExportLine, ExportError> {
        self.line += 1;
        let line = self.line;
        self.prove(text).map_err(|what| ExportError::Broken { line, what })
    }

    /// Refuses an export whose last line did not come.
    pub fn finish(&self) -> Result<(), ExportError> {
        match self.stage {
            Stage::Ended => Ok(()),
            Stage::Header | Stage::Events(_) | Stage::Secrets(_) => {
                Err(ExportError::CutOff { line: self.line })
            }
        }
    }

    fn prove(&mut self, text: &[u8]) -> Result<ExportLine, String> {
        let nobody = TenantId::system();
        let tenant = match &self.stage {
            Stage::Events(proved) | Stage::Secrets(proved) => &proved.tenant,
            Stage::Header | Stage::Ended => &nobody,
        };
        let line = decode::line(text, tenant)?;
        let stage = std::mem::replace(&mut self.stage, Stage::Ended);
        self.stage = match (stage, &line) {
            (Stage::Header, ExportLine::Header(header)) => Stage::Events(Box::new(header.into())),
            (Stage::Header, _) => return Err("the first line must be the header".to_owned()),
            (Stage::Events(mut proved), ExportLine::Event(event)) => {
                proved.take(event)?;
                Stage::Events(proved)
            }
            (Stage::Events(proved) | Stage::Secrets(proved), ExportLine::Secret(_)) => {
                Stage::Secrets(proved)
            }
            (Stage::Events(proved) | Stage::Secrets(proved), ExportLine::End(end)) => {
                proved.check(end)?;
                Stage::Ended
            }
            (Stage::Secrets(_), ExportLine::Event(_)) => {
                return Err("an event stands behind the rows of the vault".to_owned());
            }
            (_, ExportLine::Header(_)) => return Err("there is a second header".to_owned()),
            (Stage::Ended, _) => return Err("something stands behind the last line".to_owned()),
        };
        Ok(line)
    }
}

impl From<&ExportHeader> for Proved {
    fn from(header: &ExportHeader) -> Self {
        Self {
            tenant: header.tenant.clone(),
            after: header.after,
            ordinal: header.after,
            leaf_hash: header.after_leaf_hash,
            at: DateTime::<Utc>::MIN_UTC,
            sequences: HashMap::new(),
        }
    }
}

impl Proved {
    fn take(&mut self, event: &Recorded) -> Result<(), String> {
        let (ordinal, expected) = (event.ordinal, self.ordinal + 1);
        if ordinal != expected {
            return Err(format!("ordinal {ordinal} stands where {expected} should"));
        }
        if crate::payload_hash(&event.payload) != event.payload_hash {
            return Err(format!("the payload of event {ordinal} does not have its hash"));
        }
        if crate::leaf_hash(event) != event.leaf_hash {
            return Err(format!("event {ordinal} does not have its leaf hash"));
        }
        if event.created_at < self.at {
            return Err(format!("event {ordinal} is earlier than the one before it"));
        }
        let last = self.sequences.get_mut(&event.aggregate);
        // Where the file does not begin at the beginning, what came before is not known.
        let before = last.as_ref().map(|last| **last).or((self.after == 0).then_some(0));
        let follows = before.map_or(event.sequence > 0, |before| event.sequence == before + 1);
        if !follows {
            let Aggregate { kind, id } = &event.aggregate;
            let (sequence, before) = (event.sequence, before.unwrap_or_default());
            return Err(format!(
                "event {ordinal} has sequence {sequence} of {kind}:{id}, which stood at {before}"
            ));
        }
        match last {
            Some(last) => *last = event.sequence,
            None => drop(self.sequences.insert(event.aggregate.clone(), event.sequence)),
        }
        (self.ordinal, self.at, self.leaf_hash) =
            (ordinal, event.created_at, Some(event.leaf_hash));
        Ok(())
    }

    fn check(&self, end: &ExportEnd) -> Result<(), String> {
        let events = self.ordinal - self.after;
        if (end.events, end.ordinal, end.leaf_hash) != (events, self.ordinal, self.leaf_hash) {
            return Err(format!(
                "it tells of {} event(s) up to ordinal {}, but there are {events} up to {}, or the \
                 last one has another hash",
                end.events, end.ordinal, self.ordinal
            ));
        }
        Ok(())
    }
}
