//! Drawing what is fresh for a command: at once in the caller's task, or, where it takes much
//! computing, on a thread where nothing else waits.

use std::sync::Arc;
use std::thread::available_parallelism;

use domain::TenantId;
use eventlog::{LogError, VaultWrite};
use tokio::task::spawn_blocking;

use super::places::Seat;
use super::shared::Shared;
use crate::sign_ins::passwords;
use crate::{Command, Mint};

/// How many slow draws there may be at a time: half of the processors stay free, and the memory
/// they take has a bound.
pub(super) fn at_a_time() -> usize {
    available_parallelism().map_or(1, |all| all.get().div_ceil(2))
}

impl Shared {
    /// Draws for `command`, and gives it back with what was drawn.
    pub(super) async fn draw<C: Command>(
        &self,
        tenant: &TenantId,
        seat: &Seat,
        numbers: Vec<i64>,
        founding: Option<VaultWrite>,
        mut command: C,
    ) -> Result<(C, C::Fresh), LogError> {
        let (tenant, keys) = (tenant.clone(), Arc::clone(&seat.keys));
        if command.subject().is_some_and(|subject| !keys.knows(&subject)) {
            // Another node may have drawn it.
            self.keyring.load(&keys).await?;
        }
        let passwords = match command.passwords_of() {
            Some(user) => passwords::kept(self.log.as_ref(), &tenant, user).await?,
            None => Vec::new(),
        };
        let draw = move || {
            let mint = Mint::new(tenant, &keys, numbers, founding);
            let mut mint = mint.with_passwords(passwords);
            let fresh = command.draw(&mut mint)?;
            Ok((command, fresh))
        };
        if !C::DRAWS_SLOWLY {
            return draw();
        }
        let broken = || LogError::Unusable("a draw broke down".to_owned());
        let turn = Arc::clone(&self.draws).acquire_owned().await.map_err(|_| broken())?;
        let drawing = spawn_blocking(move || {
            let drawn = draw();
            // Held until here even when the caller went away meanwhile.
            drop(turn);
            drawn
        });
        drawing.await.map_err(|_| broken())?
    }
}
