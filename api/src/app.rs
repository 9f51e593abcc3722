//! What all handlers share: the log, the keys, the writer, the read models; and the one way a
//! command is run, so that whoever reads after its answer sees what it did.

use std::sync::Arc;

use commands::{Command, Granted, Idempotency, Request, Writer};
use domain::{Actor, Authority, TenantId};
use eventlog::{EventLog, Keyring};
use projections::users::UserRow;
use projections::{Projections, Reads, Views, erasures};
use uuid::Uuid;

use crate::accesses::Accesses;
use crate::call::Incoming;
use crate::caller::Caller;
use crate::fault::{Denied, Fault};
use crate::live::Live;
use crate::settings::Settings;
use crate::user_names::UserNames;

/// How many erasures are read at a time.
const ERASURES_AT_ONCE: i64 = 1_000;

/// The service without its edge. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub log: Arc<dyn EventLog>,
    pub keyring: Keyring,
    pub writer: Writer,
    pub reads: Reads,
    pub projections: Arc<Projections>,
    pub settings: Arc<Settings>,
    /// Streams of events under way.
    pub live: Live,
    /// Who was turned away, and who read the record.
    pub accesses: Accesses,
    /// Who was found under which name.
    pub user_names: UserNames,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("store", &self.log.store()).finish_non_exhaustive()
    }
}

impl App {
    /// Has this node forget the keys of whoever was erased on any other. `erased` is the tenant's
    /// ordinal at which that happened last, as the rows say.
    pub(crate) async fn heed_erasures(
        &self,
        views: &Views,
        tenant: &TenantId,
        erased: i64,
    ) -> Result<(), Fault> {
        let Some(keys) = self.keyring.at_hand(tenant) else { return Ok(()) };
        while keys.heeded() < erased {
            let rows = erasures::behind(views, tenant, keys.heeded(), ERASURES_AT_ONCE).await?;
            // None are there only if the rows were taken away meanwhile.
            let Some(last) = rows.last() else { break };
            for row in &rows {
                keys.forget_subject(&row.subject);
            }
            keys.has_heeded(last.ordinal);
        }
        Ok(())
    }

    /// Users with what is known of them opened; nothing is, of one who was erased.
    pub async fn opened(
        &self,
        tenant: &TenantId,
        users: Vec<UserRow>,
    ) -> Result<Vec<UserRow>, Fault> {
        let keys = self.keyring.tenant(tenant).await?;
        let is_new = |user: &UserRow| {
            user.profile.closed().is_some_and(|sealed| !keys.knows(&sealed.subject))
        };
        if users.iter().any(is_new) {
            // Another node may have drawn keys since these were read.
            self.keyring.load(&keys).await?;
        }
        let open = |user: UserRow| UserRow { profile: keys.open_personal(&user.profile), ..user };
        Ok(users.into_iter().map(open).collect())
    }
}

/// What a request says of how its command is to be taken, beside the command itself.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    pub expected_sequence: Option<i64>,
    pub idempotency: Option<Idempotency>,
    pub dry_run: bool,
}

impl App {
    /// A request that nobody sent: the program asks itself, in the name of `actor`.
    pub(crate) fn inside(tenant: &TenantId, actor: Actor, correlation: &str) -> Request {
        Request {
            tenant: tenant.clone(),
            actor,
            authority: Authority::full(),
            command_id: Uuid::now_v7(),
            correlation: correlation.to_owned(),
            address: None,
            expected_sequence: None,
            idempotency: None,
            dry_run: false,
        }
    }

    /// Runs a command for `caller` in `tenant`. The read models that come with the answer show
    /// what it did, so that a handler can answer with what the same query returns to anybody.
    pub async fn run<C: Command>(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        request: &Incoming,
        terms: Terms,
        command: C,
    ) -> Result<(Granted<C::Fresh>, Views), Denied<C::Rejection>> {
        let request = Request {
            tenant: tenant.clone(),
            actor: caller.actor.clone(),
            authority: caller.authority(),
            command_id: Uuid::now_v7(),
            correlation: request.id.clone(),
            address: request.address,
            expected_sequence: terms.expected_sequence,
            idempotency: terms.idempotency,
            dry_run: terms.dry_run,
        };
        let granted = self.writer.run(request, command).await?;
        let views = self.reads.after(tenant, granted.partition, granted.position).await;
        Ok((granted, views.map_err(Fault::from)?))
    }
}
