//! Loads the state of a cold tenant, aside from the lane: its snapshot, and the rest of its
//! events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use domain::{DecodeError, TenantId};
use eventlog::{LogError, Placement};
use tokio::time::{Instant, sleep};

use super::meter::{self, cause};
use super::places::Seat;
use super::shared::Shared;
use super::snapshot;
use super::state::{FoldError, State};
use crate::Failure;

/// What came of a load.
#[derive(Debug)]
pub(super) enum Loaded {
    Ready(Box<State>),
    /// Nothing is recorded of such a tenant.
    Missing,
    Failed(LoadError),
}

/// Why a state cannot be had; every command that waits for it hears the same.
#[derive(Debug, Clone)]
pub(super) enum LoadError {
    Unavailable(Arc<LogError>),
    Unreadable(Arc<DecodeError>),
}

impl From<LoadError> for Failure<Infallible> {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Unavailable(error) => Self::Unavailable(error),
            LoadError::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

/// Pauses that grow, for as long as patience lasts.
pub(super) struct Backoff {
    pause: Duration,
    until: Instant,
}

impl Backoff {
    pub(super) fn new(patience: Duration) -> Self {
        Self { pause: Duration::from_millis(5), until: Instant::now() + patience }
    }

    /// Waits a while; `false` when there is no use in waiting longer.
    pub(super) async fn pause(&mut self) -> bool {
        if Instant::now() >= self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(500));
        true
    }
}

/// Folds a tenant; a store that cannot be reached is tried again for a while.
pub(super) async fn load(shared: &Shared, tenant: TenantId, seat: Seat) -> Loaded {
    let mut backoff = Backoff::new(shared.settings.patience);
    let place = Placement { tenant, partition: seat.partition };
    loop {
        let unavailable = match attempt(shared, &place, &seat).await {
            Ok(Some(state)) => return Loaded::Ready(Box::new(state)),
            Ok(None) => return Loaded::Missing,
            Err(FoldError::Log(error @ LogError::Unavailable(_))) => error,
            Err(FoldError::Log(error)) => {
                if matches!(error, LogError::Integrity { .. }) {
                    meter::integrity_alarm();
                }
                let tenant = &place.tenant;
                tracing::error!(%tenant, error = cause(&error), "a tenant cannot be loaded");
                return Loaded::Failed(LoadError::Unavailable(Arc::new(error)));
            }
            Err(FoldError::Decode(error)) => {
                let tenant = &place.tenant;
                tracing::error!(%tenant, error = cause(&error), "a tenant cannot be read");
                return Loaded::Failed(LoadError::Unreadable(Arc::new(error)));
            }
        };
        if shared.queue.is_stopping() || !backoff.pause().await {
            return Loaded::Failed(LoadError::Unavailable(Arc::new(unavailable)));
        }
    }
}

async fn attempt(
    shared: &Shared,
    place: &Placement,
    seat: &Seat,
) -> Result<Option<State>, FoldError> {
    let (log, settings) = (&*shared.log, &shared.settings);
    // Another node may have drawn keys of persons and of months since they were read last.
    shared.keyring.load(&seat.keys).await?;
    let restored = snapshot::restore(log, place, seat).await?;
    let mut state = restored.unwrap_or_else(|| {
        State::unborn(place.tenant.clone(), place.partition, Arc::clone(&seat.keys))
    });
    loop {
        let page = log.read_tenant(place, state.ordinal, settings.page_events).await?;
        for recorded in &page {
            state.fold(recorded)?;
        }
        if page.len() < settings.page_events {
            break;
        }
    }
    if state.unsaved > settings.snapshot_every {
        snapshot::save(log, &state).await;
        state.unsaved = 0;
    }
    Ok((state.ordinal > 0).then_some(state))
}
