//! Registers an API of the provider, which the account's clients can be given access to.

use domain::{AccessLevel, Actor, Api, ApiId, Catalog, Event, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    CatalogFault, DESCRIPTION_MAX, Entry, NAME_MAX, check_number, check_text, registered, registers,
};
use crate::Command;

/// Registers an API that the account's clients can be given access to, or describes it anew.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterApi {
    /// As the provider numbers it.
    #[schemars(with = "i64")]
    pub id: ApiId,
    /// 1 to 256 characters.
    pub name: String,
    /// 1 to 1,000 characters.
    pub description: String,
    /// The path it lives below, as in `/papi`.
    pub end_point: String,
    pub documentation_url: String,
    /// The levels it can be given at, in this order.
    #[schemars(with = "Vec<String>", extend("items" = {"enum": ["READ-ONLY", "READ-WRITE"]}))]
    pub access_levels: Vec<AccessLevel>,
    /// 1 if absent: the provider itself.
    #[serde(default = "provider")]
    pub service_provider: i64,
}

fn provider() -> i64 {
    1
}

impl Entry for RegisterApi {
    fn fact(
        &self,
        _: &Tenant,
        catalog: &Catalog,
        _: &Actor,
    ) -> Result<Option<Event>, CatalogFault> {
        check_number("id", self.id.0)?;
        check_number("serviceProvider", self.service_provider)?;
        check_text("name", &self.name, NAME_MAX)?;
        check_text("description", &self.description, DESCRIPTION_MAX)?;
        check_text("documentationUrl", &self.documentation_url, DESCRIPTION_MAX)?;
        check_text("endPoint", &self.end_point, NAME_MAX)?;
        if !self.end_point.starts_with('/') {
            return Err(CatalogFault::EndPointInvalid);
        }
        let is_twice = |level| self.access_levels.iter().filter(|it| *it == level).count() > 1;
        if self.access_levels.is_empty() || self.access_levels.iter().any(is_twice) {
            return Err(CatalogFault::AccessLevelsInvalid);
        }
        let after = Api {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            end_point: self.end_point.clone(),
            documentation_url: self.documentation_url.clone(),
            access_levels: self.access_levels.clone(),
            service_provider: self.service_provider,
        };
        Ok(registered(catalog.api(self.id), after))
    }

    fn bytes(&self) -> usize {
        let texts = [&self.name, &self.description, &self.end_point, &self.documentation_url];
        size_of_val(self) + texts.into_iter().map(String::len).sum::<usize>()
    }
}

impl Command for RegisterApi {
    registers!("RegisterApi", |it| [it as &dyn Entry]);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{after, decide, tenant};
    use super::*;

    fn body(change: Value) -> Value {
        let mut body = json!({
            "id": 146, "name": "PAPI", "description": "Properties", "endPoint": "/papi",
            "documentationUrl": "https://techdocs.example/papi",
            "accessLevels": ["READ-WRITE", "READ-ONLY"],
        });
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        body
    }

    #[test]
    fn an_api_comes_once_and_can_be_described_anew() {
        let [Event::ApiRegistered(fact)] =
            &decide::<RegisterApi>(&tenant(), body(json!({}))).unwrap()[..]
        else {
            panic!("not one API");
        };
        let levels = vec![AccessLevel::ReadWrite, AccessLevel::ReadOnly];
        assert_eq!((&fact.before, &fact.after.access_levels), (&None, &levels), "in their order");
        let tenant = after::<RegisterApi>(tenant(), body(json!({})));
        assert_eq!(decide::<RegisterApi>(&tenant, body(json!({}))), Ok(vec![]));
        let anew = decide::<RegisterApi>(&tenant, body(json!({"name": "Papi"}))).unwrap();
        let [Event::ApiRegistered(anew)] = &anew[..] else { panic!("not one API") };
        assert_eq!((anew.before.as_ref(), anew.after.name.as_str()), (Some(&fact.after), "Papi"));
    }

    #[test]
    fn refuses_what_no_client_could_be_given() {
        let check = |change: Value, fault: CatalogFault| {
            assert_eq!(decide::<RegisterApi>(&tenant(), body(change)), Err(fault));
        };
        check(json!({"id": 0}), CatalogFault::NumberInvalid { member: "id" });
        check(json!({"id": 1_i64 << 53}), CatalogFault::NumberInvalid { member: "id" });
        check(json!({"endPoint": "papi"}), CatalogFault::EndPointInvalid);
        check(json!({"accessLevels": []}), CatalogFault::AccessLevelsInvalid);
        let twice = json!({"accessLevels": ["READ-ONLY", "READ-ONLY"]});
        check(twice, CatalogFault::AccessLevelsInvalid);
        let (member, max) = ("description", DESCRIPTION_MAX);
        check(json!({"description": ""}), CatalogFault::TextInvalid { member, max });
    }
}
