//! A client as the replies of this dialect show one.

use chrono::{DateTime, SecondsFormat, Utc};
use projections::clients::ClientRow;
use serde_json::{Value, json};

/// `Active`, `Inactive`, or `Locked`: active, but locked in another dialect.
pub(super) fn status(client: &ClientRow) -> &'static str {
    match (client.is_active, client.is_locked) {
        (false, _) => "Inactive",
        (true, true) => "Locked",
        (true, false) => "Active",
    }
}

/// All members that readers look for; what is not known of a client is `null`, lists never are.
pub(super) fn show(client: &ClientRow) -> Value {
    json!({
        "id": client.client,
        "client_id": client.client,
        "tenant_id": client.tenant,
        "project_id": client.tenant,
        "owner_id": client.marks.created_by,
        "org_id": client.organization,
        "name": client.name,
        "description": client.description,
        "email": null,
        "status": status(client),
        "active": client.is_active,
        "deleted": false,
        "client_type": super::filter::CLIENT_TYPE,
        "tags": client.tags,
        "last_login": null,
        "mfa_enabled": false,
        "mfa_method": [],
        "mfa_default_method": null,
        "mfa_enrolled_at": null,
        "mfa_verified": false,
        "authentication_methods": ["password"],
        "roles": [],
        "hydra_client_id": client.client,
        "oidc_enabled": false,
        "created_at": date(client.marks.created_at),
        "updated_at": date(client.marks.modified_at),
    })
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
