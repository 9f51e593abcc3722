//! Reads what others wrote behind the lane's back, and folds it.

use std::collections::HashSet;

use eventlog::{LogError, Recorded};
use uuid::Uuid;

use super::draft::Tail;
use super::lane::Lane;
use super::load::Backoff;
use super::meter::{self, cause};

/// Why a partition cannot be followed.
enum Lost {
    /// The row at the known tail is gone, or is another one.
    Vanished,
    Log(LogError),
}

impl Lane {
    /// Brings the tails of partitions up to date; whether there was anything new.
    pub(super) async fn catch_up(&mut self, partitions: &[i32]) -> bool {
        self.catch_up_with(partitions, &[]).await
    }

    /// The same, looking out also for the commands with these ids, which are not in the queue.
    pub(super) async fn catch_up_with(&mut self, partitions: &[i32], ids: &[Uuid]) -> bool {
        let mut wanted = self.shared.queue.command_ids();
        wanted.extend(ids);
        let mut moved = false;
        for partition in partitions {
            moved |= self.follow(*partition, &wanted).await;
        }
        self.publish();
        moved
    }

    async fn follow(&mut self, partition: i32, wanted: &HashSet<Uuid>) -> bool {
        let before = self.tails.get(&partition).copied();
        let mut backoff = Backoff::new(self.shared.settings.patience);
        loop {
            match self.read_on(partition, wanted).await {
                Ok(()) => break,
                Err(Lost::Vanished) => {
                    self.vanished(partition).await;
                    return true;
                }
                Err(Lost::Log(error)) => {
                    if matches!(error, LogError::Integrity { .. }) {
                        meter::integrity_alarm();
                    }
                    let is_hopeless = !matches!(error, LogError::Unavailable(_));
                    tracing::error!(
                        partition,
                        error = cause(&error),
                        "a partition cannot be followed"
                    );
                    if is_hopeless || self.shared.queue.is_stopping() || !backoff.pause().await {
                        // The next append will not land either, and brings the lane here again.
                        break;
                    }
                }
            }
        }
        before != self.tails.get(&partition).copied()
    }

    /// Reads from the known tail on. That row is read again: it must still stand there.
    async fn read_on(&mut self, partition: i32, wanted: &HashSet<Uuid>) -> Result<(), Lost> {
        let page_events = self.shared.settings.page_events;
        let Some(known) = self.tails.get(&partition).copied() else { return Ok(()) };
        let mut after = (known.position - 1).max(0);
        loop {
            let page = self.shared.log.read(partition, after, page_events).await;
            let page = page.map_err(Lost::Log)?;
            let is_last = page.len() < page_events;
            let mut news = page.as_slice();
            if after < known.position {
                let stands = |event: &&Recorded| {
                    event.position == known.position && event.leaf_hash == known.leaf_hash
                };
                page.first().filter(stands).ok_or(Lost::Vanished)?;
                news = page.get(1..).unwrap_or_default();
            }
            for recorded in news {
                self.meet(recorded, wanted);
            }
            after = page.last().map_or(after, |last| last.position);
            if is_last {
                return Ok(());
            }
        }
    }

    /// Folds an event that somebody else wrote, or that was thought lost.
    fn meet(&mut self, recorded: &Recorded, wanted: &HashSet<Uuid>) {
        let Recorded { partition, position, leaf_hash, .. } = *recorded;
        self.tails.insert(partition, Tail { position, leaf_hash });
        if wanted.contains(&recorded.command_id) {
            let met = self.met.entry(recorded.command_id).or_default();
            if met.iter().all(|event| event.position != position) {
                met.push(recorded.clone());
            }
        }
        if let Some(loading) = self.loading.get_mut(&recorded.tenant) {
            loading.met.push(recorded.clone());
        }
        let Some(state) = self.states.get_mut(&recorded.tenant) else { return };
        if recorded.ordinal <= state.ordinal {
            return;
        }
        if state.fold_foreign(recorded).is_none() {
            // A load will say why.
            self.states.remove(&recorded.tenant);
        }
    }

    /// A failover lost events that this lane had seen. Nothing that rests on them may stay.
    async fn vanished(&mut self, partition: i32) {
        meter::integrity_alarm();
        let known = self.tails.get(&partition).map(|tail| tail.position);
        tracing::error!(partition, known, "the tail of a partition vanished: events are lost");
        for state in self.states.remove_partition(partition) {
            state.keys.forget_months();
        }
        self.shared.places.forget_partition(partition);
        for loading in self.loading.values_mut().filter(|load| load.seat.partition == partition) {
            loading.is_void = true;
            loading.met.clear();
        }
        self.recent.clear();
        self.met.retain(|_, events| events.iter().all(|event| event.partition != partition));
        let learnt = self.learn_tails().await;
        if let Some(tail) = learnt.and_then(|tails| tails.get(&partition).copied()) {
            self.tails.insert(partition, tail);
        }
    }
}
