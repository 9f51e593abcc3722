//! `chancery projections rebuild NAME`.

use std::time::{Duration, Instant};

use clap::Args;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::{Engine, PATH};
use crate::cli::place::PlaceArgs;
use crate::cli::served::Served;
use crate::cli::{Failure, out, progress};

const LOOK: Duration = Duration::from_millis(100);
/// How long a rebuild may take to begin.
const BEGIN: Duration = Duration::from_secs(5);

/// Build a read model again from the log, while the old one goes on serving
#[derive(Debug, Args)]
#[command(after_help = "\
A data directory that is being served is rebuilt by its server.

Example:
  chancery projections rebuild groups")]
pub(in crate::cli) struct Rebuild {
    /// Which one, as `projections status` names it; the version may be left out
    name: String,
    /// A JSON object at the end instead of a progress bar
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Rebuild {
    pub(in crate::cli) async fn run(self) -> Result<(), Failure> {
        let bar = progress::bar(self.json, &self.name, "events");
        let began = Instant::now();
        let name = if let Some(served) = Served::find(&self.place)? {
            self.ask(&served, &bar).await?
        } else {
            self.build(&bar).await?
        };
        let events = bar.length().unwrap_or_default();
        bar.finish_and_clear();
        let seconds = began.elapsed().as_secs_f64();
        if self.json {
            let done = json!({"projection": name, "events": events, "seconds": seconds});
            return out::line(&done.to_string());
        }
        out::line(&format!("{name} is rebuilt: {events} events in {seconds:.1} s"))
    }

    /// Builds it in this process.
    async fn build(&self, bar: &ProgressBar) -> Result<String, Failure> {
        let engine = Engine::start(&self.place).await?;
        let status = serde_json::to_value(engine.projections.status().await?)?;
        let name = name_of(self.find(&status)?);
        let show = |progress: projections::Progress| show(bar, progress.position, progress.head);
        engine.projections.rebuild(&name, show).await?;
        engine.projections.stop().await;
        Ok(name)
    }

    /// Asks the server, and watches until the name stands for the other table.
    async fn ask(&self, served: &Served, bar: &ProgressBar) -> Result<String, Failure> {
        let status = served.get(PATH).await?;
        let before = self.find(&status)?;
        let name = name_of(before);
        served.post(&format!("{PATH}/{name}/rebuild")).await?;
        let mut patience = Instant::now() + BEGIN;
        loop {
            let status = served.get(PATH).await?;
            let now = self.find(&status)?;
            if now.get("slot") != before.get("slot") {
                // It may have been done before anybody looked how far it was.
                let (position, head) = reached(now);
                show(bar, position, head);
                return Ok(name);
            }
            if let Some(rebuild) = now.get("rebuild").filter(|rebuild| !rebuild.is_null()) {
                let number = |name| rebuild.get(name).and_then(Value::as_i64).unwrap_or_default();
                show(bar, number("position"), number("head"));
                patience = Instant::now() + BEGIN;
            } else if Instant::now() > patience {
                let why = "broke off; the server's log says why";
                return Err(Failure::new(format!("the rebuild of {name} {why}")));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The projection that is meant; its version may be left out.
    fn find<'a>(&self, status: &'a Value) -> Result<&'a Value, Failure> {
        let all = status.get("projections").and_then(Value::as_array);
        let all: Vec<_> = all.into_iter().flatten().collect();
        let is_meant = |it: &&&Value| {
            let name = name_of(it);
            name == self.name || name.strip_prefix(&self.name).is_some_and(|v| v.starts_with("_v"))
        };
        all.iter().find(is_meant).copied().ok_or_else(|| {
            let names: Vec<_> = all.iter().map(|it| name_of(it)).collect();
            let names = names.join(", ");
            Failure::new(format!("there is no projection {}; there are {names}", self.name))
        })
    }
}

fn name_of(projection: &Value) -> String {
    projection.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// How many events are in its rows, and how many there are.
fn reached(projection: &Value) -> (i64, i64) {
    let partitions = projection.get("partitions").and_then(Value::as_array);
    let number = |partition: &Value, name| partition.get(name).and_then(Value::as_i64);
    let sum = |name| partitions.into_iter().flatten().filter_map(|it| number(it, name)).sum();
    (sum("position"), sum("head"))
}

fn show(bar: &ProgressBar, position: i64, head: i64) {
    bar.set_length(head.max(0).unsigned_abs());
    bar.set_position(position.max(0).unsigned_abs());
}
