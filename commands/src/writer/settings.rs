//! What can be set about the writer.

use std::time::Duration;

/// Bounds on what the writer holds, and on how long it tries.
#[derive(Debug, Clone)]
pub struct WriterSettings {
    /// How many bytes of commands may wait.
    pub queue_bytes: usize,
    /// How many commands may wait.
    pub queue_commands: usize,
    /// How many more may wait when they are urgent: locks and revocations.
    pub reserve_commands: usize,
    /// How many commands are brought into the log by one statement at most.
    pub batch_commands: usize,
    /// How much memory the states of tenants may take, in bytes; the least recently used go.
    pub state_bytes: usize,
    /// A load that folds more events than this leaves a snapshot behind.
    pub snapshot_every: usize,
    /// How many events the read models may be behind before commands are shed.
    pub lag_events: u64,
    /// How many events are read at a time.
    pub page_events: usize,
    /// How long an append whose outcome is unknown is tried again before its callers are told.
    pub patience: Duration,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            queue_bytes: 64 << 20,
            queue_commands: 16_384,
            reserve_commands: 1_024,
            batch_commands: 256,
            state_bytes: 512 << 20,
            snapshot_every: 1_000,
            lag_events: 200_000,
            page_events: 2_000,
            patience: Duration::from_secs(10),
        }
    }
}
