//! Registers a key by which API clients of this account can act in another one. Since it opens
//! another tenant, none of the account's own people may do that: only whoever operates the
//! installation.

use domain::{Actor, Catalog, Event, SwitchKey, Tenant, TenantId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatalogFault, Entry, NAME_MAX, check_text, is_code, registered, registers};
use crate::Command;

/// Registers a key by which API clients of this account can act in another one. Only operators of
/// the installation may: whoever belongs to the tenant `system`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterSwitchKey {
    /// `account`, or `account:contract-type`.
    pub key: String,
    /// 1 to 256 characters.
    pub account_name: String,
    /// The tenant it leads to.
    #[schemars(with = "String")]
    pub tenant: TenantId,
}

impl Entry for RegisterSwitchKey {
    fn fact(
        &self,
        tenant: &Tenant,
        catalog: &Catalog,
        actor: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        if !actor.home.is_system() {
            return Err(CatalogFault::NotOperator);
        }
        let parts: Vec<_> = self.key.split(':').collect();
        if parts.len() > 2 || !parts.iter().all(|part| is_code(part)) {
            return Err(CatalogFault::KeyInvalid);
        }
        check_text("accountName", &self.account_name, NAME_MAX)?;
        if self.tenant == tenant.id || self.tenant.is_system() {
            return Err(CatalogFault::LeadsBack(self.tenant.clone()));
        }
        let after = SwitchKey {
            key: self.key.clone(),
            account_name: self.account_name.clone(),
            tenant: self.tenant.clone(),
        };
        Ok(registered(catalog.switch_key(&self.key), after))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.key.len() + self.account_name.len()
    }
}

impl Command for RegisterSwitchKey {
    registers!("RegisterSwitchKey", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::SwitchKeyRegistered;
    use serde_json::json;

    use super::super::sample::{after, decide, tenant};
    use super::*;
    use crate::Context;

    fn send(tenant: &Tenant, key: &str, to: &str) -> Result<Vec<Event>, CatalogFault> {
        let body = json!({"key": key, "accountName": "Partner", "tenant": to});
        decide::<RegisterSwitchKey>(tenant, body)
    }

    #[test]
    fn a_key_leads_to_another_tenant() {
        let leads = |to: &str| SwitchKey {
            key: "1-P:1-C".to_owned(),
            account_name: "Partner".to_owned(),
            tenant: TenantId::new(to).unwrap(),
        };
        let fact = |before, after| Ok(vec![SwitchKeyRegistered { before, after }.into()]);
        assert_eq!(send(&tenant(), "1-P:1-C", "partner"), fact(None, leads("partner")));
        let body = json!({"key": "1-P:1-C", "accountName": "Partner", "tenant": "partner"});
        let tenant = after::<RegisterSwitchKey>(tenant(), body);
        assert_eq!(send(&tenant, "1-P:1-C", "PARTNER"), Ok(vec![]), "case does not matter");
        let anew = fact(Some(leads("partner")), leads("other"));
        assert_eq!(send(&tenant, "1-P:1-C", "other"), anew);
        assert_eq!(tenant.led_to_by("1-P:1-C"), Some(&leads("partner").tenant));
    }

    #[test]
    fn refuses_malformed_keys_and_those_that_lead_nowhere_else() {
        for key in ["", ":", "a:", "a:b:c", "a b", "ä"] {
            assert_eq!(send(&tenant(), key, "partner"), Err(CatalogFault::KeyInvalid), "{key}");
        }
        for to in ["acme", "system"] {
            let back = CatalogFault::LeadsBack(TenantId::new(to).unwrap());
            assert_eq!(send(&tenant(), "1-P", to), Err(back));
        }
    }

    #[test]
    fn only_operators_let_one_account_into_another() {
        let command = RegisterSwitchKey {
            key: "1-P".to_owned(),
            account_name: "Partner".to_owned(),
            tenant: TenantId::new("partner").unwrap(),
        };
        let mut context = Context::sample(());
        context.actor.home = TenantId::new("acme").unwrap();
        assert_eq!(command.decide(&tenant(), &context), Err(CatalogFault::NotOperator));
    }
}
