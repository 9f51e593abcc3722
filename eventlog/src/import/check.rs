//! The file, read twice: first all of it is proved, then it is written. A thread of its own reads,
//! so that nobody waits for the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use domain::{Event, TenantId, WebhookAdded, WebhookId, WebhookRewound};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{Import, ImportError, ImportProgress};
use crate::export::KEY_PURPOSE;
use crate::{
    ExportEnd, ExportHeader, ExportLine, ExportReader, ExportedSecret, Hash, Key, LogError,
    RecipientKey, Recorded, VaultKind,
};

/// Events written at a time.
const PAGE: usize = 500;
/// Pages read ahead.
const AHEAD: usize = 4;
/// How many events go by between two reports.
const REPORT: i64 = 1_000;
/// An id beyond it would leave the counter next to nothing to give.
const NUMBER_MOST: i64 = 1 << 52;

/// A file that holds together.
pub(super) struct Checked {
    pub(super) header: ExportHeader,
    pub(super) end: ExportEnd,
    /// By kind and public id.
    pub(super) secrets: BTreeMap<(VaultKind, String), ExportedSecret>,
    /// The integer ids that its events bring into being.
    pub(super) numbers: BTreeSet<(&'static str, i64)>,
    /// The leaves of those events that may be here already.
    pub(super) leaves: Vec<Hash>,
    /// Webhooks that are there at its end, each with the sequence of the event that placed it.
    pub(super) webhooks: BTreeMap<WebhookId, i64>,
}

impl Checked {
    /// The tenant's key, if it travelled, and if this is whom it was sealed for.
    pub(super) fn root(&self, key: Option<&RecipientKey>) -> Result<Option<Key>, ImportError> {
        let tenant = &self.header.tenant;
        let row = self.secrets.get(&(VaultKind::TenantKey, tenant.to_string()));
        match (row, key) {
            (None, None) if self.secrets.is_empty() => Ok(None),
            (None, Some(_)) if self.secrets.is_empty() => Err(ImportError::NoKeys),
            (Some(_), None) | (None, _) => Err(ImportError::KeysSealed),
            (Some(row), Some(key)) => {
                let root = key.open(&format!("{KEY_PURPOSE}{tenant}"), &row.sealed);
                let root = root.and_then(|root| Key::from_bytes(&root));
                root.map(Some).map_err(|_| ImportError::OtherRecipient)
            }
        }
    }

    /// Notes which event placed which webhook last.
    fn place_webhooks(&mut self, event: &Event, sequence: i64) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "most events place no webhook")]
        match event {
            Event::WebhookAdded(WebhookAdded { webhook, .. })
            | Event::WebhookRewound(WebhookRewound { webhook, .. }) => {
                self.webhooks.insert(*webhook, sequence);
            }
            Event::WebhookRemoved(fact) => {
                self.webhooks.remove(&fact.webhook);
            }
            _ => {}
        }
    }
}

fn open(file: &Path) -> Result<ExportReader<BufReader<File>>, ImportError> {
    let file = File::open(file).map_err(|error| ImportError::Unopened(error.kind()))?;
    Ok(ExportReader::new(BufReader::with_capacity(1 << 16, file)))
}

/// Whose record the file is.
pub(super) fn tenant(file: &Path) -> Result<TenantId, ImportError> {
    Ok(open(file)?.header()?.tenant)
}

impl Import {
    /// Proves the file. `newest` is the tenant's newest ordinal here.
    pub(super) async fn check(
        &self,
        newest: i64,
        report: &mut (impl FnMut(ImportProgress) + Send),
    ) -> Result<Checked, ImportError> {
        let (tell, mut told) = mpsc::channel(AHEAD);
        let file = self.file.clone();
        let reading = spawn_blocking(move || prove(&file, newest, &tell));
        while let Some(events) = told.recv().await {
            report(ImportProgress::Checked(events));
        }
        reading.await.map_err(|_| broken())?
    }
}

fn broken() -> ImportError {
    LogError::Unusable("the file could not be read to its end".to_owned()).into()
}

fn prove(file: &Path, newest: i64, tell: &mpsc::Sender<i64>) -> Result<Checked, ImportError> {
    let mut reader = open(file)?;
    let header = reader.header()?;
    let (secrets, numbers, leaves) = <(BTreeMap<_, _>, BTreeSet<_>, Vec<_>)>::default();
    let end = ExportEnd { events: 0, ordinal: 0, leaf_hash: None, checkpoint: None };
    let webhooks = BTreeMap::new();
    let mut checked = Checked { header, end, secrets, numbers, leaves, webhooks };
    while let Some(line) = reader.next_line()? {
        match line {
            ExportLine::Header(_) => {}
            ExportLine::Event(event) => {
                let fact = read_fact(&event)?;
                checked.numbers.extend(drawn(&fact)?);
                checked.place_webhooks(&fact, event.sequence);
                if event.ordinal <= newest {
                    checked.leaves.push(event.leaf_hash);
                }
                if event.ordinal % REPORT == 0 {
                    // Nobody needs to listen.
                    let _ = tell.try_send(event.ordinal - checked.header.after);
                }
            }
            ExportLine::Secret(secret) => {
                let (kind, key) = (secret.kind, (secret.kind, secret.public_id.clone()));
                let public_id = secret.public_id.clone();
                if kind == VaultKind::Mail || checked.secrets.insert(key, secret).is_some() {
                    return Err(ImportError::SecretForeign { kind: kind.as_str(), public_id });
                }
            }
            ExportLine::End(end) => checked.end = end,
        }
    }
    Ok(checked)
}

/// An event that nobody here can read is refused.
fn read_fact(recorded: &Recorded) -> Result<Event, ImportError> {
    let Recorded { event_type, event_version, payload, ordinal, .. } = recorded;
    let event = Event::decode(event_type, *event_version, payload);
    event.map_err(|source| ImportError::Unknown { ordinal: *ordinal, source })
}

/// The integer id that an event brings into being.
fn drawn(event: &Event) -> Result<Option<(&'static str, i64)>, ImportError> {
    match event.drawn() {
        Some((kind, number)) if !(0..NUMBER_MOST).contains(&number) => {
            Err(ImportError::NumberForeign { kind, number })
        }
        drawn => Ok(drawn),
    }
}

/// The events of a file that was proved.
pub(super) struct Again {
    pages: mpsc::Receiver<Result<Vec<Recorded>, ImportError>>,
}

impl Again {
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Recorded>>, ImportError> {
        self.pages.recv().await.transpose()
    }
}

/// Reads the events behind ordinal `start` once more.
pub(super) fn again(file: &Path, checked: &Checked, start: i64) -> Again {
    let (give, pages) = mpsc::channel(AHEAD);
    let (file, expected): (PathBuf, _) = (file.to_owned(), checked.end.clone());
    spawn_blocking(move || {
        if let Err(error) = read(&file, &expected, start, &give) {
            // Nobody is left to tell if the import is over.
            let _ = give.blocking_send(Err(error));
        }
    });
    Again { pages }
}

fn read(
    file: &Path,
    expected: &ExportEnd,
    start: i64,
    give: &mpsc::Sender<Result<Vec<Recorded>, ImportError>>,
) -> Result<(), ImportError> {
    let (mut reader, mut page) = (open(file)?, Vec::new());
    while let Some(line) = reader.next_line()? {
        match line {
            ExportLine::Event(event) if event.ordinal > start => page.push(*event),
            ExportLine::End(end) if end != *expected => return Err(ImportError::Changed),
            ExportLine::Header(_)
            | ExportLine::Event(_)
            | ExportLine::Secret(_)
            | ExportLine::End(_) => {}
        }
        if page.len() == PAGE && give.blocking_send(Ok(std::mem::take(&mut page))).is_err() {
            return Ok(());
        }
    }
    if !page.is_empty() {
        let _ = give.blocking_send(Ok(page));
    }
    Ok(())
}
