//! The catalogue of a tenant, as the document that `RegisterCatalog` takes: what one account has can
//! be registered in another.

use axum::response::Response;
use domain::{Api, Assignee, ContractTypes, CpCode, GrantableRole, SwitchKey};
use projections::catalog;
use serde_json::{Value, json};

use super::ok;
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    Ok(ok(document(&call).await?))
}

async fn document(call: &Call) -> Result<Value, Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    let types = catalog::contract_types(views, tenant).await?;
    let of_type = types.all().iter().map(|it| json!({"id": it.id, "name": it.name}));
    let apis = catalog::apis(views, tenant).await?;
    let cp_codes = catalog::cp_codes(views, tenant).await?;
    let products = catalog::products(views, tenant).await?;
    let switch_keys = catalog::switch_keys(views, tenant).await?;
    let grantable_roles = catalog::own_grantable_roles(views, tenant).await?;
    Ok(json!({
        "contractTypes": of_type.collect::<Vec<_>>(),
        "assignments": assignments(&types),
        "apis": apis.iter().map(api).collect::<Vec<_>>(),
        "cpCodes": cp_codes.iter().map(cp_code).collect::<Vec<_>>(),
        "products": products.iter().map(|it| json!({"name": it})).collect::<Vec<_>>(),
        "switchKeys": switch_keys.iter().map(switch_key).collect::<Vec<_>>(),
        "grantableRoles": grantable_roles.iter().map(grantable_role).collect::<Vec<_>>(),
    }))
}

fn assignments(types: &ContractTypes) -> Vec<Value> {
    let shown = types.assigned_to().map(|(to, contract_type)| {
        let to = match to {
            Assignee::Group(group) => json!({"group": group}),
            Assignee::Role(role) => json!({"role": role}),
        };
        json!({"to": to, "contractType": contract_type})
    });
    shown.collect()
}

fn api(api: &Api) -> Value {
    json!({
        "id": api.id,
        "name": api.name,
        "description": api.description,
        "endPoint": api.end_point,
        "documentationUrl": api.documentation_url,
        "accessLevels": api.access_levels,
        "serviceProvider": api.service_provider,
    })
}

fn cp_code(code: &CpCode) -> Value {
    json!({"id": code.id, "name": code.name, "group": code.group})
}

fn switch_key(key: &SwitchKey) -> Value {
    json!({"key": key.key, "accountName": key.account_name, "tenant": key.tenant})
}

fn grantable_role(role: &GrantableRole) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "permissions": role.permissions,
    })
}
