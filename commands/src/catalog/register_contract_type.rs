//! Registers a kind of contract that the account has with its provider. The first one is what
//! everything belongs to that was assigned to no other.

use domain::{Actor, Catalog, ContractType, ContractTypeId, Event, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatalogFault, Entry, NAME_MAX, check_text, is_code, registered, registers};
use crate::Command;

/// Registers a contract type of the account, or renames it. What is assigned to none belongs to the
/// first one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterContractType {
    /// As the provider writes it: `1-8BYUX`.
    #[schemars(with = "String")]
    pub id: ContractTypeId,
    /// 1 to 256 characters.
    pub name: String,
}

impl Entry for RegisterContractType {
    fn fact(
        &self,
        _: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        if !is_code(self.id.as_str()) {
            return Err(CatalogFault::CodeInvalid { member: "id" });
        }
        check_text("name", &self.name, NAME_MAX)?;
        let after = ContractType { id: self.id.clone(), name: self.name.clone() };
        Ok(registered(catalog.contract_types.get(&self.id), after))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.id.as_str().len() + self.name.len()
    }
}

impl Command for RegisterContractType {
    registers!("RegisterContractType", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::ContractTypeRegistered;
    use serde_json::json;

    use super::super::sample::{decide, tenant};
    use super::*;

    #[test]
    fn a_contract_type_comes_once_and_can_be_renamed() {
        let send = |id: &str, name: &str| {
            decide::<RegisterContractType>(&tenant(), json!({"id": id, "name": name}))
        };
        let entry = |id: &str, name: &str| {
            let (id, name) = (ContractTypeId(id.to_owned()), name.to_owned());
            ContractType { id, name }
        };
        let fact = |before, after| Ok(vec![ContractTypeRegistered { before, after }.into()]);
        assert_eq!(send("three", "Three"), fact(None, entry("three", "Three")));
        assert_eq!(send("two", "2"), fact(Some(entry("two", "Two")), entry("two", "2")));
        assert_eq!(send("two", "Two"), Ok(vec![]));
        assert_eq!(send("a:b", "x"), Err(CatalogFault::CodeInvalid { member: "id" }));
        let invalid = CatalogFault::TextInvalid { member: "name", max: NAME_MAX };
        assert_eq!(send("x", " "), Err(invalid));
    }
}
