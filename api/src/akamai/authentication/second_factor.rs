//! Chooses what a user proves beside the password, and asks for it to be set up anew.

use axum::response::Response;
use commands::sign_ins::{ChooseSecondFactor, ChooseSecondFactorRejection, ResetSecondFactor};
use domain::{SecondFactor, UserId};
use serde_json::Value;

use super::named;
use crate::akamai::problem::Problem;
use crate::akamai::users::own;
use crate::akamai::wire;
use crate::call::{Call, Incoming};

pub(super) async fn set(call: Call) -> Result<Response, Problem> {
    let user = named(&call);
    choose(call, user).await
}

pub(super) async fn set_own(call: Call) -> Result<Response, Problem> {
    let user = own(&call).await?;
    choose(call, user).await
}

pub(super) async fn reset(call: Call) -> Result<Response, Problem> {
    let user = named(&call);
    call.run(ResetSecondFactor { user }).await?;
    Ok(wire::no_content())
}

pub(super) async fn reset_own(call: Call) -> Result<Response, Problem> {
    let user = own(&call).await?;
    call.run(ResetSecondFactor { user }).await?;
    Ok(wire::no_content())
}

async fn choose(call: Call, user: UserId) -> Result<Response, Problem> {
    let factor = wanted(&call.request)?;
    call.run(ChooseSecondFactor { user, factor }).await?;
    Ok(wire::no_content())
}

/// The factor that the body names: `{"value": "MFA"}`, or the bare string `"MFA"`.
fn wanted(request: &Incoming) -> Result<SecondFactor, Problem> {
    let body: Value = request
        .json()
        .map_err(|error| Problem::invalid("body", format!("The body is not JSON: {error}")))?;
    let name = match body {
        Value::String(name) => name,
        Value::Null | Value::Object(_) => wire::body_text(&body, "value")?,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            return Err(Problem::invalid("body", "The body is not a JSON object."));
        }
    };
    let factor = SecondFactor::from_name(&name);
    factor.ok_or_else(|| Problem::invalid("value", "value is one of TFA, MFA, NONE"))
}

impl From<ChooseSecondFactorRejection> for Problem {
    fn from(rejection: ChooseSecondFactorRejection) -> Self {
        use ChooseSecondFactorRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::User(fault) => fault.into(),
            No::Required(_) => Self::not_authorized(&text),
        }
    }
}
