//! How deliveries wait, and how far they may go.

use std::time::Duration;

/// What an operator may choose about webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhookSettings {
    pub pace: WebhookPace,
    /// Whether they may go to addresses of the server's own network: to itself, to private ones,
    /// and to those of the link.
    pub to_private: bool,
}

/// How deliveries wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookPace {
    /// How long a node sees to a webhook unless it says so again.
    pub hold: Duration,
    /// For an answer.
    pub patience: Duration,
    /// After the first failure; each one doubles it.
    pub wait_first: Duration,
    pub wait_most: Duration,
    /// The most that a receiver may ask for by `Retry-After`.
    pub wait_asked_most: Duration,
    /// After a look at the webhooks, so that one look serves what comes in close succession.
    pub breath: Duration,
}

impl Default for WebhookPace {
    fn default() -> Self {
        Self {
            hold: Duration::from_secs(5),
            patience: Duration::from_secs(10),
            wait_first: Duration::from_secs(1),
            wait_most: Duration::from_mins(5),
            wait_asked_most: Duration::from_hours(1),
            breath: Duration::from_millis(50),
        }
    }
}

impl WebhookPace {
    /// How long to wait after so many failures in a row; `asked` is what the receiver asks for.
    pub(super) fn wait(&self, failures: i64, asked: Option<Duration>) -> Duration {
        let doublings = u32::try_from(failures - 1).unwrap_or_default().min(20);
        let wait = self.wait_first.saturating_mul(1 << doublings).min(self.wait_most);
        asked.map_or(wait, |asked| wait.max(asked.min(self.wait_asked_most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_heed_the_receiver() {
        let pace = WebhookPace::default();
        let seconds = |failures, asked: Option<u64>| {
            pace.wait(failures, asked.map(Duration::from_secs)).as_secs()
        };
        assert_eq!([1, 2, 3, 9, 10, 1_000].map(|n| seconds(n, None)), [1, 2, 4, 256, 300, 300]);
        assert_eq!(seconds(1, Some(30)), 30);
        assert_eq!(seconds(9, Some(30)), 256);
        assert_eq!(seconds(1, Some(1_000_000)), 3_600);
    }
}
