//! Replaces the secret that the tenant's JSON web tokens are signed with. Tokens signed with the
//! one before work no longer.

use domain::{Aggregate, Event, Right, SigningSecretSet, Tenant, TenantId};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::mint::WIDE_ALPHABET;
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// Replaces the secret that the tenant's JSON web tokens are signed with, and shows it once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSigningSecret {}

/// Nothing stands against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetSigningSecretRejection {}

impl Rejection for SetSigningSecretRejection {
    fn refusal(&self) -> Refusal {
        match *self {}
    }
}

/// Under what the vault keeps the secret of that number.
fn public_id(tenant: &TenantId, generation: i64) -> String {
    format!("{tenant}.{generation}")
}

impl Command for SetSigningSecret {
    type Rejection = SetSigningSecretRejection;
    /// Which number it gets is decided in the lane.
    type Fresh = Secret;
    const NAME: &'static str = "SetSigningSecret";

    fn needs(&self) -> Right {
        Right::TenantAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Secret, SealError> {
        let clear = mint.text(WIDE_ALPHABET, 64)?;
        let (kind, owner) = (VaultKind::SigningSecret, mint.tenant().to_string());
        let stored = clear.clone().into_bytes();
        mint.secret(kind, owner, clear, &stored)
    }

    fn target(&self, tenant: &Tenant, _: &Context<Secret>) -> Aggregate {
        Aggregate::tenant(&tenant.id)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context<Secret>,
    ) -> Result<Vec<Event>, SetSigningSecretRejection> {
        let generation = tenant.signing_generation + 1;
        Ok(vec![SigningSecretSet { tenant: tenant.id.clone(), generation }.into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<Secret>) -> Vec<VaultWrite> {
        let (id, former) = (&tenant.id, tenant.signing_generation);
        let kept = context.fresh.kept_as(public_id(id, former + 1));
        let dropped = (former > 0).then(|| VaultWrite::Delete {
            kind: VaultKind::SigningSecret,
            public_id: public_id(id, former),
            tenant: id.clone(),
        });
        [kept].into_iter().chain(dropped).collect()
    }

    fn reply(fresh: &Secret) -> Map<String, Value> {
        Map::from_iter([("secret".to_owned(), fresh.expose().into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mint::sample;

    fn check(former: i64, expected: [&[&str]; 2]) {
        let id = TenantId::new("acme").unwrap();
        let tenant = Tenant { signing_generation: former, ..Tenant::unborn(id.clone()) };
        let (mut command, keys) = (SetSigningSecret {}, sample::keys(&id));
        let context = Context::sample(command.draw(&mut sample::mint(&id, &keys, 0)).unwrap());
        let fact = SigningSecretSet { tenant: id, generation: former + 1 };
        assert_eq!(command.decide(&tenant, &context), Ok(vec![fact.into()]));
        assert_eq!(sample::kept_and_dropped(&command.vault(&tenant, &context)), expected);
    }

    #[test]
    fn each_secret_takes_the_place_of_the_one_before() {
        check(0, [&["acme.1"], &[]]);
        check(4, [&["acme.5"], &["acme.4"]]);
    }
}
