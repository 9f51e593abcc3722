//! Switches a credential on or off, puts its expiry elsewhere, and describes it. A description
//! that is not sent stays as it is, and the reply does not repeat it.

use axum::response::Response;
use chrono::{DateTime, Utc};
use commands::clients::{EditClientCredential, EditClientCredentialRejection};
use domain::Permission;
use serde_json::{Value, json};

use super::{conflict, credential, credential_id, holder};
use crate::akamai::problem::Problem;
use crate::akamai::wire::{self, date};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::ClientAdmin).await?;
    let credential_id = credential_id(&call)?;
    let body = wire::body(&call.request)?;
    let description = match body.get("description") {
        None | Some(Value::Null) => None,
        Some(_) => Some(wire::body_text(&body, "description")?),
    };
    let command = EditClientCredential {
        client: client.client,
        credential: credential_id,
        is_active: is_active(&wire::body_text(&body, "status")?)?,
        expires_at: expires_at(&wire::body_text(&body, "expiresOn")?)?,
        description: description.clone(),
    };
    let (call, _) = call.run(command).await?;
    let held = credential(&call, &client).await?.state;
    let status = held.status(call.request.received_at);
    let mut shown = json!({"expiresOn": date(held.end()), "status": status});
    if let (Some(members), Some(text)) = (shown.as_object_mut(), description) {
        members.insert("description".to_owned(), json!(text));
    }
    Ok(wire::ok(shown))
}

fn is_active(status: &str) -> Result<bool, Problem> {
    match status {
        "ACTIVE" => Ok(true),
        "INACTIVE" => Ok(false),
        other => {
            let detail = format!("status is switched between ACTIVE and INACTIVE, not to {other}");
            Err(Problem::invalid("status", detail))
        }
    }
}

/// An instant with a fraction of a second: the vendor's API takes none without, and clients add
/// one, be it a nanosecond.
fn expires_at(text: &str) -> Result<DateTime<Utc>, Problem> {
    let fraction = text.split_once('.').map_or("", |(_, behind)| behind);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let parsed = DateTime::parse_from_rfc3339(text).ok().filter(|_| (1..=9).contains(&digits));
    parsed.map(|at| at.to_utc()).ok_or_else(|| {
        let detail = "expiresOn is not an ISO 8601 timestamp with a fraction of a second, such as \
            2027-01-31T12:00:00.000Z";
        Problem::invalid("expiresOn", detail)
    })
}

impl From<EditClientCredentialRejection> for Problem {
    fn from(rejection: EditClientCredentialRejection) -> Self {
        use EditClientCredentialRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::Credential(fault) => fault.into(),
            No::ExpiryPast(_) | No::ExpiryTooLate { .. } | No::ExpiryFixed => {
                Self::invalid("expiresOn", text)
            }
            No::DescriptionInvalid => Self::invalid("description", text),
            No::Reset(_) => conflict("credential_reset", text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = expires_at(text).map(|at| at.to_rfc3339()).ok();
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn an_expiry_has_a_fraction_of_one_to_nine_digits() {
        check("2027-01-31T12:00:00.000Z", Some("2027-01-31T12:00:00+00:00"));
        check("2027-01-31T12:00:00.000000001Z", Some("2027-01-31T12:00:00.000000001+00:00"));
        check("2027-01-31T12:00:00.5+02:00", Some("2027-01-31T10:00:00.500+00:00"));
        for bad in ["2027-01-31T12:00:00Z", "2027-01-31T12:00:00.Z", "2027-01-31", "", "tomorrow"] {
            check(bad, None);
        }
        check("2027-01-31T12:00:00.0000000001Z", None);
        check("2027-02-31T12:00:00.0Z", None);
    }
}
