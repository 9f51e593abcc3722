//! Registers a CP code, which lies in a group and is what caches are purged by.

use domain::{Actor, Catalog, CpCode, CpCodeId, Event, GroupId, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CatalogFault, Entry, NAME_MAX, check_number, check_text, registered, registers};
use crate::Command;

/// Registers a CP code of the account, or renames it, or puts it into another group.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterCpCode {
    /// As the provider numbers it.
    #[schemars(with = "i64")]
    pub id: CpCodeId,
    /// 1 to 256 characters.
    pub name: String,
    #[schemars(with = "i64")]
    pub group: GroupId,
}

impl Entry for RegisterCpCode {
    fn fact(
        &self,
        tenant: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        check_number("id", self.id.0)?;
        check_text("name", &self.name, NAME_MAX)?;
        let group = self.group;
        tenant.groups.get(group).ok_or(CatalogFault::GroupUnknown(group))?;
        let after = CpCode { id: self.id, name: self.name.clone(), group };
        Ok(registered(catalog.cp_code(self.id), after))
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.name.len()
    }
}

impl Command for RegisterCpCode {
    registers!("RegisterCpCode", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use domain::CpCodeRegistered;
    use serde_json::json;

    use super::super::sample::{after, decide, tenant};
    use super::*;

    #[test]
    fn a_cp_code_comes_once_and_can_go_into_another_group() {
        let body = |group: i64| json!({"id": 36_915, "name": "Streams", "group": group});
        let entry = |group: i64| {
            let (id, name, group) = (CpCodeId(36_915), "Streams".to_owned(), GroupId(group));
            CpCode { id, name, group }
        };
        let fact = |before, after| Ok(vec![CpCodeRegistered { before, after }.into()]);
        assert_eq!(decide::<RegisterCpCode>(&tenant(), body(3)), fact(None, entry(3)));
        let tenant = after::<RegisterCpCode>(tenant(), body(3));
        assert_eq!(decide::<RegisterCpCode>(&tenant, body(3)), Ok(vec![]));
        assert_eq!(decide::<RegisterCpCode>(&tenant, body(4)), fact(Some(entry(3)), entry(4)));
        let unknown = Err(CatalogFault::GroupUnknown(GroupId(7)));
        assert_eq!(decide::<RegisterCpCode>(&tenant, body(7)), unknown);
    }
}
