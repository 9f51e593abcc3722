//! Replaces all that can be changed of an API client: one that the path names, or the caller
//! itself. What a body leaves out is reset, but for the name. Naming another user transfers it.

use axum::response::Response;
use commands::clients::{
    DescribeClientRejection, EditClient, EditClientRejection, RenameClientRejection,
};
use domain::{ClientKind, Permission};
use projections::clients::{self, ClientRow};
use serde_json::Value;

use super::create_client::{name_taken, no_such_user};
use super::show::{self, Sections};
use super::{body, itself, named};
use crate::akamai::persons::user_named;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::ClientAdmin).await?;
    edit(call, client).await
}

pub(super) async fn of_self(call: Call) -> Result<Response, Problem> {
    let client = itself(&call).await?;
    edit(call, client).await
}

async fn edit(call: Call, client: ClientRow) -> Result<Response, Problem> {
    let described = body::read(&call)?;
    if client.kind == ClientKind::ServiceAccount {
        return Err(Problem::no_access("A service account cannot be changed here."));
    }
    let user = user_named(&call, &described.user).await?;
    let user = user.ok_or_else(|| no_such_user(&described.user))?;
    let command = EditClient {
        client: client.client,
        name: described.name,
        description: Some(described.description),
        authorized_user: Some(user.user),
        access: Some(described.access),
        usage: Some(described.usage),
        notification_emails: Some(described.emails),
    };
    let (call, _) = call.run(command).await?;
    let found = clients::one(&call.views, &call.tenant, client.client).await;
    let client = found.map_err(Fault::from)?.ok_or_else(Problem::no_client)?;
    Ok(wire::ok(Value::Object(show::detail(&call, &client, Sections::ALL).await?)))
}

impl From<EditClientRejection> for Problem {
    fn from(rejection: EditClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            EditClientRejection::ClientUnknown(_)
            | EditClientRejection::Name(RenameClientRejection::ClientUnknown(_))
            | EditClientRejection::Description(DescribeClientRejection::ClientUnknown(_)) => {
                Self::no_client()
            }
            EditClientRejection::Name(RenameClientRejection::NameTaken(_)) => name_taken(text),
            EditClientRejection::Name(RenameClientRejection::NameInvalid) => {
                Self::invalid("clientName", text)
            }
            EditClientRejection::Description(DescribeClientRejection::DescriptionInvalid) => {
                Self::invalid("clientDescription", text)
            }
            EditClientRejection::UserUnknown(_) => Self::invalid("authorizedUsers", text),
            EditClientRejection::Access(fault) => fault.into(),
            EditClientRejection::Usage(fault) => fault.into(),
            EditClientRejection::Emails(fault) => fault.into(),
        }
    }
}
