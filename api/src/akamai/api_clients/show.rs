//! An API client as the replies show one: as an item of a list, or in detail.

use std::collections::HashMap;
use std::sync::Arc;

use commands::clients::access_token;
use domain::{ClientId, ClientKind, Permission, Private, UserId};
use eventlog::TenantKeys;
use projections::client_access::{self, AccessRow};
use projections::clients::{self, ClientRow, CredentialRow};
use serde_json::{Map, Value, json};

use super::reaches;
use super::sections;
use crate::akamai::credentials;
use crate::akamai::forest::Forest;
use crate::akamai::names::Names;
use crate::akamai::problem::Problem;
use crate::akamai::wire::date;
use crate::call::Call;
use crate::fault::Fault;

/// Which sections the form in detail shows.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the request")]
pub(super) struct Sections {
    group_access: bool,
    api_access: bool,
    ip_acl: bool,
    credentials: bool,
    actions: bool,
}

impl Sections {
    /// As replies to writes show a client, whatever they were asked.
    pub(super) const ALL: Self = Self {
        group_access: true,
        api_access: true,
        ip_acl: true,
        credentials: true,
        actions: true,
    };

    /// Those that the request asks for.
    pub(super) fn asked(call: &Call) -> Self {
        let asked = |flag: &str| call.request.query_flag(flag);
        Self {
            group_access: asked("groupAccess"),
            api_access: asked("apiAccess"),
            ip_acl: asked("ipAcl"),
            credentials: asked("credentials"),
            actions: asked("actions"),
        }
    }
}

/// What stands of a client beside its row.
pub(super) struct Known {
    access: AccessRow,
    credentials: Vec<CredentialRow>,
    active_credentials: usize,
}

impl Known {
    /// `None` for a client that was deleted since its row was read.
    pub(super) async fn of(call: &Call, client: &ClientRow) -> Result<Option<Self>, Fault> {
        let (views, tenant) = (&call.views, &client.tenant);
        let access = client_access::one(views, tenant, client.client).await?;
        let credentials = clients::credentials_of(views, tenant, client.client).await?;
        Ok(access.map(|access| Self::new(call, access, credentials)))
    }

    /// What stands of all clients of the tenant.
    pub(super) async fn of_all(call: &Call) -> Result<HashMap<ClientId, Self>, Fault> {
        let (views, tenant) = (&call.views, &call.tenant);
        let (credentials, rows) = tokio::try_join!(
            clients::all_credentials(views, tenant),
            client_access::all(views, tenant)
        )?;
        let mut held = HashMap::<_, Vec<_>>::new();
        for credential in credentials {
            held.entry(credential.client).or_default().push(credential);
        }
        let known = rows.into_iter().map(|access| {
            let credentials = held.remove(&access.client).unwrap_or_default();
            (access.client, Self::new(call, access, credentials))
        });
        Ok(known.collect())
    }

    fn new(call: &Call, access: AccessRow, credentials: Vec<CredentialRow>) -> Self {
        let is_live = |held: &&CredentialRow| held.state.is_live(call.request.received_at);
        let active_credentials = credentials.iter().filter(is_live).count();
        Self { access, credentials, active_credentials }
    }
}

/// What the forms of several clients share: who is behind them, and the keys to what is sealed.
pub(super) struct Behind {
    names: Names,
    keys: Arc<TenantKeys>,
}

impl Behind {
    pub(super) async fn of<'a>(
        call: &Call,
        shown: impl IntoIterator<Item = (&'a ClientRow, &'a Known)>,
    ) -> Result<Self, Fault> {
        let keys = call.app.keyring.tenant(&call.tenant).await?;
        let (mut actors, mut is_behind) = (Vec::new(), false);
        for (client, known) in shown {
            actors.push(client.marks.created_by.as_str());
            actors.extend(client.authorized_user.as_ref().map(UserId::as_str));
            let sealed = known.access.notified.as_ref().and_then(Private::sealed);
            is_behind |= sealed.is_some_and(|sealed| !keys.knows(&sealed.subject));
        }
        if is_behind {
            // Another node may have drawn some key.
            call.app.keyring.load(&keys).await?;
        }
        Ok(Self { names: Names::of(call, actors).await?, keys })
    }

    /// Whom to tell of a client's credentials; nobody, once the user is erased for whom that was
    /// kept.
    fn notified(&self, known: &Known) -> Vec<String> {
        let opened = known.access.notified.as_ref().map(|sealed| self.keys.open_personal(sealed));
        opened.and_then(|it| it.known().map(|known| known.emails.clone())).unwrap_or_default()
    }

    /// What both forms show.
    fn common(&self, client: &ClientRow, known: &Known) -> Result<Map<String, Value>, Fault> {
        let user = client.authorized_user.as_ref().map(UserId::as_str);
        let (names, usage) = (&self.names, &known.access.usage);
        let shown = json!({
            "accessToken": access_token(&self.keys, client.client)?,
            "activeCredentialCount": known.active_credentials,
            "allowAccountSwitch": usage.allows_account_switch,
            "authorizedUsers": user.map(|user| names.get(user)).as_slice(),
            "canAutoCreateCredential": usage.creates_credentials,
            "clientDescription": client.description,
            "clientId": client.akamai_id,
            "clientName": client.name,
            "clientType": client.kind,
            "createdBy": names.get(&client.marks.created_by),
            "createdDate": date(client.marks.created_at),
            // One that another dialect made inactive cannot call either.
            "isLocked": client.is_locked || !client.is_active,
            "notificationEmails": self.notified(known),
        });
        Ok(if let Value::Object(shown) = shown { shown } else { Map::new() })
    }

    /// The form of lists, and of the replies to locking and unlocking.
    pub(super) fn item(
        &self,
        client: &ClientRow,
        known: &Known,
    ) -> Result<Map<String, Value>, Fault> {
        let mut shown = self.common(client, known)?;
        let token = format!("akaa-{}", client.akamai_id);
        shown.insert("serviceConsumerToken".to_owned(), json!(token));
        Ok(shown)
    }
}

/// The form with sections. What was never told of a client, its `ipAcl` and `purgeOptions`, is left
/// out: a reader that keeps state would take anything else for a change.
pub(super) async fn detail(
    call: &Call,
    client: &ClientRow,
    asked: Sections,
) -> Result<Map<String, Value>, Problem> {
    let known = Known::of(call, client).await?.ok_or_else(Problem::no_client)?;
    let (access, usage) = (&known.access.access, &known.access.usage);
    let behind = Behind::of(call, [(client, &known)]).await?;
    let mut shown = behind.common(client, &known)?;
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("baseURL", json!(call.request.origin()));
    let forest = Forest::of(call).await?;
    if asked.group_access {
        put("groupAccess", sections::group_access(call, &forest, client, access).await?);
    }
    if asked.api_access {
        put("apiAccess", sections::api_access(call, access).await?);
    }
    if let Some(acl) = usage.ip_acl.as_ref().filter(|_| asked.ip_acl) {
        put("ipAcl", json!({"enable": acl.enabled, "cidr": acl.cidrs}));
    }
    if let Some(purge) = &usage.purge {
        put("purgeOptions", sections::purge_options(purge));
    }
    if asked.credentials {
        let leave = credentials::Leave::of(call, &forest, client, usage);
        let rows = known.credentials.iter();
        put(
            "credentials",
            rows.map(|held| credentials::show::one(call, held, leave, asked.actions)).collect(),
        );
    }
    if asked.actions {
        let mut actions = actions(call, &forest, client, &known);
        let may_edit = actions.get("edit").cloned().unwrap_or_default();
        for more in ["editApis", "editAuth", "editGroups", "editIpAcl", "editSwitchAccount"] {
            actions.insert(more.to_owned(), may_edit.clone());
        }
        put("actions", Value::Object(actions));
    }
    Ok(shown)
}

/// What the caller could do with the client, as lists show it.
pub(super) fn actions(
    call: &Call,
    forest: &Forest,
    client: &ClientRow,
    known: &Known,
) -> Map<String, Value> {
    let may_write = call
        .caller
        .client
        .as_ref()
        .and_then(|it| it.level)
        .is_some_and(domain::AccessLevel::writes);
    let admin = may_write && reaches(call, forest, Permission::ClientAdmin, client);
    let is_editable = client.kind != ClientKind::ServiceAccount;
    let mut shown = Map::new();
    for (action, may) in [
        ("deactivateAll", admin && known.active_credentials > 0),
        ("delete", admin && !client.is_default),
        ("edit", admin && is_editable),
        ("lock", admin && !client.is_locked),
        ("transfer", admin && is_editable),
        ("unlock", admin && client.is_locked),
    ] {
        shown.insert(action.to_owned(), json!(may));
    }
    shown
}
