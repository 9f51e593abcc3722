//! The catalogue that an account of the start data has, registered as one document.

use commands::catalog::{
    RegisterApi, RegisterCatalog, RegisterContractType, RegisterCpCode, RegisterProduct,
    RegisterSwitchKey,
};
use domain::{AccessLevel, ApiId, ContractTypeId, CpCodeId, GroupId, TenantId};

use super::planter::{Planter, StartError};
use crate::fault::Fault;

const READ_ONLY: AccessLevel = AccessLevel::ReadOnly;
const READ_WRITE: AccessLevel = AccessLevel::ReadWrite;

/// The first one is what every hierarchy and every role belongs to.
const CONTRACT_TYPES: &[(&str, &str)] =
    &[("1-2RBL", "Direct Customer"), ("1-8BYUX", "Indirect Customer")];

/// Id, name, end point, levels. Whoever administers clients looks for the first two there.
#[rustfmt::skip]
const APIS: &[(i64, &str, &str, &[AccessLevel])] = &[
    (3,    "API Client Administration", "/identity-management", &[READ_WRITE, READ_ONLY]),
    (4,    "CCU APIs",                  "/ccu",                 &[READ_WRITE]),
    (11,   "Event Center",              "/events",              &[READ_ONLY, READ_WRITE]),
    (146,  "Property Manager (PAPI)",   "/papi",                &[READ_WRITE, READ_ONLY]),
    (164,  "Media Reports",             "/media-reports",       &[READ_ONLY]),
    (5101, "Reporting API",             "/reporting-api",       &[READ_WRITE, READ_ONLY]),
];

/// Those of the published document (Akamai IAM v3, "List products"), in its order.
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "EdgeComputing for Java", "Streaming", "Enhanced DNS", "Site Delivery",
    "Secure FreeFlow (HTTPS Content Delivery using ARLs)", "Log Delivery Service",
    "Site Acceleration", "Web Application Accelerator", "EdgeScape", "Security", "NetStorage",
];

/// What one account has that another has not.
pub(super) struct Own<'a> {
    /// Number, name, group.
    pub(super) cp_codes: &'a [(i64, &'a str, GroupId)],
    /// Key, name of the account, and the tenant it leads to.
    pub(super) switch_keys: &'a [(&'a str, &'a str, &'a str)],
}

impl Planter<'_> {
    /// Registers what every account has, and what this one has beside.
    pub(super) async fn register_catalog(&self, own: &Own<'_>) -> Result<(), StartError> {
        let switch_key = |&(key, account_name, tenant): &(&str, &str, &str)| {
            Ok(RegisterSwitchKey {
                key: key.to_owned(),
                account_name: account_name.to_owned(),
                tenant: TenantId::new(tenant).map_err(|_| Fault::Internal)?,
            })
        };
        let switch_keys = own.switch_keys.iter().map(switch_key);
        let document = RegisterCatalog {
            contract_types: CONTRACT_TYPES.iter().map(contract_type).collect(),
            apis: APIS.iter().map(api).collect(),
            cp_codes: own.cp_codes.iter().map(cp_code).collect(),
            products: PRODUCTS.iter().map(product).collect(),
            switch_keys: switch_keys.collect::<Result<_, StartError>>()?,
            ..RegisterCatalog::default()
        };
        self.once("catalog", document).await.map(drop)
    }
}

fn contract_type(&(id, name): &(&str, &str)) -> RegisterContractType {
    RegisterContractType { id: ContractTypeId(id.to_owned()), name: name.to_owned() }
}

fn api(&(id, name, end_point, levels): &(i64, &str, &str, &[AccessLevel])) -> RegisterApi {
    RegisterApi {
        id: ApiId(id),
        name: name.to_owned(),
        description: name.to_owned(),
        end_point: end_point.to_owned(),
        documentation_url: format!("https://techdocs.akamai.com{end_point}"),
        access_levels: levels.to_vec(),
        service_provider: 1,
    }
}

fn cp_code(&(id, name, group): &(i64, &str, GroupId)) -> RegisterCpCode {
    RegisterCpCode { id: CpCodeId(id), name: name.to_owned(), group }
}

fn product(name: &&str) -> RegisterProduct {
    RegisterProduct { name: (*name).to_owned() }
}
