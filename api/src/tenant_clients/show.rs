//! Clients as the replies of this dialect show them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use commands::clients::ACTIVE;
use domain::{Permission, RoleId, RoleKind, TenantId};
use eventlog::TenantKeys;
use projections::roles::{self, RoleRow};
use projections::tenant_clients::{self, TenantClientRow};
use projections::user_sign_ins;
use serde_json::{Value, json};

use crate::call::Call;
use crate::fault::Fault;

/// What it takes to show clients of one tenant.
pub(super) struct Shown<'a> {
    call: &'a Call,
    tenant: TenantId,
    keys: Arc<TenantKeys>,
}

impl<'a> Shown<'a> {
    /// Clients of the tenant that the call is about.
    pub(super) async fn over(call: &'a Call) -> Result<Self, Fault> {
        Self::of(call, &call.tenant).await
    }

    pub(super) async fn of(call: &'a Call, tenant: &TenantId) -> Result<Self, Fault> {
        let keys = call.app.keyring.tenant(tenant).await?;
        Ok(Self { call, tenant: tenant.clone(), keys })
    }

    /// The address of whoever answers for a client; none once its key was destroyed.
    pub(super) fn email(&self, row: &TenantClientRow) -> Option<String> {
        let opened = self.keys.open_personal(row.email.as_ref()?);
        opened.known().map(|email| email.address.clone())
    }

    pub(super) async fn one(&self, row: &TenantClientRow) -> Result<Value, Fault> {
        Ok(self.each(std::slice::from_ref(row)).await?.pop().unwrap_or_default())
    }

    pub(super) async fn each(&self, rows: &[TenantClientRow]) -> Result<Vec<Value>, Fault> {
        let is_foreign = |row: &TenantClientRow| {
            let sealed = row.email.as_ref().and_then(|email| email.closed());
            sealed.is_some_and(|sealed| !self.keys.knows(&sealed.subject))
        };
        if rows.iter().any(is_foreign) {
            // Another node may have drawn keys since these were read.
            self.call.app.keyring.load(&self.keys).await?;
        }
        let roles = self.roles_of(rows).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let held = roles.get(&row.client).map(Vec::as_slice).unwrap_or_default();
            shown.push(self.show(row, held, self.last_login(row).await?));
        }
        Ok(shown)
    }

    /// The roles of those of the clients that hold any.
    async fn roles_of(
        &self,
        rows: &[TenantClientRow],
    ) -> Result<HashMap<domain::ClientId, Vec<Value>>, Fault> {
        let mut held = HashMap::new();
        let mut known: Option<HashMap<RoleId, RoleRow>> = None;
        for row in rows.iter().filter(|row| row.roles > 0) {
            let views = &self.call.views;
            if known.is_none() {
                let all = roles::all(views, &self.tenant).await?;
                known = Some(all.into_iter().map(|role| (role.role, role)).collect());
            }
            let ids = tenant_clients::roles_of(views, &self.tenant, row.client).await?;
            let known = known.iter().flatten();
            let by_id: HashMap<_, _> = known.map(|(id, role)| (*id, role)).collect();
            let shown = ids.iter().filter_map(|id| by_id.get(id));
            held.insert(row.client, shown.map(|role| self.role(role)).collect());
        }
        Ok(held)
    }

    /// When the user behind a client last signed in.
    async fn last_login(&self, row: &TenantClientRow) -> Result<Option<String>, Fault> {
        let Some(user) = &row.authorized_user else { return Ok(None) };
        let found = user_sign_ins::one(&self.call.views, &self.tenant, user).await?;
        Ok(found.and_then(|row| row.signed_in_at).map(date))
    }

    fn role(&self, role: &RoleRow) -> Value {
        let permissions: Vec<_> =
            role.permissions.iter().map(|it: &Permission| it.as_str()).collect();
        json!({
            "id": role.role.to_string(),
            "tenant_id": self.tenant,
            "name": role.name,
            "description": role.description,
            "is_system": role.kind != RoleKind::Custom,
            "created_at": date(role.marks.created_at),
            "updated_at": date(role.marks.modified_at),
            "permissions": permissions,
        })
    }

    /// All members that readers look for; what is not known of a client is `null`, lists never are.
    fn show(&self, row: &TenantClientRow, roles: &[Value], last_login: Option<String>) -> Value {
        let id = row.client.to_string();
        let project = row.project.clone().unwrap_or_else(|| row.tenant.to_string());
        json!({
            "id": id,
            "client_id": id,
            "tenant_id": row.tenant,
            "project_id": project,
            "owner_id": row.owner.as_ref().unwrap_or(&row.marks.created_by),
            "org_id": row.organization,
            "name": row.name,
            "description": row.description,
            "email": self.email(row),
            "status": status(row),
            "active": row.is_active && row.deleted_at.is_none(),
            "deleted": row.deleted_at.is_some(),
            "deleted_at": row.deleted_at.map(date),
            "client_type": row.client_type,
            "agent_type": row.agent_type,
            "tags": row.tags,
            "last_login": last_login,
            "mfa_enabled": !row.mfa.methods.is_empty(),
            "mfa_method": row.mfa.methods,
            "mfa_default_method": row.mfa.default_method,
            "mfa_enrolled_at": row.mfa.enrolled_at.map(date),
            "mfa_verified": row.mfa.is_verified,
            "authentication_methods": ["password"],
            "roles": roles,
            "hydra_client_id": row.hydra_client_id.as_ref().unwrap_or(&id),
            "oidc_enabled": row.oidc_enabled,
            "created_at": date(row.marks.created_at),
            "updated_at": date(row.marks.modified_at),
        })
    }
}

/// `Deleted`, `Active`, `Locked` (active, but locked in another dialect), `Inactive`, or the word
/// for why it is not active.
fn status(row: &TenantClientRow) -> &str {
    match (row.deleted_at.is_some(), row.is_active, row.is_locked) {
        (true, ..) => "Deleted",
        (false, false, _) => row.word.as_deref().unwrap_or("Inactive"),
        (false, true, true) => "Locked",
        (false, true, false) => ACTIVE,
    }
}

pub(super) fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
