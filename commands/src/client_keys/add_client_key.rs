//! Gives a client a key, of which the server keeps the public half (Zitadel, "Add machine key").

use chrono::{DateTime, Utc};
use domain::{Aggregate, ClientId, ClientKeyAdded, Event, KeyId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::mint::LOWER_ALPHABET;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Most characters of a public key in PEM form.
const KEY_MAX: usize = 4096;
/// Most keys of one client.
const KEYS_MAX: usize = 10;

/// Gives a client a key to sign for tokens with.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddClientKey {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// RSA, in PEM form: `-----BEGIN PUBLIC KEY-----` or `-----BEGIN RSA PUBLIC KEY-----`.
    pub public_key: String,
    /// It works for ever if absent.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddClientKeyRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("that is not a public key in PEM form of at most {KEY_MAX} characters")]
    KeyInvalid,
    #[error("the key would have expired at {0}")]
    Expired(DateTime<Utc>),
    #[error("the client has {KEYS_MAX} keys already")]
    TooMany(ClientId),
}

impl Rejection for AddClientKeyRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::KeyInvalid => Refusal::invalid("key_invalid", "publicKey"),
            Self::Expired(_) => Refusal::invalid("expired", "expiresAt"),
            Self::TooMany(client) => {
                Refusal::conflict("too_many_keys", vec![Aggregate::client(*client)])
            }
        }
    }
}

/// Whether a text has the form of a public key; whether it is one shows when it is used.
fn is_pem(text: &str) -> bool {
    let inside = |label: &str| {
        let text = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
        text.strip_suffix(&format!("-----END {label}-----"))
    };
    let body = inside("PUBLIC KEY").or_else(|| inside("RSA PUBLIC KEY")).unwrap_or_default();
    let is_base64 = |byte: u8| {
        byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(&byte)
    };
    text.len() <= KEY_MAX && body.len() > 64 && body.bytes().all(is_base64)
}

impl Command for AddClientKey {
    type Rejection = AddClientKeyRejection;
    type Fresh = KeyId;
    const NAME: &'static str = "AddClientKey";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.public_key.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<KeyId, SealError> {
        Ok(KeyId(mint.text(LOWER_ALPHABET, 16)?))
    }

    fn target(&self, _: &Tenant, _: &Context<KeyId>) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<KeyId>,
    ) -> Result<Vec<Event>, AddClientKeyRejection> {
        use AddClientKeyRejection as No;

        if tenant.clients.get(self.client).is_none() {
            return Err(No::ClientUnknown(self.client));
        }
        if !is_pem(&self.public_key) {
            return Err(No::KeyInvalid);
        }
        if let Some(expires_at) = self.expires_at.filter(|at| *at <= context.now) {
            return Err(No::Expired(expires_at));
        }
        if tenant.client_keys.count(self.client) >= KEYS_MAX {
            return Err(No::TooMany(self.client));
        }
        let fact = ClientKeyAdded {
            client: self.client,
            key: context.fresh.clone(),
            public_key: self.public_key.trim().to_owned(),
            expires_at: self.expires_at,
        };
        Ok(vec![fact.into()])
    }

    fn reply(fresh: &KeyId) -> Map<String, Value> {
        Map::from_iter([("key".to_owned(), fresh.as_str().into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn decide(
        client: ClientId,
        public_key: &str,
        keys: usize,
    ) -> Result<usize, AddClientKeyRejection> {
        let mut tenant = tenant();
        for key in 0..keys {
            tenant.client_keys.added(&ClientKeyAdded {
                client,
                key: KeyId(key.to_string()),
                public_key: String::new(),
                expires_at: None,
            });
        }
        let command = AddClientKey { client, public_key: public_key.to_owned(), expires_at: None };
        let context = Context::sample(KeyId("k".to_owned()));
        command.decide(&tenant, &context).map(|facts| facts.len())
    }

    #[test]
    fn a_client_gets_keys_up_to_a_limit() {
        use AddClientKeyRejection as No;
        let lines = "MIIBIjANBgkqhkiG9w0B\n".repeat(5);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n");
        assert_eq!(decide(id(2), &pem, 9), Ok(1));
        assert_eq!(decide(id(2), &pem, 10), Err(No::TooMany(id(2))));
        assert_eq!(decide(id(9), &pem, 0), Err(No::ClientUnknown(id(9))));
        let private = pem.replace("PUBLIC", "PRIVATE");
        for bad in ["", "MIIB", &private, &pem.replace("IBI", "%%%"), &pem.repeat(60)] {
            assert_eq!(decide(id(2), bad, 0), Err(No::KeyInvalid), "{bad}");
        }
    }
}
