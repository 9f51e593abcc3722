//! Records that a client's former secret works no longer, and drops it. It had ended by then: how
//! long it works follows from the reset, not from this.

use chrono::{DateTime, Utc};
use domain::{Aggregate, ClientId, ClientSecretGraceEnded, Event, Right, Tenant};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::drop_secret;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Records that a client's former secret works no longer, and drops it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndSecretGrace {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndSecretGraceRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("the former secret of client {client} works until {until}")]
    GraceLasts { client: ClientId, until: DateTime<Utc> },
}

impl Rejection for EndSecretGraceRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::GraceLasts { client, .. } => {
                Refusal::conflict("grace_lasts", vec![Aggregate::client(*client)])
            }
        }
    }
}

impl Command for EndSecretGrace {
    type Rejection = EndSecretGraceRejection;
    type Fresh = ();
    const NAME: &'static str = "EndSecretGrace";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, EndSecretGraceRejection> {
        use EndSecretGraceRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        let Some(until) = found.grace_until else { return Ok(Vec::new()) };
        if context.now < until {
            return Err(No::GraceLasts { client, until });
        }
        let generation = found.secret_generation - 1;
        Ok(vec![ClientSecretGraceEnded { client, generation }.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        let found = tenant.clients.get(self.client).into_iter();
        found.map(|client| drop_secret(tenant, client, client.secret_generation - 1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::ClientSecretReset;

    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample::kept_and_dropped;

    /// Client 2 was given its second secret, with a grace of an hour.
    fn check(client: u128, minutes: i64, expected: Result<usize, EndSecretGraceRejection>) {
        let (mut tenant, context) = (tenant(), Context::sample(()));
        let until = context.now + TimeDelta::hours(1);
        tenant.clients.secret_reset(&ClientSecretReset {
            client: id(2),
            generation: 2,
            grace_until: Some(until),
            ends_at: until,
            credentials: Vec::new(),
            tokens: Vec::new(),
        });
        let command = EndSecretGrace { client: id(client) };
        let context = Context { now: context.now + TimeDelta::minutes(minutes), ..context };
        let fact = ClientSecretGraceEnded { client: id(2), generation: 1 };
        let expected = expected.map(|n| vec![Event::from(fact); n]);
        assert_eq!(command.decide(&tenant, &context), expected);
        if expected.is_ok_and(|facts| !facts.is_empty()) {
            let writes = command.vault(&tenant, &context);
            assert_eq!(kept_and_dropped(&writes), [vec![], vec!["capture2.1"]]);
        }
    }

    #[test]
    fn the_end_is_recorded_when_it_has_come() {
        check(2, 60, Ok(1));
        check(1, 60, Ok(0));
        let until = Context::sample(()).now + TimeDelta::hours(1);
        check(2, 59, Err(EndSecretGraceRejection::GraceLasts { client: id(2), until }));
        check(9, 60, Err(EndSecretGraceRejection::ClientUnknown(id(9))));
    }
}
