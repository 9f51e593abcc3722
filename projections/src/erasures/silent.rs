//! The rows that told of somebody and tell nothing of them since their key is gone. They are
//! counted where they are, so that a report says what is the case and not what should be.

use domain::TenantId;

use super::ErasureRow;
use crate::{ViewError, Views, values};

const USERS: &str = "select count(*) from users_v2
    where tenant = $1 and user_id = $2 and profile = '\"erased\"'";

const USER_SIGN_INS: &str = "select count(*) from user_sign_ins_v1
    where tenant = $1 and user_id = $2 and password_set_at is null";

/// Others of whom the user is told when something happens to them, under the user's own key.
const CLIENT_ACCESS: &str = "select count(*) from client_access_v1
    where tenant = $1 and substr(notified, 1, length($2)) = $2";

const TENANT_CLIENTS: &str = "select count(*) from tenant_clients_v1
    where tenant = $1 and client_id = $2 and email is null";

const RECORDS: &str = "select count(*) from records_v1
    where tenant = $1 and uuid = $2 and content = '\"erased\"'";

pub(crate) const STATEMENTS: &[&str] =
    &[USERS, USER_SIGN_INS, CLIENT_ACCESS, TENANT_CLIENTS, RECORDS];

/// How many rows of each read model tell nothing any more of a subject who was erased. Those of
/// clients are looked through for a user, so it is asked of one erasure at a time.
pub async fn silent(
    views: &Views,
    tenant: &TenantId,
    erasure: &ErasureRow,
) -> Result<Vec<(&'static str, i64)>, ViewError> {
    let subject = erasure.subject.as_str();
    let sealed = format!("{{\"sealed\":{{\"subject\":\"{subject}\",");
    let asked: &[_] = match erasure.about.kind.as_str() {
        "user" => &[
            ("users", "users_v2", USERS, subject),
            ("user_sign_ins", "user_sign_ins_v1", USER_SIGN_INS, subject),
            ("client_access", "client_access_v1", CLIENT_ACCESS, sealed.as_str()),
        ],
        "client" => &[("tenant_clients", "tenant_clients_v1", TENANT_CLIENTS, subject)],
        "record" => &[("records", "records_v1", RECORDS, subject)],
        _ => &[],
    };
    let mut counted = Vec::with_capacity(asked.len());
    for (name, projection, sql, key) in asked {
        let rows = views.rows(projection, tenant, sql, &values![*key]).await?;
        let count = rows.into_iter().next().map_or(Ok(0), |mut row| row.int())?;
        counted.push((*name, count));
    }
    Ok(counted)
}
