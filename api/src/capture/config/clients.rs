//! Clients: list, create, show, replace, delete, and give a new secret.

use axum::http::{StatusCode, header};
use axum::response::Response;
use commands::clients::{
    CreateClient, CreateRestrictedClient, CreateRestrictedClientRejection, DeleteClient,
    ReplaceClient, ReplaceClientRejection, ResetClientSecret,
};
use domain::{ClientAllowLists, ClientId, ClientKind};
use projections::clients::{all_in_brief, one_in_brief};
use serde::Deserialize;

use super::show::{path, show};
use super::{ConfigError, body, named, nothing};
use crate::call::Call;
use crate::capture::allow_list::blocks_invalid;
use crate::capture::answer::{answer, reply};
use crate::capture::error::CaptureError;
use crate::capture::features_invalid;
use crate::capture::list_clients::has_any;
use crate::capture::secrets::Secrets;
use crate::fault::Fault;

/// What a client is to be like. Members that are not there are as of a new client.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    name: String,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    ip_whitelist: Option<Vec<String>>,
}

impl Wanted {
    fn of(call: &Call) -> Result<Self, ConfigError> {
        body(call)
    }

    fn blocks(self) -> Vec<String> {
        self.ip_whitelist.unwrap_or_else(|| vec![ClientAllowLists::EVERYWHERE.to_owned()])
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reset {
    hours_to_live: i64,
}

pub(super) async fn list(call: Call) -> Result<Response, ConfigError> {
    let query = call.request.query().into_iter();
    let wanted: Vec<_> =
        query.filter(|(name, _)| name == "has_feature").map(|(_, value)| value).collect();
    let wanted = (!wanted.is_empty()).then_some(&*wanted);
    let rows = all_in_brief(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let rows: Vec<_> = rows.into_iter().filter(|client| has_any(client, wanted)).collect();
    let secrets = Secrets::of(&call, &rows).await?;
    Ok(answer(&rows.iter().map(|client| show(&call.tenant, client, &secrets)).collect::<Vec<_>>()))
}

pub(super) async fn add(call: Call) -> Result<Response, ConfigError> {
    let Wanted { name, features, ip_whitelist } = Wanted::of(&call)?;
    let client = CreateClient {
        name: name.clone(),
        description: String::new(),
        kind: ClientKind::ServiceAccount,
        authorized_user: None,
        organization: None,
        features: features.clone(),
        access: Vec::new(),
        tags: Vec::new(),
        is_default: false,
    };
    let blocks = Wanted { name, features, ip_whitelist }.blocks();
    let (call, granted) = call.run(CreateRestrictedClient { client, blocks }).await?;
    shown(&call, granted.fresh.client, StatusCode::CREATED).await
}

pub(super) async fn get(call: Call) -> Result<Response, ConfigError> {
    let client = named(&call).await?.client;
    shown(&call, client, StatusCode::OK).await
}

pub(super) async fn replace(call: Call) -> Result<Response, ConfigError> {
    let wanted = Wanted::of(&call)?;
    let client = named(&call).await?.client;
    let (name, features) = (wanted.name.clone(), wanted.features.clone());
    let blocks = wanted.blocks();
    // Being told to call from nowhere is no wish to call from anywhere.
    if blocks.is_empty() {
        return Err(CaptureError::invalid("ipWhitelist", "the list is empty").into());
    }
    let (call, _) = call.run(ReplaceClient { client, name, features, blocks }).await?;
    shown(&call, client, StatusCode::OK).await
}

pub(super) async fn delete(call: Call) -> Result<Response, ConfigError> {
    let client = named(&call).await?.client;
    let ran = call.run(DeleteClient { client }).await;
    ran.map_err(|denied| denied.map(|it| CaptureError::invalid("clientId", it)))?;
    Ok(nothing())
}

pub(super) async fn reset_secret(call: Call) -> Result<Response, ConfigError> {
    let Reset { hours_to_live } = body(&call)?;
    let client = named(&call).await?.client;
    let ran = call.run(ResetClientSecret { client, hours_to_live }).await;
    let (call, _) =
        ran.map_err(|denied| denied.map(|it| CaptureError::invalid("hoursToLive", it)))?;
    shown(&call, client, StatusCode::OK).await
}

/// The client as it stands now.
async fn shown(call: &Call, client: ClientId, status: StatusCode) -> Result<Response, ConfigError> {
    let client = one_in_brief(&call.views, &call.tenant, client).await.map_err(Fault::from)?;
    let client = client.ok_or(Fault::Internal)?;
    let secrets = Secrets::of(call, std::slice::from_ref(&client)).await?;
    let mut response = reply(status, &show(&call.tenant, &client, &secrets));
    if let (StatusCode::CREATED, Ok(path)) = (status, path(&call.tenant, &client).parse()) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    Ok(response)
}

impl From<CreateRestrictedClientRejection> for CaptureError {
    fn from(rejection: CreateRestrictedClientRejection) -> Self {
        use commands::clients::CreateClientRejection as Client;

        match rejection {
            CreateRestrictedClientRejection::Client(Client::NameTaken(_)) => {
                Self::name_taken("name")
            }
            CreateRestrictedClientRejection::Client(Client::Features(fault)) => {
                features_invalid(&fault)
            }
            CreateRestrictedClientRejection::Client(other) => Self::invalid("name", other),
            CreateRestrictedClientRejection::Blocks(fault) => blocks_invalid("ipWhitelist", &fault),
        }
    }
}

impl From<ReplaceClientRejection> for CaptureError {
    fn from(rejection: ReplaceClientRejection) -> Self {
        use commands::clients::{RenameClientRejection, SetClientAllowListRejection};

        match rejection {
            ReplaceClientRejection::ClientUnknown(_) => Self::no_such("client"),
            ReplaceClientRejection::Name(RenameClientRejection::NameTaken(_)) => {
                Self::name_taken("name")
            }
            ReplaceClientRejection::Name(other) => Self::invalid("name", other),
            ReplaceClientRejection::Features(rejection) => rejection.into(),
            ReplaceClientRejection::AllowList(SetClientAllowListRejection::Blocks(fault)) => {
                blocks_invalid("ipWhitelist", &fault)
            }
            ReplaceClientRejection::AllowList(other) => Self::invalid("ipWhitelist", other),
        }
    }
}
