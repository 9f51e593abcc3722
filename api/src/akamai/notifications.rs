//! Which mails a user gets, as requests say it and replies show it.

use commands::users::WantedNotifications;
use domain::Notifications;
use serde_json::{Value, json};

use super::problem::Problem;

/// What a request wants: `enableEmailNotifications` and `options`. Members of `options` that are
/// left out are taken as Terraform leaves them; `passwordExpiry` must be there.
pub(super) fn wanted(body: &Value) -> Result<WantedNotifications, Problem> {
    let usual = Notifications::default();
    let options = body.get("options").unwrap_or(&Value::Null);
    let required = |name, value: Option<bool>| {
        value.ok_or_else(|| Problem::invalid(name, format!("{name} is required")))
    };
    Ok(WantedNotifications {
        is_enabled: required(
            "enableEmailNotifications",
            switch(body, "enableEmailNotifications")?,
        )?,
        password_expiry: required("passwordExpiry", switch(options, "passwordExpiry")?)?,
        new_user: switch(options, "newUserNotification")?.unwrap_or(usual.new_user),
        client_credential_expiry: switch(options, "apiClientCredentialExpiryNotification")?
            .unwrap_or(usual.client_credential_expiry),
        proactive: products(options, "proactive")?,
        upgrade: products(options, "upgrade")?,
    })
}

fn switch(of: &Value, name: &'static str) -> Result<Option<bool>, Problem> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(Problem::invalid(name, format!("{name} is not true or false"))),
    }
}

/// Names of products; Go clients send `null` for an empty list.
fn products(of: &Value, name: &'static str) -> Result<Vec<String>, Problem> {
    let Some(value) = of.get(name).filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let malformed = || Problem::invalid(name, format!("{name} is not a list of texts"));
    let elements = value.as_array().ok_or_else(malformed)?.iter();
    let texts: Option<Vec<_>> = elements.map(|it| it.as_str().map(str::to_owned)).collect();
    texts.ok_or_else(malformed)
}

/// All of them, as the replies have them.
pub(super) fn show(held: &Notifications) -> Value {
    json!({
        "enableEmailNotifications": held.is_enabled,
        "options": {
            "newUserNotification": held.new_user,
            "passwordExpiry": held.password_expiry,
            "proactive": held.proactive,
            "upgrade": held.upgrade,
            "apiClientCredentialExpiryNotification": held.client_credential_expiry,
        },
    })
}
