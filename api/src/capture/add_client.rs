//! Adds a client. Its id and secret are made here; the answer shows both.

use std::collections::BTreeSet;

use axum::response::Response;
use commands::clients::{CreateClient, CreateClientRejection};
use domain::{ClientAllowLists, ClientFeature, ClientKind};
use serde_json::{Map, json};

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{features_invalid, ok};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let description = parameters.required("description")?.to_owned();
    let features = parameters.list("features")?.unwrap_or_default();
    let command = CreateClient {
        name: description.clone(),
        description: String::new(),
        kind: ClientKind::ServiceAccount,
        authorized_user: None,
        organization: None,
        features: features.clone(),
        access: Vec::new(),
        tags: Vec::new(),
        is_default: false,
    };
    let (_, granted) = call.run(command).await?;
    let fresh = granted.fresh;
    Ok(ok(Map::from_iter([
        ("client_id".to_owned(), json!(fresh.capture_id)),
        ("client_secret".to_owned(), json!(fresh.secret.expose())),
        ("description".to_owned(), json!(description)),
        ("features".to_owned(), json!(sorted(&features))),
        ("whitelist".to_owned(), json!([ClientAllowLists::EVERYWHERE])),
    ])))
}

/// Names of features as replies list them: each once, in order.
fn sorted(names: &[String]) -> BTreeSet<ClientFeature> {
    names.iter().filter_map(|name| ClientFeature::from_name(name)).collect()
}

impl From<CreateClientRejection> for CaptureError {
    fn from(rejection: CreateClientRejection) -> Self {
        use CreateClientRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::NameTaken(_) => Self::name_taken("description"),
            No::Features(fault) => features_invalid(&fault),
            // The description is the name here; what else there is to a client is never given.
            No::NameInvalid
            | No::DescriptionInvalid
            | No::TagInvalid
            | No::UserMissing
            | No::UserUnknown(_)
            | No::OrganizationUnknown(_)
            | No::Access(_) => Self::invalid("description", text),
        }
    }
}
