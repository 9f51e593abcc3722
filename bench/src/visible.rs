//! How long after its acknowledgement a command's row can be seen, while commands arrive at a
//! steady rate; and what a bare `INSERT` takes at that rate.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use projections::{Projections, Views};
use tokio::task::JoinSet;

use crate::Result;
use crate::bare::Bare;
use crate::cell::{Cell, Contender as _};
use crate::world::{Rename, World};

/// A program that keeps its read models while it takes commands.
pub(crate) struct Following {
    rename: Arc<Rename>,
    projections: Projections,
}

impl Following {
    pub(crate) async fn prepare(url: &str, callers: usize) -> Result<Self> {
        let world = Arc::new(World::open(url).await?);
        let committed = world.writer.committed();
        let views = Views::postgres(url).await?;
        let log = Arc::clone(&world.log);
        let projections = Projections::start(log, views, committed, Vec::new()).await?;
        let rename = Arc::new(Rename::prepare(world, callers).await?);
        Ok(Self { rename, projections })
    }

    /// From acknowledgement to visible row.
    pub(crate) async fn lag(&self, rate: u32, callers: usize, time: Duration) -> Result<Cell> {
        let reads = self.projections.reads();
        open_loop(rate, time, |turn| {
            let (rename, reads) = (Arc::clone(&self.rename), reads.clone());
            async move {
                let (tenant, granted) = rename.rename(turn % callers).await?;
                let acknowledged = Instant::now();
                reads.after(&tenant, granted.partition, granted.position).await?;
                Ok(acknowledged.elapsed())
            }
        })
        .await
    }

    pub(crate) async fn stop(&self) {
        self.rename.world.writer.drain().await;
        self.projections.stop().await;
    }
}

/// What the bare `INSERT` takes, at the same rate.
pub(crate) async fn bare(
    bare: &Arc<Bare>,
    rate: u32,
    callers: usize,
    time: Duration,
) -> Result<Cell> {
    open_loop(rate, time, |turn| {
        let bare = Arc::clone(bare);
        async move {
            let asked = Instant::now();
            bare.act(turn % callers).await?;
            Ok(asked.elapsed())
        }
    })
    .await
}

/// Starts an act at each tick, whether or not the earlier ones are done.
async fn open_loop<F>(rate: u32, time: Duration, act: impl Fn(usize) -> F) -> Result<Cell>
where
    F: Future<Output = Result<Duration>> + Send + 'static,
{
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let (begin, mut running, mut turn) = (Instant::now(), JoinSet::new(), 0);
    while begin.elapsed() < time {
        ticks.tick().await;
        running.spawn(act(turn));
        turn += 1;
    }
    let mut latencies = Vec::new();
    while let Some(latency) = running.join_next().await {
        latencies.push(latency??);
    }
    // The first tenth warms up.
    let warm = latencies.split_off(latencies.len() / 10);
    Ok(Cell::new(warm, time.mul_f64(0.9)))
}
