//! Keeps a record of a person (Capture, `entity.create`). What it says stays sealed from here on.

use domain::{
    Aggregate, AttributeFault, Event, Personal, RECORD_TYPE, RecordContent, RecordCreated,
    RecordId, Right, Tenant,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{ClearAttributes, ContentFault};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Keeps a record of a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRecord {
    /// Values by name, of those that the type `user` has. Nobody else's record has the same
    /// `email`.
    #[serde(default)]
    pub attributes: ClearAttributes,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateRecordRejection {
    #[error(transparent)]
    Content(#[from] ContentFault),
}

impl Rejection for CreateRecordRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Content(fault) => fault.refusal(),
        }
    }
}

/// A new record's ids, and what it says, or why it cannot.
#[derive(Debug)]
pub struct FreshRecord {
    pub record: RecordId,
    pub uuid: Uuid,
    content: Result<Drawn, AttributeFault>,
}

#[derive(Debug)]
struct Drawn {
    content: Personal<RecordContent>,
    email_lookup: Option<String>,
    key: VaultWrite,
}

impl Command for CreateRecord {
    type Rejection = CreateRecordRejection;
    type Fresh = FreshRecord;
    const NAME: &'static str = "CreateRecord";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.attributes.weight()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshRecord, SealError> {
        let (record, uuid) = (RecordId(mint.number()?), mint.uuid()?);
        let content = match std::mem::take(&mut self.attributes).content(mint.keys()) {
            Ok(clear) => {
                let (content, key) = mint.keys().seal_new(&uuid.to_string(), &clear)?;
                Ok(Drawn { content, email_lookup: clear.email_lookup, key })
            }
            Err(fault) => Err(fault),
        };
        Ok(FreshRecord { record, uuid, content })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshRecord>) -> Aggregate {
        Aggregate::record(context.fresh.record)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshRecord>,
    ) -> Result<Vec<Event>, CreateRecordRejection> {
        let FreshRecord { record, uuid, content } = &context.fresh;
        let drawn = content.as_ref().map_err(|fault| ContentFault::Attribute(fault.clone()))?;
        let lookup = drawn.email_lookup.as_deref();
        if let Some(by) = lookup.and_then(|lookup| tenant.records.with_email(lookup)) {
            return Err(ContentFault::EmailTaken(by).into());
        }
        let fact = RecordCreated {
            record: *record,
            uuid: *uuid,
            entity_type: RECORD_TYPE.to_owned(),
            content: drawn.content.clone(),
        };
        Ok(vec![fact.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshRecord>) -> Vec<VaultWrite> {
        context.fresh.content.iter().map(|drawn| drawn.key.clone()).collect()
    }

    fn reply(fresh: &FreshRecord) -> Map<String, Value> {
        Map::from_iter([
            ("record".to_owned(), fresh.record.0.into()),
            ("uuid".to_owned(), fresh.uuid.to_string().into()),
        ])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use domain::TenantId;
    use eventlog::TenantKeys;
    use serde_json::json;

    use super::*;
    use crate::mint::sample;

    /// What a record with that number comes to.
    pub(in crate::records) fn decide(
        tenant: &Tenant,
        keys: &TenantKeys,
        number: i64,
        attributes: Value,
    ) -> Result<Vec<Event>, CreateRecordRejection> {
        let mut command: CreateRecord =
            serde_json::from_value(json!({"attributes": attributes})).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, keys, number)).unwrap();
        assert!(command.attributes.0.is_empty(), "the lane would see it");
        command.decide(tenant, &Context::sample(fresh))
    }

    #[test]
    fn what_it_says_is_sealed_and_its_address_is_its_own() {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let keys = sample::keys(&tenant.id);
        // No letter of the name is a hexadecimal digit, which sealed bytes are full of.
        let ro = || json!({"email": "Ro@Example.com", "displayName": "Ro", "gender": null});
        let events = decide(&tenant, &keys, 7, ro()).unwrap();
        let [Event::RecordCreated(fact)] = &events[..] else { panic!("not one record") };
        let told = serde_json::to_string(fact).unwrap().to_lowercase();
        assert!(!told.contains("ro@") && !told.contains("\"ro\""), "{told}");
        let opened = keys.open_personal(&fact.content);
        let content = opened.known().unwrap();
        assert_eq!(content.attributes.keys().collect::<Vec<_>>(), ["displayName", "email"]);
        tenant.apply(&keys.opened(events[0].clone()));
        let taken = ContentFault::EmailTaken(RecordId(7)).into();
        assert_eq!(decide(&tenant, &keys, 8, json!({"email": "ro@example.com"})), Err(taken));
        assert!(decide(&tenant, &keys, 8, json!({"displayName": "Ro"})).is_ok());
    }

    #[test]
    fn refuses_what_no_record_says() {
        let tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let keys = sample::keys(&tenant.id);
        let fault = ContentFault::Attribute(AttributeFault::Unknown("shoeSize".to_owned()));
        assert_eq!(decide(&tenant, &keys, 7, json!({"shoeSize": 4})), Err(fault.into()));
    }
}
