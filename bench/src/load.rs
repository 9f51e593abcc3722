//! Ways to ask for something again and again, and what that took.

use std::future::Future;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

/// What one cell of a table measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    pub(crate) done: usize,
    pub(crate) lasting: Duration,
    /// Sorted.
    pub(crate) times: Vec<Duration>,
}

impl Sample {
    fn new(mut times: Vec<Duration>, lasting: Duration) -> Self {
        times.sort_unstable();
        Self { done: times.len(), lasting, times }
    }

    /// Done a second.
    #[expect(clippy::cast_precision_loss, reason = "a rate is a rough figure")]
    pub(crate) fn rate(&self) -> f64 {
        self.done as f64 / self.lasting.as_secs_f64()
    }

    /// The time that `share` of all stayed below, in microseconds.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a few thousand samples"
    )]
    pub(crate) fn micros(&self, share: f64) -> f64 {
        let index = (self.times.len() as f64 * share) as usize;
        let time = self.times.get(index.min(self.times.len().saturating_sub(1)));
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
    }
}

/// `callers` tasks, each asking anew as soon as it was answered. `ask` gets the caller's number
/// and how often it asked.
pub(crate) async fn closed_loop<F, W, E>(
    callers: usize,
    lasting: Duration,
    ask: F,
) -> Result<Sample, E>
where
    F: Fn(usize, i64) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let begun = Instant::now();
    let callers: Vec<_> =
        (0..callers).map(|n| tokio::spawn(caller(n, begun, lasting, ask.clone()))).collect();
    let answers = join_all(callers).await;
    let took = begun.elapsed();
    let times = answers.into_iter().flatten().collect::<Result<Vec<_>, E>>()?.concat();
    Ok(Sample::new(times, took))
}

async fn caller<F, W, E>(
    number: usize,
    begun: Instant,
    lasting: Duration,
    ask: F,
) -> Result<Vec<Duration>, E>
where
    F: Fn(usize, i64) -> W,
    W: Future<Output = Result<(), E>>,
{
    let mut times = Vec::new();
    while begun.elapsed() < lasting {
        let asked = Instant::now();
        ask(number, i64::try_from(times.len()).unwrap_or(i64::MAX)).await?;
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// `rate` questions a second, whether or not earlier ones were answered; each says its own time.
pub(crate) async fn open_loop<F, W, E>(rate: u32, lasting: Duration, ask: F) -> Result<Sample, E>
where
    F: Fn(i64) -> W,
    W: Future<Output = Result<Duration, E>> + Send + 'static,
    E: Send + std::fmt::Debug + 'static,
{
    let begun = Instant::now();
    let mut tick = interval(Duration::from_secs(1) / rate);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = Vec::new();
    for turn in 1.. {
        tick.tick().await;
        if begun.elapsed() >= lasting {
            break;
        }
        asked.push(tokio::spawn(ask(turn)));
    }
    let mut times = Vec::with_capacity(asked.len());
    for answer in asked {
        if let Ok(time) = answer.await {
            times.push(time?);
        }
    }
    Ok(Sample::new(times, begun.elapsed()))
}
