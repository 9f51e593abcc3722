//! Questions of the tenant-clients dialect.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{ClientId, ContactEmail, Mfa, OrganizationId, Personal, RoleId, TenantId, UserId};

use super::filter::{Deleted, Filter, Shape, State};
use super::tables::CLIENTS;
use crate::projection::Marks;
use crate::value::Row;
use crate::{ViewError, Views, values};

/// One client, deleted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct TenantClientRow {
    pub tenant: TenantId,
    pub client: ClientId,
    pub name: String,
    pub description: String,
    pub organization: Option<OrganizationId>,
    pub authorized_user: Option<UserId>,
    pub is_default: bool,
    pub is_active: bool,
    pub is_locked: bool,
    /// When it was deleted; `None` while it was not.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why it is not active, where that is not just `Inactive`.
    pub word: Option<String>,
    /// Sealed under the client's own key.
    pub email: Option<Personal<ContactEmail>>,
    pub owner: Option<String>,
    pub project: Option<String>,
    /// `None` for the client's own id.
    pub hydra_client_id: Option<String>,
    pub oidc_enabled: bool,
    pub client_type: String,
    pub agent_type: Option<String>,
    pub tags: BTreeSet<String>,
    pub mfa: Mfa,
    /// How many roles it holds.
    pub roles: i64,
    pub marks: Marks,
}

macro_rules! select {
    () => {
        "select c.tenant, c.client_id, c.name, c.description, c.organization_id,
        c.authorized_user, c.is_default, c.is_active, c.is_locked, c.deleted_at, c.word, c.email,
        c.owner, c.project, c.hydra_client_id, c.oidc_enabled, c.client_type, c.agent_type, c.tags,
        c.mfa, (select count(*) from tenant_client_roles_v1 r
            where r.tenant = c.tenant and r.client_id = c.client_id), c.created_by, c.created_at, c.modified_by, c.modified_at, c.sequence
        from tenant_clients_v1 c "
    };
}

/// What every state asks beside what it is found by. -1, a blank and '' stand for what does not matter.
macro_rules! rest {
    () => {
        "and ($5 = ' ' or coalesce(c.word, '') = $5) and ($6 = '' or c.client_type = $6)
        and ($7 = '' or c.organization_id = $7) and ($8 = '' or c.owner = $8) "
    };
}

macro_rules! all {
    () => {
        concat!(
            "where c.tenant = $1 and c.is_deleted <= $2 and ($3 = -1 or c.is_active = $3)
            and ($4 = -1 or c.is_locked = $4) ",
            rest!()
        )
    };
}

macro_rules! live {
    () => {
        concat!(
            "where c.tenant = $1 and c.is_deleted = $2 and ($3 = -1 or c.is_active = $3)
            and ($4 = -1 or c.is_locked = $4) ",
            rest!()
        )
    };
}

macro_rules! active {
    () => {
        concat!(
            "where c.tenant = $1 and c.is_deleted = $2 and c.is_active = $3
            and ($4 = -1 or c.is_locked = $4) ",
            rest!()
        )
    };
}

macro_rules! standing {
    () => {
        concat!(
            "where c.tenant = $1 and c.is_deleted = $2 and c.is_active = $3 and c.is_locked = $4 ",
            rest!()
        )
    };
}

/// Some ending of the name lies in [$9, $10).
macro_rules! named {
    () => {
        "and c.client_id in (select p.client_id from tenant_client_parts_v1 p
            where p.tenant = $1 and p.part >= $9 and p.part < $10) "
    };
}

/// Fewer tags than that are filled up with the last one.
macro_rules! tagged {
    ($list:literal) => {
        concat!(
            "and c.client_id in (select t.client_id from tenant_client_tags_v1 t
            where t.tenant = $1 and t.tag in (",
            $list,
            ")) "
        )
    };
}

macro_rules! only_tagged {
    () => {
        tagged!("$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24")
    };
}

macro_rules! also_tagged {
    () => {
        tagged!("$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26")
    };
}

/// The rows of a page, and how many there are in all.
macro_rules! pair {
    ($found:expr, $limit:literal) => {
        pair!($found, "c.created_at", $limit)
    };
    ($found:expr, $when:literal, $limit:literal) => {
        [
            concat!(select!(), $found, "order by ", $when, ", c.client_id ", $limit),
            concat!("select count(*) from tenant_clients_v1 c ", $found),
        ]
    };
}

/// The same for what few rows have. No index is in that order: one that is would be followed
/// through all of a large tenant, to come upon a page of them sooner or later.
macro_rules! rare {
    ($found:expr, $limit:literal) => {
        pair!($found, "c.created_at + 0", $limit)
    };
}

/// The pairs of a state, one for each shape.
macro_rules! shapes {
    ($state:ident) => {
        [
            pair!($state!(), "limit $9 offset $10"),
            pair!(concat!($state!(), named!()), "limit $11 offset $12"),
            rare!(concat!($state!(), tagged!("$9")), "limit $10 offset $11"),
            rare!(concat!($state!(), only_tagged!()), "limit $25 offset $26"),
            rare!(concat!($state!(), named!(), tagged!("$11")), "limit $12 offset $13"),
            rare!(concat!($state!(), named!(), also_tagged!()), "limit $27 offset $28"),
        ]
    };
}

const ALL: [[&str; 2]; 6] = shapes!(all);
const LIVE: [[&str; 2]; 6] = shapes!(live);
const ACTIVE: [[&str; 2]; 6] = shapes!(active);
const STANDING: [[&str; 2]; 6] = shapes!(standing);

const ONE: &str = concat!(select!(), "where c.tenant = $1 and c.client_id = $2");
const COUNTS: &str = "select live, active, deleted from tenant_client_counts_v1 where tenant = $1";
const ROLES_OF: &str = "select r.role_id from tenant_client_roles_v1 r
    where r.tenant = $1 and r.client_id = $2 order by r.role_id";

pub(crate) const STATEMENTS: &[&[&str]] = &[
    ALL.as_flattened(),
    LIVE.as_flattened(),
    ACTIVE.as_flattened(),
    STANDING.as_flattened(),
    &[ONE, COUNTS, ROLES_OF],
];

/// The statement that lists what `filter` lets through, as it is sent to either store.
pub fn statement(filter: &Filter) -> &'static str {
    pair(filter)[0]
}

fn pair(filter: &Filter) -> [&'static str; 2] {
    let [plain, named, once, tagged, both_once, both] = match filter.state() {
        State::All => ALL,
        State::Live => LIVE,
        State::Active => ACTIVE,
        State::Standing => STANDING,
    };
    match filter.shape() {
        Shape::Plain => plain,
        Shape::Named => named,
        Shape::TaggedOnce => once,
        Shape::Tagged => tagged,
        Shape::NamedTaggedOnce => both_once,
        Shape::NamedTagged => both,
    }
}

/// The client of that id, deleted or not.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Option<TenantClientRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ONE, &values![client.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// So many of the clients that `filter` lets through, the oldest first, the first ones skipped.
pub async fn slice(
    views: &Views,
    tenant: &TenantId,
    filter: &Filter,
    skip: u64,
    limit: u64,
) -> Result<Vec<TenantClientRow>, ViewError> {
    let mut params = filter.params()?;
    // Both stores take it for a number of rows, and neither has that many.
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    params.extend(values![number(limit), number(skip)]);
    let [rows, _] = pair(filter);
    views.rows(CLIENTS.name, tenant, rows, &params).await?.into_iter().map(read).collect()
}

/// All clients that `filter` lets through, the oldest first.
pub async fn all(
    views: &Views,
    tenant: &TenantId,
    filter: &Filter,
) -> Result<Vec<TenantClientRow>, ViewError> {
    slice(views, tenant, filter, 0, u64::MAX).await
}

/// How many clients `filter` lets through in all.
pub async fn count(views: &Views, tenant: &TenantId, filter: &Filter) -> Result<u64, ViewError> {
    let total = if filter.is_tallied() {
        let rows = views.rows(CLIENTS.name, tenant, COUNTS, &[]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(0) };
        let (live, active, deleted) = (row.int()?, row.int()?, row.int()?);
        match (filter.deleted, filter.is_active) {
            (Deleted::Hidden, None) => live,
            (Deleted::Hidden, Some(true)) => active,
            (Deleted::Hidden, Some(false)) => live - active,
            (Deleted::Shown, _) => live + deleted,
            (Deleted::Only, _) => deleted,
        }
    } else {
        let [_, count] = pair(filter);
        let rows = views.rows(CLIENTS.name, tenant, count, &filter.params()?).await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.int())?
    };
    Ok(u64::try_from(total).unwrap_or_default())
}

/// Which roles a client holds.
pub async fn roles_of(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Vec<RoleId>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ROLES_OF, &values![client.0]).await?;
    rows.into_iter().map(|mut row| row.int().map(RoleId)).collect()
}

fn read(mut row: Row) -> Result<TenantClientRow, ViewError> {
    Ok(TenantClientRow {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        name: row.text()?,
        description: row.text()?,
        organization: row.maybe_text()?.map(OrganizationId),
        authorized_user: row.maybe_text()?.map(UserId),
        is_default: row.flag()?,
        is_active: row.flag()?,
        is_locked: row.flag()?,
        deleted_at: row.maybe_time()?,
        word: row.maybe_text()?,
        email: row.maybe_json()?,
        owner: row.maybe_text()?,
        project: row.maybe_text()?,
        hydra_client_id: row.maybe_text()?,
        oidc_enabled: row.flag()?,
        client_type: row.text()?,
        agent_type: row.maybe_text()?,
        tags: row.json()?,
        mfa: row.json()?,
        roles: row.int()?,
        marks: Marks::read(&mut row)?,
    })
}
