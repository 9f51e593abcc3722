//! Registers a whole catalogue, or a part of one, as one document.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    AssignContractType, Entry, RegisterApi, RegisterContractType, RegisterCpCode,
    RegisterGrantableRole, RegisterProduct, RegisterSwitchKey, registers,
};
use crate::Command;

/// Registers all these entries, or none: in this order, each as its own command would.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RegisterCatalog {
    pub contract_types: Vec<RegisterContractType>,
    pub assignments: Vec<AssignContractType>,
    pub apis: Vec<RegisterApi>,
    pub cp_codes: Vec<RegisterCpCode>,
    pub products: Vec<RegisterProduct>,
    pub switch_keys: Vec<RegisterSwitchKey>,
    pub grantable_roles: Vec<RegisterGrantableRole>,
}

/// Entries of one kind, whatever the kind.
fn all<E: Entry>(entries: &[E]) -> impl Iterator<Item = &dyn Entry> {
    entries.iter().map(|entry| entry as &dyn Entry)
}

impl RegisterCatalog {
    fn entries(&self) -> Vec<&dyn Entry> {
        all(&self.contract_types)
            .chain(all(&self.assignments))
            .chain(all(&self.apis))
            .chain(all(&self.cp_codes))
            .chain(all(&self.products))
            .chain(all(&self.switch_keys))
            .chain(all(&self.grantable_roles))
            .collect()
    }
}

impl Command for RegisterCatalog {
    registers!("RegisterCatalog", |it| it.entries());
}

#[cfg(test)]
mod tests {
    use domain::{Event, GroupId};
    use serde_json::{Value, json};

    use super::super::CatalogFault;
    use super::super::sample::{after, decide, tenant};
    use super::*;

    fn document() -> Value {
        json!({
            "contractTypes": [{"id": "three", "name": "Three"}],
            "assignments": [
                {"to": {"group": 1}, "contractType": "three"},
                {"to": {"group": 4}, "contractType": "three"},
                {"to": {"role": 2}, "contractType": "three"},
            ],
            "cpCodes": [{"id": 7, "name": "Streams", "group": 1}],
            "products": [{"name": "Streaming"}, {"name": "Security"}, {"name": "Streaming"}],
            "grantableRoles":
                [{"id": 9, "name": "Edge", "description": "does", "permissions": ["read"]}],
        })
    }

    #[test]
    fn a_document_comes_to_a_fact_for_each_entry_that_is_new() {
        let decided = decide::<RegisterCatalog>(&tenant(), document()).unwrap();
        let expected = [
            "catalog.contract_type_registered",
            "catalog.contract_type_assigned",
            "catalog.contract_type_assigned",
            "catalog.contract_type_assigned",
            "catalog.cp_code_registered",
            "catalog.product_registered",
            "catalog.product_registered",
            "catalog.grantable_role_registered",
        ];
        assert_eq!(decided.iter().map(Event::name).collect::<Vec<_>>(), expected);
        let tenant = after::<RegisterCatalog>(tenant(), document());
        assert_eq!(decide::<RegisterCatalog>(&tenant, document()), Ok(vec![]));
        assert_eq!(decide::<RegisterCatalog>(&tenant, json!({})), Ok(vec![]));
    }

    #[test]
    fn one_entry_that_cannot_be_keeps_out_the_others() {
        let mut document = document();
        document["cpCodes"][0]["group"] = json!(8);
        let refused = decide::<RegisterCatalog>(&tenant(), document);
        assert_eq!(refused, Err(CatalogFault::GroupUnknown(GroupId(8))));
    }
}
