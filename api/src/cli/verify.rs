//! `chancery verify`: whether anybody altered a record, as it stands in a store, in an export, or
//! in the proof of one event.

mod export;
mod outcome;
mod store;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::TenantId;
use eventlog::proof::{Checkpoint, EventProof, VerifierKey};

use super::Failure;
use super::place::PlaceArgs;
use outcome::Outcome;

/// Longest file that holds a key, a note, or the proof of an event.
const BYTES_MOST: u64 = 32 * 1024 * 1024;

/// Prove that nobody altered the record, or name the first event that does not hold
///
/// Reads every event, computes every hash again, and checks every signed checkpoint. It changes
/// nothing: a store may be served meanwhile, and in PostgreSQL a role that may select is enough. For an export, and for the proof of one event, the public
/// key is all it takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 it holds; 1 it does not hold; 2 it cannot be told.

Examples:
  chancery verify
  chancery verify --tenant default --json
  chancery verify --key proof.key --export default.ndjson
  chancery verify --key proof.key --event event-17.json
  chancery verify --key proof.key --checkpoint kept-last-year.txt")]
pub(super) struct Verify {
    /// Look at one tenant only
    #[arg(long, conflicts_with_all = ["export", "event"])]
    tenant: Option<TenantId>,
    /// Look at an export instead of a store
    #[arg(long, value_name = "FILE", conflicts_with = "event", requires = "key")]
    export: Option<PathBuf>,
    /// Look at the proof of one event, as the native API gives it
    #[arg(long, value_name = "FILE", conflicts_with = "checkpoint", requires = "key")]
    event: Option<PathBuf>,
    /// Public key, or a file with it, as the native API gives it; without it the one that follows
    /// from the store's master key
    #[arg(long, value_name = "KEY|FILE")]
    key: Option<String>,
    /// A signed checkpoint kept elsewhere, which the record must have grown out of
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// A JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Verify {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let outcome = match (&self.export, &self.event) {
            (Some(path), _) => self.export(path),
            (None, Some(path)) => self.event(path),
            (None, None) => self.store().await,
        };
        outcome.map_err(Failure::untold)?.tell(self.json)
    }

    fn event(&self, path: &Path) -> Result<Outcome, Failure> {
        let key = self.key()?.ok_or_else(no_key)?;
        let proof = EventProof::parse(&read(path)?)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let outcome = Outcome { events: 1, ..Outcome::default() };
        Ok(match proof.verify(&key) {
            Ok(Checkpoint { size, signed_at, .. }) => {
                let (ordinal, tenant) = (proof.ordinal(), proof.tenant());
                let said = format!(
                    "event {ordinal} of tenant {tenant} is in the checkpoint at {size}, which was \
                     signed at {signed_at}"
                );
                Outcome { checkpoints: 1, said: Some(said), ..outcome }
            }
            Err(finding) => Outcome { findings: vec![finding], ..outcome },
        })
    }

    /// The key that was given.
    fn key(&self) -> Result<Option<VerifierKey>, Failure> {
        let Some(given) = &self.key else { return Ok(None) };
        if let Ok(key) = given.parse() {
            return Ok(Some(key));
        }
        let text = read(Path::new(given))?;
        let text = String::from_utf8_lossy(&text);
        text.parse().map(Some).map_err(|error| Failure::new(format!("{given}: {error}")))
    }

    /// The checkpoint from elsewhere, if one was given.
    fn pinned(&self, key: &VerifierKey) -> Result<Option<Checkpoint>, Failure> {
        let Some(path) = &self.checkpoint else { return Ok(None) };
        let note = read(path)?;
        let note = String::from_utf8_lossy(&note);
        let believed = Checkpoint::claimed(&note)
            .and_then(|claimed| Checkpoint::verify(&note, key, &claimed.origin));
        believed.map(Some).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
    }
}

fn no_key() -> Failure {
    Failure::new("--key is missing")
}

/// A small file, whole.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(format!("{} cannot be read: {}", path.display(), error.kind()))
    };
    if fs::metadata(path).map_err(unreadable)?.len() > BYTES_MOST {
        return Err(Failure::new(format!("{} is too long", path.display())));
    }
    fs::read(path).map_err(unreadable)
}
