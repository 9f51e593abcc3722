//! API clients in brief, for lists that show all of them at once.

use std::collections::BTreeSet;

use domain::{CaptureClientId, ClientFeature, ClientId, TenantId};

use super::tables::CLIENTS;
use crate::value::Row;
use crate::{ViewError, Views, values};

/// One API client in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BriefRow {
    pub client: ClientId,
    pub capture_id: CaptureClientId,
    pub name: String,
    /// In alphabetical order.
    pub features: BTreeSet<ClientFeature>,
    /// Number of its newest secret.
    pub secret_generation: i64,
    /// The blocks it may call from; empty when it may from everywhere.
    pub allow_list: Vec<String>,
}

macro_rules! select {
    () => {
        "select c.client_id, c.capture_id, c.name, c.features, c.secret_generation, l.blocks
        from clients_v1 c left join client_allow_lists_v1 l
            on l.tenant = c.tenant and l.client_id = c.client_id "
    };
}

const ALL: &str = concat!(select!(), "where c.tenant = $1 order by c.created_at, c.client_id");
const ONE: &str = concat!(select!(), "where c.tenant = $1 and c.client_id = $2");

pub(super) const STATEMENTS: &[&str] = &[ALL, ONE];

/// All clients of the tenant, the oldest first.
pub async fn all_in_brief(views: &Views, tenant: &TenantId) -> Result<Vec<BriefRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

/// The client of that id.
pub async fn one_in_brief(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Option<BriefRow>, ViewError> {
    let rows = views.rows(CLIENTS.name, tenant, ONE, &values![client.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

fn read(mut row: Row) -> Result<BriefRow, ViewError> {
    let client = ClientId(row.uuid()?);
    let (capture_id, name) = (CaptureClientId(row.text()?), row.text()?);
    let (features, secret_generation) = (row.json()?, row.int()?);
    let blocks = row.maybe_text()?;
    let blocks = blocks.map_or(Ok(Vec::new()), |blocks| serde_json::from_str(&blocks));
    let allow_list = blocks.map_err(|_| ViewError::Unreadable("not the JSON meant"))?;
    Ok(BriefRow { client, capture_id, name, features, secret_generation, allow_list })
}
