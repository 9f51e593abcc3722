//! Lets a record say something else (Capture, `entity.update` and `entity.replace`): who changes a
//! part of it sends the rest as well, and the sequence it rests on.

use domain::{
    Aggregate, AttributeFault, Event, Personal, RecordChanged, RecordContent, RecordId, Right,
    Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ClearAttributes, ContentFault};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Lets a record say something else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceRecord {
    #[schemars(with = "i64")]
    pub record: RecordId,
    /// As the record shows it: the person's key is found by this.
    pub uuid: String,
    /// All it says from now on, as `CreateRecord` takes it.
    pub attributes: ClearAttributes,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceRecordRejection {
    #[error("there is no record {0}")]
    RecordUnknown(RecordId),
    #[error(transparent)]
    Content(#[from] ContentFault),
    #[error("the person of record {0} was erased")]
    Erased(RecordId),
}

impl Rejection for ReplaceRecordRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::RecordUnknown(_) => Refusal::not_found("record_unknown", "record"),
            Self::Content(fault) => fault.refusal(),
            Self::Erased(record) => Refusal::conflict("erased", vec![Aggregate::record(*record)]),
        }
    }
}

/// What a record is to say, or why it cannot.
#[derive(Debug)]
pub struct FreshContent(Result<Drawn, AttributeFault>);

#[derive(Debug)]
struct Drawn {
    /// `None` where the person's key is gone.
    content: Option<Personal<RecordContent>>,
    email_lookup: Option<String>,
}

impl Command for ReplaceRecord {
    type Rejection = ReplaceRecordRejection;
    type Fresh = FreshContent;
    const NAME: &'static str = "ReplaceRecord";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn subject(&self) -> Option<String> {
        Some(self.uuid.clone())
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.uuid.len() + self.attributes.weight()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshContent, SealError> {
        Ok(FreshContent(match std::mem::take(&mut self.attributes).content(mint.keys()) {
            Ok(clear) => {
                let content = mint.keys().seal_more(&self.uuid, &clear)?;
                Ok(Drawn { content, email_lookup: clear.email_lookup })
            }
            Err(fault) => Err(fault),
        }))
    }

    fn target(&self, _: &Tenant, _: &Context<FreshContent>) -> Aggregate {
        Aggregate::record(self.record)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshContent>,
    ) -> Result<Vec<Event>, ReplaceRecordRejection> {
        use ReplaceRecordRejection as No;

        let record = self.record;
        let found = tenant.records.get(record).filter(|it| it.uuid.to_string() == self.uuid);
        found.ok_or(No::RecordUnknown(record))?;
        let drawn = context.fresh.0.as_ref();
        let drawn = drawn.map_err(|fault| ContentFault::Attribute(fault.clone()))?;
        let lookup = drawn.email_lookup.as_deref();
        let holder = lookup.and_then(|lookup| tenant.records.with_email(lookup));
        if let Some(by) = holder.filter(|by| *by != record) {
            return Err(ContentFault::EmailTaken(by).into());
        }
        let sealed = drawn.content.clone().ok_or(No::Erased(record))?;
        Ok(vec![RecordChanged { record, content: sealed }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use eventlog::TenantKeys;
    use serde_json::{Value, json};

    use super::*;
    use crate::mint::sample;
    use crate::records::create_record::tests::decide as created;

    /// A tenant with the records 7, whose address is `ada@example.com`, and 8, and their uuids.
    fn tenant(keys: &TenantKeys) -> (Tenant, [String; 2]) {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        for (number, email) in [(7, "ada@example.com"), (8, "bob@example.com")] {
            let events = created(&tenant, keys, number, json!({"email": email})).unwrap();
            tenant.apply(&keys.opened(events[0].clone()));
        }
        let uuids = [7, 8].map(|id| tenant.records.get(RecordId(id)).unwrap().uuid.to_string());
        (tenant, uuids)
    }

    fn decide(
        (tenant, keys): (&Tenant, &TenantKeys),
        (record, uuid): (i64, &str),
        attributes: Value,
    ) -> Result<Vec<Event>, ReplaceRecordRejection> {
        let body = json!({"record": record, "uuid": uuid, "attributes": attributes});
        let mut command: ReplaceRecord = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, keys, 0)).unwrap();
        command.decide(tenant, &Context::sample(fresh))
    }

    #[test]
    fn an_address_that_was_given_up_is_free() {
        let keys = sample::keys(&TenantId::new("acme").unwrap());
        let (mut tenant, [ada, bob]) = tenant(&keys);
        let own = json!({"email": "ada@example.com", "displayName": "Ada"});
        assert!(decide((&tenant, &keys), (7, &ada), own.clone()).is_ok());
        let taken = ContentFault::EmailTaken(RecordId(7)).into();
        assert_eq!(decide((&tenant, &keys), (8, &bob), own.clone()), Err(taken));
        let events = decide((&tenant, &keys), (7, &ada), json!({"displayName": "Ada"})).unwrap();
        assert!(!serde_json::to_string(&events[0].encode().unwrap()).unwrap().contains("Ada"));
        tenant.apply(&keys.opened(events[0].clone()));
        assert!(decide((&tenant, &keys), (8, &bob), own).is_ok());
    }

    #[test]
    fn refuses_what_is_unknown() {
        use ReplaceRecordRejection as No;
        let keys = sample::keys(&TenantId::new("acme").unwrap());
        let (tenant, [ada, bob]) = tenant(&keys);
        let both = (&tenant, &keys);
        assert_eq!(decide(both, (9, &ada), json!({})), Err(No::RecordUnknown(RecordId(9))));
        assert_eq!(decide(both, (7, &bob), json!({})), Err(No::RecordUnknown(RecordId(7))));
        let fault = ContentFault::Attribute(AttributeFault::Own("id".to_owned()));
        assert_eq!(decide(both, (7, &ada), json!({"id": 7})), Err(fault.into()));
    }
}
