//! Registers a product that users can have notices of.

use domain::{Actor, Catalog, Event, Product, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatalogFault, Entry, NAME_MAX, check_text, registered, registers};
use crate::Command;

/// Registers a product that users can have notices of.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterProduct {
    /// 1 to 256 characters.
    pub name: String,
}

impl Entry for RegisterProduct {
    fn fact(
        &self,
        _: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        check_text("name", &self.name, NAME_MAX)?;
        let product = Product(self.name.clone());
        let before = catalog.has_product(&product).then(|| product.clone());
        Ok(registered(before.as_ref(), product))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.name.len()
    }
}

impl Command for RegisterProduct {
    registers!("RegisterProduct", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::ProductRegistered;
    use serde_json::json;

    use super::super::sample::{after, decide, tenant};
    use super::*;

    #[test]
    fn a_product_comes_once() {
        let body = json!({"name": "Streaming"});
        let fact = ProductRegistered { before: None, after: Product("Streaming".to_owned()) };
        assert_eq!(decide::<RegisterProduct>(&tenant(), body.clone()), Ok(vec![fact.into()]));
        let tenant = after::<RegisterProduct>(tenant(), body.clone());
        assert_eq!(decide::<RegisterProduct>(&tenant, body), Ok(vec![]));
        let invalid = CatalogFault::TextInvalid { member: "name", max: NAME_MAX };
        assert_eq!(decide::<RegisterProduct>(&tenant, json!({"name": ""})), Err(invalid));
    }
}
