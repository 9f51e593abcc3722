//! Shows one user.

use axum::response::Response;
use domain::UserId;
use projections::users::UserRow;
use serde_json::{Map, Value};

use super::show::{Sections, Setting};
use super::{found, list_users, named, opened};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let row = named(&call).await?;
    let setting = Setting::of(&call, &row.user, Sections::asked(&call)).await?;
    if !list_users::Readable::of(&call, &setting.forest).includes(&row) {
        return Err(Problem::not_authorized(
            "It takes read on a group that the user holds something on.",
        ));
    }
    answer(&call, &setting, row).await.map(|shown| wire::ok(Value::Object(shown)))
}

/// The user as every reply about one shows them.
pub(super) async fn shown(
    call: &Call,
    user: &UserId,
    sections: Sections,
) -> Result<Map<String, Value>, Problem> {
    let row = found(call, user).await?;
    let setting = Setting::of(call, user, sections).await?;
    answer(call, &setting, row).await
}

async fn answer(
    call: &Call,
    setting: &Setting,
    row: UserRow,
) -> Result<Map<String, Value>, Problem> {
    Ok(setting.detail(&opened(call, row).await?))
}
