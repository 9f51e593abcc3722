//! Questions about API clients.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    AkamaiClientId, CaptureClientId, ClientFeature, ClientId, ClientKind, GroupRole,
    OrganizationId, TenantId, UserId,
};

use super::tables::CLIENTS;
use crate::projection::Marks;
use crate::text_parts::{folded, just_past, padded};
use crate::value::Row;
use crate::{ViewError, Views, values};

/// One API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    pub tenant: TenantId,
    pub client: ClientId,
    pub akamai_id: AkamaiClientId,
    pub capture_id: CaptureClientId,
    pub name: String,
    pub description: String,
    pub kind: ClientKind,
    pub authorized_user: Option<UserId>,
    pub organization: Option<OrganizationId>,
    /// In alphabetical order.
    pub features: BTreeSet<ClientFeature>,
    pub access: Vec<GroupRole>,
    pub tags: BTreeSet<String>,
    pub is_default: bool,
    pub is_locked: bool,
    pub is_active: bool,
    /// Number of its newest secret.
    pub secret_generation: i64,
    /// Until when the secret before that one works too.
    pub grace_until: Option<DateTime<Utc>>,
    pub marks: Marks,
    /// How many EdgeGrid credentials it has, in whatever state.
    pub credentials: i64,
    /// How many of them were not deactivated; they may have expired, or a reset ended them.
    pub active_credentials: i64,
}

/// Which clients to show; what is `None` or empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFilter {
    pub is_active: Option<bool>,
    pub is_locked: Option<bool>,
    /// Part of the name, whatever its case.
    pub name_part: Option<String>,
    /// Any of these tags; at most [`crate::TAGS_MOST`].
    pub tags_any: Vec<String>,
}

/// A client whose former secret's time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub tenant: TenantId,
    pub client: ClientId,
    /// Number of the secret that ended.
    pub generation: i64,
    pub grace_until: DateTime<Utc>,
}

macro_rules! columns {
    () => {
        "select c.tenant, c.client_id, c.akamai_id, c.capture_id, c.name, c.description, c.kind,
        c.authorized_user, c.organization_id, c.features, c.access, c.tags,
        c.is_default, c.is_locked, c.is_active, c.secret_generation, c.grace_until,
        c.created_by, c.created_at, c.modified_by, c.modified_at, c.sequence, "
    };
}

macro_rules! select {
    () => {
        concat!(
            columns!(),
            "(select count(*) from client_credentials_v2 k
                where k.tenant = c.tenant and k.client_id = c.client_id),
            (select count(*) from client_credentials_v2 k
                where k.tenant = c.tenant and k.client_id = c.client_id and k.status = 'ACTIVE')
            from clients_v1 c "
        )
    };
}

/// -1 stands for what does not matter.
macro_rules! states {
    () => {
        "where c.tenant = $1 and ($2 = -1 or c.is_active = $2) and ($3 = -1 or c.is_locked = $3) "
    };
}

/// Some ending of the name lies in [$4, $5).
macro_rules! named {
    () => {
        "and c.client_id in (select p.client_id from tenant_client_parts_v1 p
            where p.tenant = $1 and p.part >= $4 and p.part < $5) "
    };
}

/// Fewer tags than that are filled up with the last one.
macro_rules! tagged {
    () => {
        "and c.client_id in (select t.client_id from tenant_client_tags_v1 t
            where t.tenant = $1 and t.tag in
            ($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)) "
    };
}

/// As above, where no part of a name is asked for.
macro_rules! only_tagged {
    () => {
        "and c.client_id in (select t.client_id from tenant_client_tags_v1 t
            where t.tenant = $1 and t.tag in
            ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)) "
    };
}

macro_rules! count {
    () => {
        "select count(*) from clients_v1 c "
    };
}

const ONE: &str = concat!(select!(), "where c.tenant = $1 and c.client_id = $2");
const BY_AKAMAI_ID: &str = concat!(select!(), "where c.tenant = $1 and c.akamai_id = $2");
const BY_CAPTURE_ID: &str = concat!(select!(), "where c.capture_id = $1");
/// Counts the credentials of all clients in one go.
const ALL: &str = concat!(
    columns!(),
    "coalesce(k.held, 0), coalesce(k.active, 0)
    from clients_v1 c left join (
        select client_id, count(*) as held, count(case when status = 'ACTIVE' then 1 end) as active
        from client_credentials_v2 where tenant = $1 group by client_id
    ) k on k.client_id = c.client_id
    where c.tenant = $1 order by c.created_at, c.client_id"
);

const PAGE: &str =
    concat!(select!(), states!(), "order by c.created_at, c.client_id limit $4 offset $5");
const PAGE_NAMED: &str = concat!(
    select!(),
    states!(),
    named!(),
    "order by c.created_at, c.client_id limit $6 offset $7"
);
// Few rows have a tag: an index in the order of the page would be followed through all of them.
const PAGE_TAGGED: &str = concat!(
    select!(),
    states!(),
    only_tagged!(),
    "order by c.created_at + 0, c.client_id limit $20 offset $21"
);
const PAGE_NAMED_TAGGED: &str = concat!(
    select!(),
    states!(),
    named!(),
    tagged!(),
    "order by c.created_at + 0, c.client_id limit $22 offset $23"
);

const COUNT: &str = concat!(count!(), states!());
const COUNT_NAMED: &str = concat!(count!(), states!(), named!());
const COUNT_TAGGED: &str = concat!(count!(), states!(), only_tagged!());
const COUNT_NAMED_TAGGED: &str = concat!(count!(), states!(), named!(), tagged!());

const DUE: &str = "select tenant, client_id, secret_generation, grace_until from clients_v1
    where grace_until <= $1 order by grace_until, tenant, client_id";

pub(super) const STATEMENTS: &[&str] = &[
    ONE,
    BY_AKAMAI_ID,
    BY_CAPTURE_ID,
    ALL,
    PAGE,
    PAGE_NAMED,
    PAGE_TAGGED,
    PAGE_NAMED_TAGGED,
    COUNT,
    COUNT_NAMED,
    COUNT_TAGGED,
    COUNT_NAMED_TAGGED,
    DUE,
];

/// The client of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Option<ClientRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ONE, &values![client.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// The client the Akamai dialect knows by that id.
pub async fn by_akamai_id(
    views: &Views,
    tenant: &TenantId,
    id: &AkamaiClientId,
) -> Result<Option<ClientRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, BY_AKAMAI_ID, &values![id.as_str()]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// The client the Capture dialect knows by that id, whose tenant follows from it.
pub async fn by_capture_id(
    views: &Views,
    id: &CaptureClientId,
) -> Result<Option<ClientRow>, ViewError> {
    let rows = views.any(BY_CAPTURE_ID, &values![id.as_str()]).await?;
    let Some(row) = rows.into_iter().next().map(read).transpose()? else { return Ok(None) };
    views.check(&row.tenant, CLIENTS.name)?;
    Ok(Some(row))
}

/// All clients of the tenant, the oldest first.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<ClientRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

/// A page of the clients that `filter` lets through, the oldest first, and how many there are in
/// all. Pages count from 1.
pub async fn page(
    views: &Views,
    tenant: &TenantId,
    filter: &ClientFilter,
    page: u64,
    limit: u64,
) -> Result<(Vec<ClientRow>, u64), ViewError> {
    let state = |wanted: Option<bool>| wanted.map_or(-1, i64::from);
    let mut params = values![state(filter.is_active), state(filter.is_locked)].to_vec();
    let part = filter.name_part.as_deref().filter(|part| !part.is_empty()).map(folded);
    if let Some(part) = &part {
        params.extend(values![part, just_past(part)]);
    }
    let is_tagged = !filter.tags_any.is_empty();
    if is_tagged {
        params.extend(padded(&filter.tags_any)?);
    }
    let (count, rows) = match (part.is_some(), is_tagged) {
        (false, false) => (COUNT, PAGE),
        (true, false) => (COUNT_NAMED, PAGE_NAMED),
        (false, true) => (COUNT_TAGGED, PAGE_TAGGED),
        (true, true) => (COUNT_NAMED_TAGGED, PAGE_NAMED_TAGGED),
    };
    let total = views.rows(CLIENTS.name, tenant, count, &params).await?;
    let total = total.into_iter().next().map_or(Ok(0), |mut row| row.int())?;
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    params.extend(values![
        number(limit),
        number(page.saturating_sub(1).saturating_mul(limit).min(u64::from(u32::MAX))),
    ]);
    let rows = views.rows(CLIENTS.name, tenant, rows, &params).await?;
    let rows = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok((rows, u64::try_from(total).unwrap_or_default()))
}

/// The clients whose former secret's time is over at `at` and was not yet recorded as such.
pub async fn due(views: &Views, at: DateTime<Utc>) -> Result<Vec<Due>, ViewError> {
    let read = |mut row: Row| {
        Ok(Due {
            tenant: row.tenant()?,
            client: ClientId(row.uuid()?),
            generation: row.int()? - 1,
            grace_until: row.time()?,
        })
    };
    views.any(DUE, &values![at]).await?.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<ClientRow, ViewError> {
    Ok(ClientRow {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        akamai_id: AkamaiClientId(row.text()?),
        capture_id: CaptureClientId(row.text()?),
        name: row.text()?,
        description: row.text()?,
        kind: row.word()?,
        authorized_user: row.maybe_text()?.map(UserId),
        organization: row.maybe_text()?.map(OrganizationId),
        features: row.json()?,
        access: row.json()?,
        tags: row.json()?,
        is_default: row.flag()?,
        is_locked: row.flag()?,
        is_active: row.flag()?,
        secret_generation: row.int()?,
        grace_until: row.maybe_time()?,
        marks: Marks::read(&mut row)?,
        credentials: row.int()?,
        active_credentials: row.int()?,
    })
}
