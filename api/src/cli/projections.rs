//! `chancery projections`: how far the read models are, and building one again.

mod rebuild;
mod table;

use std::sync::Arc;

use clap::{Args, Subcommand};
use eventlog::EventLog;
use serde_json::Value;
use tokio::sync::watch;

use super::place::PlaceArgs;
use super::served::Served;
use super::{Failure, out};
use crate::data_dir::Lock;

/// What can be asked about the read models.
#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    Status(Status),
    Rebuild(rebuild::Rebuild),
}

/// Show how far each read model is behind the log
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is asked through its server.

Examples:
  chancery projections status
  chancery projections status --json | jq '.projections[] | {name, lag_events}'")]
pub(super) struct Status {
    /// The whole state as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Projections {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Status(status) => status.run().await,
            Self::Rebuild(rebuild) => rebuild.run().await,
        }
    }
}

impl Status {
    async fn run(self) -> Result<(), Failure> {
        let status = match Served::find(&self.place)? {
            Some(served) => served.get(PATH).await?,
            None => Engine::start(&self.place).await?.status().await?,
        };
        out::line(&if self.json { status.to_string() } else { table::render(&status) })
    }
}

/// Where the native API shows what is asked here.
const PATH: &str = "/v1/projections";

/// The read models of a store that this process opened itself.
struct Engine {
    projections: projections::Projections,
    /// Nobody else may serve an embedded store meanwhile.
    _lock: Option<Lock>,
    /// What the projections take for the writer's word on what is committed.
    _committed: watch::Sender<Vec<i64>>,
}

impl Engine {
    async fn start(place: &PlaceArgs) -> Result<Self, Failure> {
        let opened = place.open_existing().await?;
        let lock = place.is_embedded().then(|| place.data_dir().lock()).transpose()?;
        let (sender, committed) = watch::channel(heads(&opened.log).await?);
        let log = Arc::clone(&opened.log);
        let views = opened.views;
        let projections =
            projections::Projections::start(log, views, committed, Vec::new()).await?;
        Ok(Self { projections, _lock: lock, _committed: sender })
    }

    async fn status(self) -> Result<Value, Failure> {
        let status = self.projections.status().await?;
        self.projections.stop().await;
        Ok(serde_json::to_value(status)?)
    }
}

/// The newest position of each partition.
async fn heads(log: &Arc<dyn EventLog>) -> Result<Vec<i64>, Failure> {
    let mut positions = vec![0; usize::try_from(log.partitions()).unwrap_or_default()];
    for head in log.heads().await? {
        let slot = usize::try_from(head.partition).ok().and_then(|at| positions.get_mut(at));
        if let Some(position) = slot {
            *position = head.position;
        }
    }
    Ok(positions)
}
