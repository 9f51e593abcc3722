//! Creates an API client. Its credential, where one is asked for, takes that the calling client may
//! create those; the secret is in this reply and in no other. Who sends no addresses to notify is
//! notified, as the vendor has it.

use axum::http::StatusCode;
use axum::response::Response;
use commands::clients::{
    ClearEmails, CreateApiClient, CreateApiClientRejection, CreateClientRejection, EmailsFault,
    ReachFault, UsageFault,
};
use domain::{ClientKind, UserId};
use projections::users::{self, UserRow};
use projections::{ViewError, clients};
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::{self, Described};
use super::show::{self, Sections};
use crate::akamai::persons::user_named;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let described = body::read(&call)?;
    let kind = match described.kind.as_deref() {
        Some("CLIENT") => ClientKind::Client,
        Some("USER_CLIENT") => ClientKind::UserClient,
        Some(_) | None => {
            let detail = "clientType is neither CLIENT nor USER_CLIENT";
            return Err(Problem::invalid("clientType", detail));
        }
    };
    let may_create = call.caller.client.as_ref().is_some_and(|client| client.creates_credentials);
    if described.with_credential && !may_create {
        let detail = "It takes canAutoCreateCredential to create a credential with an API client.";
        return Err(Problem::no_access(detail));
    }
    let user = user_named(&call, &described.user).await?;
    let user = user.ok_or_else(|| no_such_user(&described.user))?;
    let emails = told(&call, &described, &user).await?;
    let command = CreateApiClient {
        // The document does not ask for a name; nothing else is shown without one.
        name: described.name.unwrap_or_else(|| format!("api-client-{}", Uuid::now_v7().simple())),
        description: described.description,
        kind,
        authorized_user: user.user,
        access: described.access,
        usage: described.usage,
        notification_emails: emails,
        with_credential: described.with_credential,
    };
    let (call, granted) = call.run(command).await?;
    let fresh = granted.fresh;
    let made = clients::one(&call.views, &call.tenant, fresh.client.client).await;
    let made = made.map_err(Fault::from)?.ok_or_else(Problem::no_client)?;
    let mut shown = show::detail(&call, &made, Sections::ALL).await?;
    if let Some(credential) = fresh.credential
        && let Some(Value::Array(rows)) = shown.get_mut("credentials")
        && let Some(Value::Object(row)) = rows.first_mut()
    {
        row.insert("clientSecret".to_owned(), json!(credential.secret.expose()));
    }
    Ok(wire::created(&format!("/api-clients/{}", made.akamai_id), Value::Object(shown)))
}

/// Whom to tell: those that are named, else whoever creates the client. One from another account is
/// nobody here, and the user it is for is told.
async fn told(call: &Call, sent: &Described, user: &UserRow) -> Result<ClearEmails, Fault> {
    if !sent.emails.0.is_empty() {
        return Ok(sent.emails.clone());
    }
    let creator = call.caller.client.as_ref().and_then(|client| client.user.clone());
    let creator = creator.filter(|_| call.caller.acts_in.is_none());
    let creator = creator.unwrap_or_else(|| user.user.clone());
    Ok(ClearEmails(email_of(call, &creator).await?.into_iter().collect()))
}

async fn email_of(call: &Call, user: &UserId) -> Result<Option<String>, Fault> {
    let row: Result<_, ViewError> = users::one(&call.views, &call.tenant, user).await;
    let rows = call.app.opened(&call.tenant, row?.into_iter().collect()).await?;
    let known = rows.first().and_then(|row| row.profile.known());
    Ok(known.map(|known| known.email.clone()))
}

/// No user has that name, or none of this account.
pub(super) fn no_such_user(name: &str) -> Problem {
    let name: String = name.chars().take(100).collect();
    Problem::invalid("authorizedUsers", format!("There is no user {name}"))
}

/// Another client of the account has that name.
pub(super) fn name_taken(text: String) -> Problem {
    let title = "ERROR_MALFORMED_REQUEST_CLIENT_NAME_ALREADY_EXIST";
    Problem::identity(StatusCode::BAD_REQUEST, "65", title, text)
}

impl From<CreateApiClientRejection> for Problem {
    fn from(rejection: CreateApiClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            CreateApiClientRejection::KindInvalid => Self::invalid("clientType", text),
            CreateApiClientRejection::Client(rejection) => of_wording(rejection, text),
            CreateApiClientRejection::Access(fault) => fault.into(),
            CreateApiClientRejection::Usage(fault) => fault.into(),
            CreateApiClientRejection::Emails(fault) => fault.into(),
        }
    }
}

fn of_wording(rejection: CreateClientRejection, text: String) -> Problem {
    match rejection {
        CreateClientRejection::NameTaken(_) => name_taken(text),
        CreateClientRejection::NameInvalid => Problem::invalid("clientName", text),
        CreateClientRejection::DescriptionInvalid => Problem::invalid("clientDescription", text),
        CreateClientRejection::UserMissing
        | CreateClientRejection::UserUnknown(_)
        | CreateClientRejection::OrganizationUnknown(_) => {
            Problem::invalid("authorizedUsers", text)
        }
        // It is given neither.
        CreateClientRejection::TagInvalid
        | CreateClientRejection::Features(_)
        | CreateClientRejection::Access(_) => Fault::Internal.into(),
    }
}

impl From<ReachFault> for Problem {
    fn from(fault: ReachFault) -> Self {
        let text = fault.to_string();
        match fault {
            ReachFault::ApisMissing
            | ReachFault::ApisNeedless
            | ReachFault::ApiUnknown(_)
            | ReachFault::ApiTwice(_)
            | ReachFault::LevelUnknown(_) => Self::invalid("apiAccess", text),
            ReachFault::GroupsMissing
            | ReachFault::GroupsNeedless
            | ReachFault::GroupTwice(_)
            | ReachFault::RoleUnknown(_)
            | ReachFault::RoleMisfit { .. }
            | ReachFault::NobodyToClone => Self::invalid("groupAccess", text),
            ReachFault::ApisTooMany | ReachFault::NotHeld { .. } => Self::no_access(text),
            ReachFault::GroupOutOfReach(_) => {
                Self::identity(StatusCode::FORBIDDEN, "7", "No access on groups", text)
            }
        }
    }
}

impl From<UsageFault> for Problem {
    fn from(fault: UsageFault) -> Self {
        let text = fault.to_string();
        match fault {
            UsageFault::CidrInvalid(_) | UsageFault::CidrsMissing => Self::invalid("ipAcl", text),
            UsageFault::PurgeWithoutApi | UsageFault::CpCodesNeedless => {
                Self::invalid("purgeOptions", text)
            }
        }
    }
}

impl From<EmailsFault> for Problem {
    fn from(fault: EmailsFault) -> Self {
        Self::invalid("notificationEmails", fault.to_string())
    }
}
