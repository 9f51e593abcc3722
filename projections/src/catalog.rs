//! The catalogue of an account: one row for each entry, which holds it as the fact does. Nothing
//! but its kind and its id is ever asked of an entry, and catalogues are short.

use domain::{
    Api, Assignee, ContractType, ContractTypeId, ContractTypes, CpCode, Event, GRANTABLE_ROLES,
    GrantableRole, GroupId, Product, Registered, RoleId, SwitchKey, TenantId,
};
use eventlog::Recorded;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static CATALOG: Table = Table {
    name: "catalog_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("kind"),
        Column::text("entry_id"),
        Column::int("place"),
        Column::text("entry"),
    ],
    key: 3,
    indexes: &[],
};

const CONTRACT_TYPE: &str = "contract_type";
/// The contract type of a hierarchy, by its root, and that of a role.
const OF_GROUP: &str = "contract_type_of_group";
const OF_ROLE: &str = "contract_type_of_role";
const API: &str = "api";
const CP_CODE: &str = "cp_code";
const PRODUCT: &str = "product";
const SWITCH_KEY: &str = "switch_key";
const GRANTABLE_ROLE: &str = "grantable_role";

/// Keeps one row for each entry.
#[derive(Debug)]
pub(crate) struct Catalog;

/// What tells an entry from others of its kind, and where among them it stands.
struct Spot {
    kind: &'static str,
    id: String,
    place: i64,
}

impl Spot {
    /// By its number.
    fn numbered(kind: &'static str, number: i64) -> Self {
        Self { kind, id: number.to_string(), place: number }
    }

    /// Behind all that came before it.
    fn next(kind: &'static str, id: &str, recorded: &Recorded) -> Self {
        Self { kind, id: id.to_owned(), place: recorded.ordinal }
    }
}

impl Projection for Catalog {
    fn name(&self) -> &'static str {
        CATALOG.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&CATALOG]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of the catalogue")]
        match event {
            Event::ContractTypeRegistered(fact) => {
                let spot = Spot::next(CONTRACT_TYPE, fact.after.id.as_str(), recorded);
                registered(fact, spot, recorded, changes)
            }
            Event::ContractTypeAssigned(fact) => {
                let spot = match fact.to {
                    Assignee::Group(group) => Spot::numbered(OF_GROUP, group.0),
                    Assignee::Role(role) => Spot::numbered(OF_ROLE, role.0),
                };
                upsert(&fact.after, spot, recorded, changes)
            }
            Event::RoleDeleted(fact) => {
                let key = values![&recorded.tenant, OF_ROLE, fact.role.to_string()];
                changes.delete(&CATALOG, key)
            }
            Event::ApiRegistered(fact) => {
                registered(fact, Spot::numbered(API, fact.after.id.0), recorded, changes)
            }
            Event::CpCodeRegistered(fact) => {
                registered(fact, Spot::numbered(CP_CODE, fact.after.id.0), recorded, changes)
            }
            Event::ProductRegistered(fact) => {
                let spot = Spot::next(PRODUCT, &fact.after.0, recorded);
                registered(fact, spot, recorded, changes)
            }
            Event::SwitchKeyRegistered(fact) => {
                let spot = Spot::next(SWITCH_KEY, &fact.after.key, recorded);
                registered(fact, spot, recorded, changes)
            }
            Event::GrantableRoleRegistered(fact) => {
                let spot = Spot::numbered(GRANTABLE_ROLE, fact.after.id.0);
                registered(fact, spot, recorded, changes)
            }
            _ => Ok(()),
        }
    }
}

/// An entry keeps its place when it becomes another.
fn registered<T: Serialize>(
    fact: &Registered<T>,
    spot: Spot,
    recorded: &Recorded,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    if fact.before.is_none() {
        return upsert(&fact.after, spot, recorded, changes);
    }
    let key = values![&recorded.tenant, spot.kind, spot.id];
    changes.update(&CATALOG, key, [("entry", Value::json(&fact.after)?)])
}

fn upsert(
    entry: &impl Serialize,
    spot: Spot,
    recorded: &Recorded,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let entry = Value::json(entry)?;
    changes.upsert(&CATALOG, values![&recorded.tenant, spot.kind, spot.id, spot.place, entry])
}

const ONE: &str = "select place, entry from catalog_v1
    where tenant = $1 and kind = $2 and entry_id = $3";

const ALL: &str = "select place, entry from catalog_v1
    where tenant = $1 and kind = $2 order by place, entry_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The APIs that clients can be given access to, by id.
pub async fn apis(views: &Views, tenant: &TenantId) -> Result<Vec<Api>, ViewError> {
    all(views, tenant, API).await
}

/// The CP codes, by id.
pub async fn cp_codes(views: &Views, tenant: &TenantId) -> Result<Vec<CpCode>, ViewError> {
    all(views, tenant, CP_CODE).await
}

/// The products that users can have notices of, in the order they came.
pub async fn products(views: &Views, tenant: &TenantId) -> Result<Vec<Product>, ViewError> {
    all(views, tenant, PRODUCT).await
}

/// The keys that lead into other accounts, in the order they came.
pub async fn switch_keys(views: &Views, tenant: &TenantId) -> Result<Vec<SwitchKey>, ViewError> {
    all(views, tenant, SWITCH_KEY).await
}

/// The key of that text, which leads into another account.
pub async fn switch_key(
    views: &Views,
    tenant: &TenantId,
    key: &str,
) -> Result<Option<SwitchKey>, ViewError> {
    let rows = views.rows(CATALOG.name, tenant, ONE, &values![SWITCH_KEY, key]).await?;
    rows.into_iter().next().map(|row| read(row).map(|(_, entry)| entry)).transpose()
}

/// What the tenant has for roles to be put together from beside what is built in, by id.
pub async fn own_grantable_roles(
    views: &Views,
    tenant: &TenantId,
) -> Result<Vec<GrantableRole>, ViewError> {
    all(views, tenant, GRANTABLE_ROLE).await
}

/// What roles can be put together from, by id: what is built in, and what the tenant has beside.
pub async fn grantable_roles(
    views: &Views,
    tenant: &TenantId,
) -> Result<Vec<GrantableRole>, ViewError> {
    let mut entries = own_grantable_roles(views, tenant).await?;
    entries.extend_from_slice(GRANTABLE_ROLES);
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}

/// The contract types, and what belongs to which.
pub async fn contract_types(views: &Views, tenant: &TenantId) -> Result<ContractTypes, ViewError> {
    let types: Vec<ContractType> = all(views, tenant, CONTRACT_TYPE).await?;
    let groups = placed::<ContractTypeId>(views, tenant, OF_GROUP).await?.into_iter();
    let roles = placed::<ContractTypeId>(views, tenant, OF_ROLE).await?.into_iter();
    let groups = groups.map(|(id, of)| (Assignee::Group(GroupId(id)), of));
    let roles = roles.map(|(id, of)| (Assignee::Role(RoleId(id)), of));
    Ok(ContractTypes::new(types, groups.chain(roles)))
}

async fn all<T: DeserializeOwned>(
    views: &Views,
    tenant: &TenantId,
    kind: &'static str,
) -> Result<Vec<T>, ViewError> {
    let rows = placed(views, tenant, kind).await?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

async fn placed<T: DeserializeOwned>(
    views: &Views,
    tenant: &TenantId,
    kind: &'static str,
) -> Result<Vec<(i64, T)>, ViewError> {
    let rows = views.rows(CATALOG.name, tenant, ALL, &values![kind]).await?;
    rows.into_iter().map(read).collect()
}

fn read<T: DeserializeOwned>(mut row: Row) -> Result<(i64, T), ViewError> {
    Ok((row.int()?, row.json()?))
}

#[cfg(test)]
mod tests {
    use domain::{
        ContractTypeAssigned, CpCodeId, CpCodeRegistered, ProductRegistered, RoleContent,
        RoleDeleted, SwitchKeyRegistered,
    };

    use super::*;
    use crate::sample::told;

    #[test]
    fn entries_stand_by_their_number_or_in_the_order_they_came() {
        let code = |name: &str| {
            let (id, name, group) = (CpCodeId(36_915), name.to_owned(), GroupId(2));
            CpCode { id, name, group }
        };
        let product = |name: &str| {
            let after = Product(name.to_owned());
            Event::from(ProductRegistered { before: None, after })
        };
        let streams = CpCodeRegistered { before: None, after: code("Streams") };
        let rows = told(Catalog, &[product("b"), streams.into(), product("a")]);
        let expected = [
            r#"catalog_v1 + acme cp_code 36915 36915 {"id":36915,"name":"Streams","group":2}"#,
            r#"catalog_v1 + acme product a 3 "a""#,
            r#"catalog_v1 + acme product b 1 "b""#,
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn an_entry_that_becomes_another_keeps_its_place() {
        let key = |name: &str| SwitchKey {
            key: "1-P".to_owned(),
            account_name: name.to_owned(),
            tenant: TenantId::new("partner").unwrap(),
        };
        let first = SwitchKeyRegistered { before: None, after: key("P") };
        let anew = SwitchKeyRegistered { before: Some(key("P")), after: key("Q") };
        let entry = r#"{"key":"1-P","account_name":"Q","tenant":"partner"}"#;
        let rows = told(Catalog, &[first.into(), anew.clone().into()]);
        assert_eq!(rows, [format!("catalog_v1 + acme switch_key 1-P 1 {entry}")]);
        let rows = told(Catalog, &[anew.into()]);
        assert_eq!(rows, [format!("catalog_v1 ~ acme switch_key 1-P entry={entry}")]);
    }

    #[test]
    fn what_belongs_to_a_contract_type_has_a_row_until_it_is_gone() {
        let (to, after) = (Assignee::Role(RoleId(12)), ContractTypeId("1-C".to_owned()));
        let assigned = ContractTypeAssigned { to, before: None, after };
        let row = r#"catalog_v1 + acme contract_type_of_role 12 12 "1-C""#;
        assert_eq!(told(Catalog, &[assigned.into()]), [row]);
        let before = RoleContent {
            name: "x".to_owned(),
            description: String::new(),
            permissions: [].into(),
            granted_roles: [].into(),
        };
        let deleted = RoleDeleted { role: RoleId(12), before };
        let row = "catalog_v1 - acme contract_type_of_role 12";
        assert_eq!(told(Catalog, &[deleted.into()]), [row]);
    }
}
