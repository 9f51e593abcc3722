//! Takes a key from a client: nobody gets a token by it any more.

use domain::{Aggregate, ClientId, ClientKeyRemoved, Event, KeyId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes a key from a client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveClientKey {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "String")]
    pub key: KeyId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveClientKeyRejection {
    #[error("client {0} has no key {1}")]
    KeyUnknown(ClientId, KeyId),
}

impl Rejection for RemoveClientKeyRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::KeyUnknown(..) => Refusal::not_found("key_unknown", "key"),
        }
    }
}

impl Command for RemoveClientKey {
    type Rejection = RemoveClientKeyRejection;
    type Fresh = ();
    const NAME: &'static str = "RemoveClientKey";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, RemoveClientKeyRejection> {
        let (client, key) = (self.client, self.key.clone());
        if tenant.client_keys.client(&key) != Some(client) {
            return Err(RemoveClientKeyRejection::KeyUnknown(client, key));
        }
        Ok(vec![ClientKeyRemoved { client, key }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::ClientKeyAdded;

    use super::*;
    use crate::clients::sample::{id, tenant};

    #[test]
    fn only_its_own_key_is_taken_from_a_client() {
        let mut tenant = tenant();
        let key = KeyId("k".to_owned());
        let (client, public_key) = (id(2), String::new());
        let added = ClientKeyAdded { client, key: key.clone(), public_key, expires_at: None };
        tenant.client_keys.added(&added);
        let decide = |client| {
            let command = RemoveClientKey { client, key: key.clone() };
            command.decide(&tenant, &Context::sample(()))
        };
        assert_eq!(decide(client), Ok(vec![ClientKeyRemoved { client, key: key.clone() }.into()]));
        let unknown = RemoveClientKeyRejection::KeyUnknown(id(3), key.clone());
        assert_eq!(decide(id(3)), Err(unknown));
    }
}
