//! One measurement: so many callers, each asking again as soon as it was answered.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::try_join_all;

use crate::Result;

/// Nothing is counted until caches, plans and connections are warm.
const WARM_UP: Duration = Duration::from_millis(200);

/// What can be measured.
pub(crate) trait Contender: Send + Sync + 'static {
    /// Does it once, on behalf of one of the callers.
    fn act(&self, caller: usize) -> impl Future<Output = Result<()>> + Send;
}

/// What was measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) per_second: f64,
    /// Sorted.
    latencies: Vec<Duration>,
}

impl Cell {
    pub(crate) fn new(mut latencies: Vec<Duration>, measured: Duration) -> Self {
        latencies.sort_unstable();
        let count = u32::try_from(latencies.len()).unwrap_or(u32::MAX);
        Self { per_second: f64::from(count) / measured.as_secs_f64(), latencies }
    }

    /// What this share of all stay within, in microseconds.
    pub(crate) fn quantile(&self, percent: usize) -> f64 {
        let held = self.latencies.get(self.latencies.len() * percent / 100);
        held.or(self.latencies.last()).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
    }
}

/// Lets `callers` callers act, each again and again, and measures for a while.
pub(crate) async fn closed_loop(
    contender: &Arc<impl Contender>,
    callers: usize,
    measured: Duration,
) -> Result<Cell> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + measured;
    let callers = (0..callers).map(|caller| {
        let contender = Arc::clone(contender);
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let asked = Instant::now();
                contender.act(caller).await?;
                let answered = Instant::now();
                // What takes longer than all of the time is measured once.
                if asked > begin && (answered <= end || latencies.is_empty()) {
                    latencies.push(answered - asked);
                }
                if answered > end && !latencies.is_empty() {
                    return Result::Ok(latencies);
                }
            }
        })
    });
    let latencies = try_join_all(callers).await?.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(Cell::new(latencies.concat(), measured))
}
