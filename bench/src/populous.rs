//! Fills the default tenant with a forest of groups and with users who hold roles in it.

use api::app::App;
use api::jwt::{AUDIENCE, Claims, ISSUERS, mint};
use chrono::{TimeDelta, Utc};
use commands::clients::CreateClient;
use commands::groups::CreateGroup;
use commands::tenants::{CreateTenant, SetSigningSecret};
use commands::users::CreateUser;
use domain::{GroupId, RoleId, TenantId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use projections::{ViewError, groups, organizations, roles};
use serde_json::{Value, json};

use crate::Result;
use crate::world::ask;

/// How many commands are under way at once.
const ABREAST: usize = 64;
/// How many groups lie in a group.
const CHILDREN: usize = 8;
/// The name of the user whose access is asked for.
pub(crate) const SOMEBODY: &str = "user-0@many.example";

/// Returns the id of [`SOMEBODY`].
pub(crate) async fn fill(app: &App, users: usize, n_groups: usize) -> Result<String> {
    let tenant = TenantId::new(api::start_data::TENANT)?;
    let views = app.reads.current(&tenant).await?.views;
    let there = groups::all(&views, &tenant).await?;
    let root = there.iter().find(|group| group.parent.is_none()).ok_or("there is no group")?;
    let made = forest(app, &tenant, root.group, n_groups.saturating_sub(there.len())).await?;
    let organization = organizations::all(&views, &tenant).await?;
    let organization = organization.first().ok_or("there is no organization")?.organization.clone();
    let role = roles::all(&views, &tenant).await?.first().ok_or("there is no role")?.role;
    let create = |number: usize| {
        let (tenant, made, organization) = (&tenant, &made, &organization);
        async move {
            let profile = json!({
                "firstName": format!("First {number}"), "lastName": format!("Last {number}"),
                "email": format!("user-{number}@many.example"), "country": "Germany",
            });
            let grants = grants(made, number, role);
            let body = json!({"organization": organization, "profile": profile, "grants": grants});
            let command: CreateUser = serde_json::from_value(body)?;
            Result::Ok(ask(&app.writer, tenant, command).await?.fresh.user)
        }
    };
    let first = create(0).await?;
    let others = stream::iter((1..users).map(create)).buffer_unordered(ABREAST);
    others.try_for_each(|_| async { Ok(()) }).await?;
    settled(app, &tenant).await?;
    Ok(first.to_string())
}

/// Adds API clients to the default tenant, as Capture shows them.
pub(crate) async fn add_clients(app: &App, count: usize) -> Result<()> {
    let tenant = TenantId::new(api::start_data::TENANT)?;
    let create = |number: usize| {
        let tenant = &tenant;
        async move {
            let features = ["direct_access", "access_issuer"];
            let body = json!({"name": format!("Client {number}"), "features": features});
            let command: CreateClient = serde_json::from_value(body)?;
            ask(&app.writer, tenant, command).await.map(drop)
        }
    };
    let all = stream::iter((0..count).map(create)).buffer_unordered(ABREAST);
    all.try_for_each(|()| async { Ok(()) }).await?;
    settled(app, &tenant).await
}

/// The tenant that [`tenant_of`] makes.
pub(crate) fn name(size: usize) -> String {
    format!("clients-{size}")
}

/// A tenant with so many API clients, ten to a tag; returns a token of its administrator.
pub(crate) async fn tenant_of(app: &App, size: usize) -> Result<String> {
    let name = name(size);
    let tenant = TenantId::new(&name)?;
    ask(&app.writer, &tenant, CreateTenant { name }).await?;
    let secret = ask(&app.writer, &tenant, SetSigningSecret {}).await?.fresh;
    let tags = size.div_ceil(10);
    let create = |number: usize| {
        let tenant = &tenant;
        async move {
            let tag = format!("t{}", number % tags);
            let body = json!({"name": format!("Client {number:06}"), "tags": [tag]});
            let command: CreateClient = serde_json::from_value(body)?;
            ask(&app.writer, tenant, command).await.map(drop)
        }
    };
    let all = stream::iter((0..size).map(create)).buffer_unordered(ABREAST);
    all.try_for_each(|()| async { Ok(()) }).await?;
    settled(app, &tenant).await?;
    let claims = Claims {
        iss: ISSUERS.map(str::to_owned)[0].clone(),
        aud: Some(AUDIENCE.into()),
        exp: (Utc::now() + TimeDelta::hours(1)).timestamp(),
        sub: Some("bench".to_owned()),
        tenant_id: Some(tenant.to_string()),
        roles: vec!["admin".to_owned()],
        ..Claims::default()
    };
    Ok(mint(&claims, secret.expose())?)
}

/// Waits until the read models show all of the tenant.
async fn settled(app: &App, tenant: &TenantId) -> Result<()> {
    while let Err(error) = app.reads.current(tenant).await {
        if !matches!(error, ViewError::Behind { .. }) {
            return Err(error.into());
        }
    }
    Ok(())
}

/// One role near the top and one far below, so that most of the forest is reached.
fn grants(made: &[GroupId], number: usize, role: RoleId) -> Value {
    let near = made.get(number % CHILDREN);
    let far = made.get(CHILDREN + number * 7 % made.len().saturating_sub(CHILDREN).max(1));
    near.into_iter().chain(far).map(|group| json!({"group": group, "role": role})).collect()
}

/// Groups below `root`, [`CHILDREN`] in each, level by level.
async fn forest(app: &App, tenant: &TenantId, root: GroupId, n: usize) -> Result<Vec<GroupId>> {
    let (mut all, mut level) = (Vec::with_capacity(n), vec![root]);
    while all.len() < n {
        let parents = level.iter().flat_map(|parent| [*parent; CHILDREN]);
        let made = stream::iter(parents.take(n - all.len())).map(|parent| async move {
            let name = format!("A group in {parent}");
            let command = CreateGroup { parent: Some(parent), name };
            Result::Ok(ask(&app.writer, tenant, command).await?.fresh)
        });
        level = made.buffered(ABREAST).try_collect().await?;
        all.extend(&level);
    }
    Ok(all)
}
