//! Queries: one for each kind of thing, and one for each thing by its id.

use axum::response::Response;
use domain::{ClientId, GroupId, OrganizationId, UserId};
use projections::clients::ClientFilter;
use projections::{assets, clients, groups, organizations, roles, tenants, tokens, users};
use serde_json::{Value, json};

use super::{check_organization, ok, refuse_confined, show};
use crate::call::Call;
use crate::client_page::client_page;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

type Answer = Result<Response, Problem>;

pub(super) async fn tenant(call: Call) -> Answer {
    let row = tenants::one(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(ok(show::tenant(&row.ok_or_else(|| Problem::not_found("tenant"))?)))
}

pub(super) async fn organizations(call: Call) -> Answer {
    let rows = organizations::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let rows = rows.iter().filter(|row| call.caller.sees(Some(&row.organization)));
    Ok(ok(json!({"organizations": rows.map(show::organization).collect::<Vec<_>>()})))
}

pub(super) async fn organization(call: Call) -> Answer {
    let id = OrganizationId(call.request.param("id").to_owned());
    check_organization(&call, Some(&id), "organization")?;
    let row = organizations::one(&call.views, &call.tenant, &id).await.map_err(Fault::from)?;
    Ok(ok(show::organization(&row.ok_or_else(|| Problem::not_found("organization"))?)))
}

pub(super) async fn groups(call: Call) -> Answer {
    let rows = groups::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let shown: Vec<_> = rows.iter().map(|row| show::group(&call.tenant, row)).collect();
    Ok(ok(json!({"groups": shown})))
}

pub(super) async fn group(call: Call) -> Answer {
    let id = call.request.param("id").parse().map(GroupId);
    let id = id.map_err(|_| Problem::not_found("group"))?;
    let row = groups::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    Ok(ok(show::group(&call.tenant, &row.ok_or_else(|| Problem::not_found("group"))?)))
}

pub(super) async fn assets(call: Call) -> Answer {
    let rows = assets::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let shown: Vec<_> = rows.iter().map(|row| show::asset(&call.tenant, row)).collect();
    Ok(ok(json!({"assets": shown})))
}

pub(super) async fn roles(call: Call) -> Answer {
    let rows = roles::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let shown: Vec<_> = rows.iter().map(|row| show::role(&call.tenant, row)).collect();
    Ok(ok(json!({"roles": shown})))
}

pub(super) async fn users(call: Call) -> Answer {
    let rows = users::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let rows = call.app.opened(&call.tenant, rows).await?;
    let rows = rows.iter().filter(|row| call.caller.sees(Some(&row.organization)));
    Ok(ok(json!({"users": rows.map(show::user).collect::<Vec<_>>()})))
}

pub(super) async fn user(call: Call) -> Answer {
    let id = UserId(call.request.param("id").to_owned());
    let row = users::one(&call.views, &call.tenant, &id).await.map_err(Fault::from)?;
    let row = row.ok_or_else(|| Problem::not_found("user"))?;
    check_organization(&call, Some(&row.organization), "user")?;
    let opened = call.app.opened(&call.tenant, vec![row]).await?;
    Ok(ok(opened.first().map(show::user).unwrap_or_default()))
}

/// A page of the clients, the oldest first: `active`, `locked`, `name`, `tag` (any number),
/// `page`, `limit`.
pub(super) async fn clients(call: Call) -> Answer {
    let tags = call.request.query().into_iter().filter(|(name, _)| name == "tag");
    let filter = ClientFilter {
        is_active: flag(&call, "active")?,
        is_locked: flag(&call, "locked")?,
        name_part: call.request.query_value("name"),
        tags_any: tags.map(|(_, tag)| tag).collect(),
    };
    if filter.tags_any.len() > projections::TAGS_MOST {
        let most = projections::TAGS_MOST;
        return Err(Problem::invalid("too_many_tags", "tag", format!("at most {most} tags")));
    }
    let page = number(&call, "page", 1, u64::from(u32::MAX))?;
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let (rows, total) = client_page(&call, &filter, page, limit).await?;
    let shown: Vec<_> = rows.iter().map(show::client).collect();
    Ok(ok(json!({"clients": shown, "page": page, "limit": limit, "total": total})))
}

pub(super) async fn client(call: Call) -> Answer {
    let id = call.request.param("id").parse().map(ClientId);
    let id = id.map_err(|_| Problem::not_found("client"))?;
    let row = clients::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    let row = row.ok_or_else(|| Problem::not_found("client"))?;
    check_organization(&call, row.organization.as_ref(), "client")?;
    let held = clients::credentials_of(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    Ok(ok(show::client_with(&row, &held, call.request.received_at)))
}

pub(super) async fn tokens(call: Call) -> Answer {
    refuse_confined(&call)?;
    let rows = tokens::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let shown: Vec<Value> = rows.iter().map(show::token).collect();
    Ok(ok(json!({"tokens": shown})))
}

/// `true`, `false`, or nothing.
fn flag(call: &Call, name: &str) -> Result<Option<bool>, Problem> {
    let given = call.request.query_value(name).map(|text| text.parse::<bool>());
    let wrong = |_| Problem::invalid("not_a_flag", name, format!("{name} is not true or false"));
    given.transpose().map_err(wrong)
}

/// A number from 1 to `most`.
pub(super) fn number(call: &Call, name: &str, usual: u64, most: u64) -> Result<u64, Problem> {
    let Some(text) = call.request.query_value(name) else { return Ok(usual) };
    let given = text.parse().ok().filter(|given| (1..=most).contains(given));
    given.ok_or_else(|| {
        let detail = format!("{name} is not a number from 1 to {most}");
        Problem::invalid("out_of_range", name, detail)
    })
}
