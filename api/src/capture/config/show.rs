//! How a client is shown here.

use domain::TenantId;
use projections::clients::BriefRow;
use serde::Serialize;

use crate::capture::secrets::Secrets;
use crate::capture::shown_allow_list;

/// One client.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(rename = "_self")]
    own: String,
    #[serde(rename = "_id")]
    id: &'a str,
    #[serde(rename = "_secret")]
    secret: &'a str,
    #[serde(rename = "_settings")]
    settings: String,
    name: &'a str,
    features: Vec<&'static str>,
    #[serde(rename = "ipWhitelist")]
    allow_list: Vec<&'a str>,
}

/// Where a client is found.
pub(super) fn path(application: &TenantId, client: &BriefRow) -> String {
    format!("/config/{application}/clients/{}", client.capture_id)
}

pub(super) fn show<'a>(
    application: &TenantId,
    client: &'a BriefRow,
    secrets: &'a Secrets,
) -> Shown<'a> {
    let own = path(application, client);
    Shown {
        settings: format!("{own}/settings"),
        own,
        id: client.capture_id.as_str(),
        secret: secrets.newest(client),
        name: &client.name,
        features: client.features.iter().map(|feature| feature.as_str()).collect(),
        allow_list: shown_allow_list(client),
    }
}
