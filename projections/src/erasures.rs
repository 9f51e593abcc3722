//! Who was erased, by whom, and how much went with them; and of every subject, how many events tell
//! something personal.

mod silent;

use chrono::{DateTime, Utc};
use domain::{Actor, ActorKind, Aggregate, Event, OrganizationId, TenantId};
use eventlog::Recorded;
use uuid::Uuid;

use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

pub use silent::silent;

static ERASURES: Table = Table {
    name: "erasures_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("subject"),
        Column::int("ordinal"),
        Column::text("about_kind"),
        Column::text("about_id"),
        Column::text("organization_id").nullable(),
        Column::int("passwords"),
        Column::int("mails"),
        Column::int("tokens"),
        Column::text("actor_home"),
        Column::text("actor_kind"),
        Column::text("actor_id"),
        Column::text("actor_authenticated"),
        Column::text("command"),
        Column::text("command_id"),
        Column::text("correlation"),
        Column::int("erased_at"),
    ],
    key: 2,
    indexes: &[&["tenant", "ordinal"]],
};

/// How many events tell something personal of each subject.
static TOLD: Table = Table {
    name: "erasure_events_v1",
    columns: &[Column::text("tenant"), Column::text("subject"), Column::int("events")],
    key: 2,
    indexes: &[],
};

/// The erasure of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    pub subject: String,
    /// Of the event that tells of it.
    pub ordinal: i64,
    /// The user, client or record it was.
    pub about: Aggregate,
    pub organization: Option<OrganizationId>,
    pub passwords: i64,
    pub mails: i64,
    pub tokens: i64,
    pub by: Actor,
    pub command: String,
    pub command_id: Uuid,
    pub correlation: String,
    pub erased_at: DateTime<Utc>,
    /// How many events had told something personal of the subject.
    pub events: i64,
}

/// Keeps one row for each erasure, and a count for each subject.
#[derive(Debug)]
pub(crate) struct Erasures;

impl Projection for Erasures {
    fn name(&self) -> &'static str {
        ERASURES.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ERASURES, &TOLD]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        for subject in subjects(event, recorded) {
            changes.add(&TOLD, values![tenant, subject], [("events", 1)])?;
        }
        let Event::SubjectErased(fact) = event else { return Ok(()) };
        let by = &recorded.actor;
        let row = values![
            tenant,
            &fact.subject,
            recorded.ordinal,
            &fact.about.kind,
            &fact.about.id,
            fact.organization.as_ref().map(OrganizationId::as_str),
            i64::from(fact.passwords),
            i64::from(fact.mails),
            i64::from(fact.tokens),
            &by.home,
            by.kind.as_str(),
            &by.id,
            &by.authenticated,
            &recorded.command,
            recorded.command_id,
            &recorded.correlation,
            recorded.created_at,
        ];
        changes.upsert(&ERASURES, row)
    }
}

/// For whom something is sealed in an event, each once.
fn subjects(event: &Event, recorded: &Recorded) -> Vec<String> {
    // Most events tell nothing of anybody, and need not be taken apart.
    let payload = std::str::from_utf8(&recorded.payload).unwrap_or_default();
    if !payload.contains("\"sealed\"") {
        return Vec::new();
    }
    let mut event = event.clone();
    let parts = event.personal_mut();
    let sealed = parts.iter().filter_map(|part| part.sealed());
    let mut subjects: Vec<_> = sealed.map(|sealed| sealed.subject.clone()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select e.subject, e.ordinal, e.about_kind, e.about_id, e.organization_id,
        e.passwords, e.mails, e.tokens, e.actor_home, e.actor_kind, e.actor_id,
        e.actor_authenticated, e.command, e.command_id, e.correlation, e.erased_at,
        coalesce((select t.events from erasure_events_v1 t
            where t.tenant = e.tenant and t.subject = e.subject), 0)
        from erasures_v1 e where e.tenant = $1 and ",
            $rest
        )
    };
}

const ONE: &str = select!("e.subject = $2");
const BEHIND: &str = select!("e.ordinal > $2 order by e.ordinal limit $3");
const BEHIND_OF: &str =
    select!("e.ordinal > $2 and e.organization_id = $4 order by e.ordinal limit $3");

pub(crate) const STATEMENTS: &[&[&str]] = &[&[ONE, BEHIND, BEHIND_OF], silent::STATEMENTS];

/// The erasure of a subject; `None` while it was not erased.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    subject: &str,
) -> Result<Option<ErasureRow>, ViewError> {
    let rows = views.rows(ERASURES.name, tenant, ONE, &values![subject]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// The erasures behind this ordinal, in order, at most `limit`.
pub async fn behind(
    views: &Views,
    tenant: &TenantId,
    ordinal: i64,
    limit: i64,
) -> Result<Vec<ErasureRow>, ViewError> {
    let rows = views.rows(ERASURES.name, tenant, BEHIND, &values![ordinal, limit]).await?;
    rows.into_iter().map(read).collect()
}

/// The same, of those who belong to this organization.
pub async fn behind_of(
    views: &Views,
    tenant: &TenantId,
    organization: &str,
    ordinal: i64,
    limit: i64,
) -> Result<Vec<ErasureRow>, ViewError> {
    let asked = values![ordinal, limit, organization];
    let rows = views.rows(ERASURES.name, tenant, BEHIND_OF, &asked).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<ErasureRow, ViewError> {
    let (subject, ordinal) = (row.text()?, row.int()?);
    let about = Aggregate { kind: row.text()?, id: row.text()? };
    let organization = row.maybe_text()?.map(OrganizationId);
    let (passwords, mails, tokens) = (row.int()?, row.int()?, row.int()?);
    let (home, kind) = (row.tenant()?, ActorKind::from_name(&row.text()?));
    let kind = kind.ok_or(ViewError::Unreadable("not a kind of actor"))?;
    let by = Actor { home, kind, id: row.text()?, authenticated: row.text()? };
    Ok(ErasureRow {
        subject,
        ordinal,
        about,
        organization,
        passwords,
        mails,
        tokens,
        by,
        command: row.text()?,
        command_id: row.uuid()?,
        correlation: row.text()?,
        erased_at: row.time()?,
        events: row.int()?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{Personal, Sealed, SubjectErased, UserId, UserProfileReplaced};

    use super::*;
    use crate::sample::told;

    #[test]
    fn an_event_counts_once_for_each_whom_it_tells_of() {
        let sealed = |bytes: &str| {
            let (subject, bytes) = ("A-B-1".to_owned(), bytes.to_owned());
            Box::new(Personal::Sealed(Sealed { subject, bytes }))
        };
        let replaced = UserProfileReplaced {
            user: UserId("A-B-1".to_owned()),
            organization: OrganizationId("5".to_owned()),
            before: sealed("00"),
            after: sealed("ff"),
            email_pending: false,
        };
        let erased = SubjectErased {
            subject: "A-B-1".to_owned(),
            about: Aggregate { kind: "user".to_owned(), id: "A-B-1".to_owned() },
            organization: Some(OrganizationId("5".to_owned())),
            passwords: 1,
            mails: 0,
            tokens: 2,
        };
        let lines = told(Erasures, &[replaced.clone().into(), replaced.into(), erased.into()]);
        let id = Uuid::nil();
        let row = format!("A-B-1 3 user A-B-1 5 1 0 2 system system ada  genesis {id}");
        assert!(lines.contains(&"erasure_events_v1 # acme A-B-1 events+2".to_owned()), "{lines:?}");
        let start = format!("erasures_v1 + acme {}", row.split("  ").next().unwrap());
        assert!(lines.iter().any(|line| line.starts_with(&start)), "{lines:?} {start}");
    }
}
