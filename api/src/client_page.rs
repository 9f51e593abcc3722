//! A page of a tenant's clients, as far as the caller may see them.

use projections::clients::{self, ClientFilter, ClientRow};

use crate::call::Call;
use crate::fault::Fault;

/// The clients on that page, the oldest first, and how many there are in all. To whoever is
/// confined to an organization, those of others do not exist.
pub(crate) async fn client_page(
    call: &Call,
    filter: &ClientFilter,
    page: u64,
    limit: u64,
) -> Result<(Vec<ClientRow>, u64), Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    if call.caller.organization.is_none() {
        return Ok(clients::page(views, tenant, filter, page, limit).await?);
    }
    let mut rows = clients::all(views, tenant).await?;
    rows.retain(|client| {
        call.caller.sees(client.organization.as_ref()) && lets_through(filter, client)
    });
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let skipped = number(page.saturating_sub(1).saturating_mul(limit));
    Ok((rows.into_iter().skip(skipped).take(number(limit)).collect(), total))
}

/// Whether the filter lets a client through, as the store would.
fn lets_through(filter: &ClientFilter, client: &ClientRow) -> bool {
    let part = filter.name_part.as_ref().map(|part| part.to_lowercase());
    let tags = &filter.tags_any;
    filter.is_active.is_none_or(|wanted| client.is_active == wanted)
        && filter.is_locked.is_none_or(|wanted| client.is_locked == wanted)
        && part.is_none_or(|part| client.name.to_lowercase().contains(&part))
        && (tags.is_empty() || tags.iter().any(|tag| client.tags.contains(tag)))
}
