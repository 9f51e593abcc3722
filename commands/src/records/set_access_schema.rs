//! Narrows which attributes of records an API client may touch (Capture,
//! `entityType.setAccessSchema`).

use std::collections::BTreeSet;

use domain::{
    AccessKind, AccessSchemaSet, Aggregate, Attribute, ClientId, Event, RECORD_TYPE, Right, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Narrows which attributes of records an API client may touch.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetAccessSchema {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "String", extend("enum" = ["read", "write", "read_with_token", "write_with_token"]))]
    pub kind: AccessKind,
    /// Paths such as `primaryAddress.city`; one stands for all that is below it.
    pub attributes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetAccessSchemaRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("there is no attribute {0}")]
    AttributeUnknown(String),
}

impl Rejection for SetAccessSchemaRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::AttributeUnknown(_) => Refusal::invalid("attribute_unknown", "attributes"),
        }
    }
}

impl Command for SetAccessSchema {
    type Rejection = SetAccessSchemaRejection;
    type Fresh = ();
    const NAME: &'static str = "SetAccessSchema";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + bytes_of(&self.attributes)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SetAccessSchemaRejection> {
        use SetAccessSchemaRejection as No;

        let (client, kind) = (self.client, self.kind);
        tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if let Some(path) = self.attributes.iter().find(|path| Attribute::at(path).is_none()) {
            return Err(No::AttributeUnknown(path.clone()));
        }
        let before = tenant.access_schemas.of(client, kind).cloned();
        let after: BTreeSet<_> = self.attributes.iter().cloned().collect();
        if before.as_ref() == Some(&after) {
            return Ok(Vec::new());
        }
        let entity_type = RECORD_TYPE.to_owned();
        Ok(vec![AccessSchemaSet { client, entity_type, kind, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn decide(
        tenant: &Tenant,
        client: u128,
        attributes: &[&str],
    ) -> Result<Vec<Event>, SetAccessSchemaRejection> {
        let attributes = attributes.iter().map(|path| (*path).to_owned()).collect();
        let command = SetAccessSchema { client: id(client), kind: AccessKind::Read, attributes };
        command.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn a_schema_is_replaced_whole() {
        let mut tenant = tenant();
        let set = |after: &[&str], before: Option<&[&str]>| {
            let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
            let (entity_type, kind) = ("user".to_owned(), AccessKind::Read);
            let (before, after) = (before.map(paths), paths(after));
            Event::from(AccessSchemaSet { client: id(2), entity_type, kind, before, after })
        };
        let first = set(&["email"], None);
        assert_eq!(decide(&tenant, 2, &["email", "email"]), Ok(vec![first.clone()]));
        tenant.apply(&first);
        assert_eq!(decide(&tenant, 2, &["email"]), Ok(vec![]));
        assert_eq!(decide(&tenant, 2, &[]), Ok(vec![set(&[], Some(&["email"]))]));
    }

    #[test]
    fn refuses_what_is_unknown() {
        use SetAccessSchemaRejection as No;
        assert_eq!(decide(&tenant(), 9, &[]), Err(No::ClientUnknown(id(9))));
        let unknown = No::AttributeUnknown("shoeSize".to_owned());
        assert_eq!(decide(&tenant(), 2, &["email", "shoeSize"]), Err(unknown));
    }
}
