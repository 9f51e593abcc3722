//! Carries mail from the vault to the outbox.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use commands::sign_ins::{PasswordMail, RecordMailDelivered};
use domain::{Actor, UserId};
use eventlog::{SealError, VaultKind, VaultRow};
use projections::users;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Mail, Outbox};
use crate::app::App;
use crate::fault::Fault;

/// How many rows are read at a time.
const PAGE: usize = 100;
/// Comes after every public id.
const LAST: &str = "\u{10FFFF}";
/// How long the first wait after a failure is; each one doubles it.
const WAIT_FIRST: Duration = Duration::from_secs(1);
const WAIT_MOST: Duration = Duration::from_mins(5);

/// Hands over what waits. One round at a time; a mail that was not taken waits longer each time,
/// and the others go on.
pub struct Courier {
    app: App,
    outbox: Arc<dyn Outbox>,
    /// What was not taken, by public id. It may be forgotten: then it is tried again.
    failed: Mutex<HashMap<String, Failed>>,
}

struct Failed {
    next_try: Instant,
    wait: Duration,
}

impl Courier {
    pub fn new(app: App, outbox: Arc<dyn Outbox>) -> Self {
        Self { app, outbox, failed: Mutex::default() }
    }

    /// Hands over all that waits and is not to wait longer; returns how many mails were taken.
    pub async fn round(&self) -> usize {
        // Held for the whole round, so that rounds do not overlap.
        let mut failed = self.failed.lock().await;
        let (mut taken, mut still, mut above) = (0, HashMap::new(), String::new());
        loop {
            let page = self.app.log.vault_between(VaultKind::Mail, &above, LAST, PAGE).await;
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "what is to be mailed cannot be listed now");
                    return taken;
                }
            };
            let Some(last) = page.last() else { break };
            above.clone_from(&last.public_id);
            for row in page {
                let before = failed.remove(&row.public_id);
                let waits = before.as_ref().is_some_and(|it| it.next_try > Instant::now());
                if waits {
                    still.extend(before.map(|it| (row.public_id, it)));
                } else if self.deliver(&row).await {
                    taken += 1;
                } else {
                    let again = Failed::again(before.as_ref());
                    still.insert(row.public_id, again);
                }
            }
        }
        *failed = still;
        taken
    }

    /// Whether the mail is off our hands.
    async fn deliver(&self, row: &VaultRow) -> bool {
        // Else the rows are late, or nothing is known of the user any more; what went wrong is in
        // the log already.
        let Ok(Some(mail)) = self.mail(row).await else { return false };
        let (tenant, id) = (&row.tenant, &mail.id);
        if let Err(error) = self.outbox.take(&mail).await {
            let cause = error.source().map(ToString::to_string);
            tracing::warn!(%tenant, mail = id, %error, cause, "a mail was not taken");
            return false;
        }
        let Ok(id) = id.parse::<Uuid>() else { return false };
        let request = App::inside(tenant, Actor::system(), "outbox");
        let command = RecordMailDelivered { user: mail.user, mail: id };
        // Whether it is recorded or not, it was taken; what is not, is handed over once more.
        if let Err(failure) = self.app.writer.run(request, command).await {
            tracing::debug!(%tenant, mail = %id, %failure, "a mail that was taken is not recorded");
        }
        true
    }

    /// The mail in the clear; `None` while its user is not known here.
    async fn mail(&self, row: &VaultRow) -> Result<Option<Mail>, Fault> {
        let Some((_, id)) = row.public_id.rsplit_once('/') else { return Ok(None) };
        let (app, user) = (&self.app, UserId(row.owner.clone()));
        let plain = app.keyring.tenant(&row.tenant).await?.open(row)?;
        let sealed: PasswordMail =
            serde_json::from_slice(&plain).map_err(|_| SealError::Foreign)?;
        let found = users::one(&app.reads.eventual(), &row.tenant, &user).await?;
        let opened = app.opened(&row.tenant, found.into_iter().collect()).await?;
        let known = opened.into_iter().next().and_then(|user| user.profile.known().cloned());
        Ok(known.map(|known| Mail {
            id: id.to_owned(),
            reason: sealed.reason,
            tenant: row.tenant.clone(),
            user,
            to: known.email,
            user_name: known.user_name,
            first_name: known.first_name,
            last_name: known.last_name,
            one_time_password: sealed.password,
        }))
    }
}

impl Failed {
    /// One more failure.
    fn again(before: Option<&Self>) -> Self {
        let wait = before.map_or(WAIT_FIRST, |it| (it.wait * 2).min(WAIT_MOST));
        Self { next_try: Instant::now() + wait, wait }
    }
}
