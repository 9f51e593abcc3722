//! Looking at an export, from its header to its last line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use domain::TenantId;
use eventlog::proof::{Checkpoint, Finding, Flaw, Frontier, VerifierKey, tenant_origin};
use eventlog::{ExportEnd, ExportError, ExportHeader, ExportLine, ExportReader, Hash};

use super::outcome::Outcome;
use super::{Verify, no_key};
use crate::cli::{Failure, progress};

/// The last line is shorter than this.
const TAIL: u64 = 64 * 1024;

/// What is proved of an export as its lines come by.
struct Reading<'a> {
    header: ExportHeader,
    key: &'a VerifierKey,
    tree: Frontier,
    /// Roots that the record must have had, by size.
    roots: BTreeMap<u64, Hash>,
    sealed: u64,
    outcome: Outcome,
}

impl Verify {
    pub(super) fn export(&self, path: &Path) -> Result<Outcome, Failure> {
        let key = self.key()?.ok_or_else(no_key)?;
        let pinned = self.pinned(&key)?;
        let unreadable = |error: std::io::Error| {
            Failure::new(format!("{} cannot be read: {}", path.display(), error.kind()))
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let note = last_note(&mut file).map_err(unreadable)?;
        let bar = progress::bar(self.json, "export", "bytes");
        bar.set_length(file.metadata().map_err(unreadable)?.len());
        let mut reader = ExportReader::new(BufReader::new(file));
        let header = match reader.header() {
            Ok(header) => header,
            Err(error) => return told(error, None, 1, Outcome::default()),
        };
        let tenant = header.tenant.clone();
        let mut reading = Reading::begin(header, &key)?;
        reading.want(pinned, note.as_deref())?;
        loop {
            let next = reading.expected();
            match reader.next_line() {
                Ok(Some(line)) => reading.take(&line),
                Ok(None) => break,
                Err(error) => return told(error, Some(&tenant), next, reading.outcome),
            }
            bar.set_position(reader.bytes());
        }
        bar.finish_and_clear();
        Ok(reading.end())
    }
}

/// The note in the last line, before anything is read: it says at which size a root is wanted.
fn last_note(file: &mut File) -> std::io::Result<Option<String>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    let last = tail.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // What is wrong with it is told when it is reached.
    Ok(ExportEnd::parse(last).ok().and_then(|end| end.checkpoint))
}

/// A line that does not hold, or a file that cannot be read.
fn told(
    error: ExportError,
    tenant: Option<&TenantId>,
    ordinal: i64,
    mut outcome: Outcome,
) -> Result<Outcome, Failure> {
    if matches!(error, ExportError::Unreadable { .. }) {
        return Err(error.into());
    }
    let flaw = Flaw::Export(error.to_string());
    let finding = match tenant {
        Some(tenant) => Finding::of_tenant(tenant, ordinal, flaw),
        None => Finding { tenant: None, ordinal: None, partition: None, position: None, flaw },
    };
    outcome.findings.push(finding);
    Ok(outcome)
}

impl<'a> Reading<'a> {
    fn begin(header: ExportHeader, key: &'a VerifierKey) -> Result<Self, Failure> {
        let size = u64::try_from(header.after).unwrap_or_default();
        if size > 0 {
            let why = format!(
                "the export begins behind event {size}, so the root of a checkpoint cannot be \
                 computed; export from the beginning"
            );
            return Err(Failure::new(why));
        }
        let (tree, roots) = (Frontier::default(), BTreeMap::new());
        let outcome = Outcome { tenants: 1, ..Outcome::default() };
        Ok(Self { header, key, tree, roots, sealed: 0, outcome })
    }

    /// Notes which roots are wanted: that of the export's own checkpoint, and of one from elsewhere.
    fn want(&mut self, pinned: Option<Checkpoint>, note: Option<&str>) -> Result<(), Failure> {
        let origin = tenant_origin(self.header.installation, &self.header.tenant);
        if let Some(pinned) = pinned {
            if pinned.origin != origin {
                let why =
                    format!("the checkpoint is one of {}, the export of {origin}", pinned.origin);
                return Err(Failure::new(why));
            }
            self.roots.insert(pinned.size, pinned.root);
        }
        match note.map(|note| Checkpoint::verify(note, self.key, &origin)) {
            None => {}
            Some(Ok(own)) => {
                let other = self.roots.insert(own.size, own.root);
                if other.is_some_and(|other| other != own.root) {
                    self.fault(own.size, Flaw::OtherNote);
                }
            }
            Some(Err(error)) => self.fault(self.tree.size() + 1, Flaw::Note(error)),
        }
        Ok(())
    }

    fn fault(&mut self, ordinal: u64, flaw: Flaw) {
        let ordinal = i64::try_from(ordinal).unwrap_or(i64::MAX);
        self.outcome.findings.push(Finding::of_tenant(&self.header.tenant, ordinal, flaw));
    }

    fn expected(&self) -> i64 {
        i64::try_from(self.tree.size() + 1).unwrap_or(i64::MAX)
    }

    fn take(&mut self, line: &ExportLine) {
        let ExportLine::Event(event) = line else { return };
        self.outcome.events += 1;
        self.tree.push(&event.leaf_hash, |_, _| {});
        let size = self.tree.size();
        let Some(root) = self.roots.remove(&size) else { return };
        if root == self.tree.root() {
            (self.sealed, self.outcome.checkpoints) = (size, self.outcome.checkpoints + 1);
        } else if self.outcome.findings.is_empty() {
            let to = i64::try_from(size).unwrap_or(i64::MAX);
            self.fault(self.sealed + 1, Flaw::Root { to });
        }
    }

    fn end(mut self) -> Outcome {
        let size = self.tree.size();
        self.outcome.unsealed = size - self.sealed;
        if let Some((wanted, _)) = self.roots.pop_last() {
            let sealed = i64::try_from(wanted).unwrap_or(i64::MAX);
            self.fault(size + 1, Flaw::CutOff { sealed });
        }
        if self.outcome.checkpoints == 0 && self.outcome.findings.is_empty() {
            let why = "every hash follows, but no signed checkpoint vouches for any of it";
            self.outcome.untold = Some(why.to_owned());
        }
        self.outcome
    }
}
