//! Things as the native API shows them.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{Details, GroupGrant, Notifications, Profile, TenantId};
use projections::Marks;
use projections::assets::AssetRow;
use projections::clients::{ClientRow, CredentialRow};
use projections::groups::GroupRow;
use projections::organizations::OrganizationRow;
use projections::roles::RoleRow;
use projections::tenants::TenantRow;
use projections::tokens::TokenRow;
use projections::users::UserRow;
use projections::webhooks::WebhookRow;
use serde_json::{Map, Value, json};

use crate::webhooks::Standing;

/// An instant to the microsecond.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Where a thing stands.
pub(super) fn details(details: &Details) -> Value {
    json!({
        "sequence": details.sequence.to_string(),
        "changeDate": time(details.change_date),
        "resourceOwner": details.resource_owner,
    })
}

/// The thing with where it stands, who made it, and who changed it last.
fn marked(thing: Value, marks: &Marks, owner: String) -> Value {
    let mut shown = match thing {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    };
    let (sequence, change_date) = (marks.sequence, marks.modified_at);
    let stands = Details { sequence, change_date, resource_owner: owner };
    shown.insert("details".to_owned(), details(&stands));
    shown.insert("createdBy".to_owned(), json!(marks.created_by));
    shown.insert("createdAt".to_owned(), json!(time(marks.created_at)));
    shown.insert("modifiedBy".to_owned(), json!(marks.modified_by));
    Value::Object(shown)
}

fn owner(tenant: &TenantId) -> String {
    if tenant.is_system() { "SYSTEM".to_owned() } else { tenant.to_string() }
}

pub(super) fn tenant(row: &TenantRow) -> Value {
    let shown = json!({
        "tenant": row.tenant,
        "name": row.name,
        "signingGeneration": row.signing_generation,
    });
    marked(shown, &row.marks, owner(&row.tenant))
}

pub(super) fn organization(row: &OrganizationRow) -> Value {
    let shown = json!({"organization": row.organization, "name": row.name});
    marked(shown, &row.marks, row.organization.to_string())
}

pub(super) fn group(tenant: &TenantId, row: &GroupRow) -> Value {
    let shown = json!({"group": row.group, "parent": row.parent, "name": row.name});
    marked(shown, &row.marks, owner(tenant))
}

pub(super) fn asset(tenant: &TenantId, row: &AssetRow) -> Value {
    let (asset, name, kind, group) = (row.asset, &row.name, row.kind, row.group);
    let shown = json!({"asset": asset, "name": name, "kind": kind, "group": group});
    marked(shown, &row.marks, owner(tenant))
}

pub(super) fn role(tenant: &TenantId, row: &RoleRow) -> Value {
    let shown = json!({
        "role": row.role,
        "name": row.name,
        "description": row.description,
        "kind": row.kind,
        "permissions": row.permissions,
        "grantedRoles": row.granted_roles,
    });
    marked(shown, &row.marks, owner(tenant))
}

/// A user; the profile is `null` once the person was erased.
pub(super) fn user(row: &UserRow) -> Value {
    let shown = json!({
        "user": row.user,
        "organization": row.organization,
        "profile": row.profile.known().map(profile),
        "isEmailPending": row.email_pending,
        "grants": row.grants.groups.iter().map(grant).collect::<Vec<_>>(),
        "accountRoles": row.grants.account_roles,
        "notifications": notifications(&row.notifications),
    });
    marked(shown, &row.marks, row.organization.to_string())
}

fn grant(held: &GroupGrant) -> Value {
    json!({"group": held.group, "role": held.role, "isBlocked": held.is_blocked})
}

fn notifications(held: &Notifications) -> Value {
    json!({
        "isEnabled": held.is_enabled,
        "passwordExpiry": held.password_expiry,
        "newUser": held.new_user,
        "clientCredentialExpiry": held.client_credential_expiry,
        "proactive": held.proactive,
        "upgrade": held.upgrade,
    })
}

/// What is known of a person, under the names that commands take it by.
fn profile(known: &Profile) -> Value {
    json!({
        "userName": known.user_name,
        "firstName": known.first_name,
        "lastName": known.last_name,
        "email": known.email,
        "country": known.country,
        "state": known.state,
        "city": known.city,
        "zipCode": known.zip_code,
        "address": known.address,
        "phone": known.phone,
        "mobilePhone": known.mobile_phone,
        "secondaryEmail": known.secondary_email,
        "jobTitle": known.job_title,
        "contactType": known.contact_type,
        "preferredLanguage": known.preferred_language,
        "sessionSeconds": known.session_seconds,
        "timeZone": known.time_zone,
    })
}

pub(super) fn client(row: &ClientRow) -> Value {
    let shown = json!({
        "client": row.client,
        "akamaiId": row.akamai_id,
        "captureId": row.capture_id,
        "name": row.name,
        "description": row.description,
        "kind": row.kind,
        "authorizedUser": row.authorized_user,
        "organization": row.organization,
        "features": row.features,
        "access": row.access,
        "tags": row.tags,
        "isDefault": row.is_default,
        "isLocked": row.is_locked,
        "isActive": row.is_active,
        "secretGeneration": row.secret_generation,
        "graceUntil": row.grace_until.map(time),
        "activeCredentials": row.active_credentials,
    });
    marked(shown, &row.marks, owner(&row.tenant))
}

/// A client with its EdgeGrid credentials, whose secrets nobody sees again.
pub(super) fn client_with(
    row: &ClientRow,
    credentials: &[CredentialRow],
    at: DateTime<Utc>,
) -> Value {
    let credentials = credentials.iter().map(|held| {
        json!({
            "credential": held.credential,
            "clientToken": held.state.client_token,
            "status": held.state.terms.status,
            "description": held.state.terms.description,
            "isLive": held.state.is_live(at),
            "createdAt": time(held.created_at),
            "expiresAt": time(held.state.terms.expires_at),
            "endsAt": held.state.ends_at.map(time),
        })
    });
    let mut shown = client(row);
    if let Some(members) = shown.as_object_mut() {
        members.insert("credentials".to_owned(), credentials.collect());
    }
    shown
}

pub(super) fn token(row: &TokenRow) -> Value {
    let shown = json!({
        "token": row.token,
        "name": row.name,
        "holder": {"kind": row.holder, "id": row.holder_id},
        "rights": row.rights,
        "organization": row.organization,
        "expiresAt": row.expires_at.map(time),
        "isRevoked": row.is_revoked,
    });
    marked(shown, &row.marks, owner(&row.tenant))
}

/// A webhook, with how it stands where the newest ordinal is this one.
pub(super) fn webhook(row: &WebhookRow, standing: Option<(&Standing, i64)>) -> Value {
    let content = &row.content;
    let shown = json!({
        "webhook": row.webhook,
        "url": content.url,
        "description": content.description,
        "eventTypes": content.event_types,
        "aggregateKinds": content.aggregate_kinds,
        "isPaused": row.paused.is_some(),
        "pauseReason": row.paused,
        "secretGeneration": row.secret_generation,
        "graceUntil": row.grace_until.map(time),
        "beginsAfter": row.begins_after,
        "delivery": standing.map(|(standing, newest)| delivery(standing, newest)),
    });
    marked(shown, &row.marks, owner(&row.tenant))
}

fn delivery(standing: &Standing, newest: i64) -> Value {
    let cursor = standing.cursor.as_ref();
    let instant = |at: Option<Option<DateTime<Utc>>>| at.flatten().map(time);
    json!({
        "state": standing.health.as_str(),
        "ordinal": standing.ordinal,
        "lag": (newest - standing.ordinal).max(0),
        "failures": cursor.map_or(0, |it| it.failures),
        "lastError": cursor.and_then(|it| it.last_error.as_deref()),
        "deliveredAt": instant(cursor.map(|it| it.delivered_at)),
        "nextTryAt": instant(cursor.map(|it| it.next_try_at)),
    })
}
