//! Gives an API client another name: Akamai's `clientName`, Capture's `description`, clientms'
//! `name`. A name belongs to one client of the tenant.

use domain::{Aggregate, ClientId, ClientRenamed, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::NAME_MAX;
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives an API client another name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenameClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// 1 to 256 characters; no other client of the tenant has it.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("a client's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("client {0} has that name")]
    NameTaken(ClientId),
}

impl Rejection for RenameClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => {
                Refusal::conflict("name_taken", vec![Aggregate::client(*by)]).about("name")
            }
        }
    }
}

impl Command for RenameClient {
    type Rejection = RenameClientRejection;
    type Fresh = ();
    const NAME: &'static str = "RenameClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, RenameClientRejection> {
        use RenameClientRejection as No;

        let client = self.client;
        let from = &tenant.clients.get(client).ok_or(No::ClientUnknown(client))?.name;
        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        match tenant.clients.named(&self.name) {
            Some(by) if by == client => Ok(Vec::new()),
            Some(by) => Err(No::NameTaken(by)),
            None => {
                let (from, to) = (from.clone(), self.name.clone());
                Ok(vec![ClientRenamed { client, from, to }.into()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, name: &str, expected: Result<Vec<Event>, RenameClientRejection>) {
        let command = RenameClient { client: id(client), name: name.to_owned() };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn a_client_takes_a_free_name_and_frees_its_own() {
        let (from, to) = ("robot".to_owned(), "android".to_owned());
        let renamed = Event::from(ClientRenamed { client: id(2), from, to });
        check(2, "android", Ok(vec![renamed.clone()]));
        check(2, "robot", Ok(vec![]));
        let mut tenant = tenant();
        tenant.apply(&renamed);
        assert_eq!(
            (tenant.clients.named("robot"), tenant.clients.named("android")),
            (None, Some(id(2)))
        );
    }

    #[test]
    fn refuses_an_unknown_client_and_a_name_that_cannot_be() {
        use RenameClientRejection as No;
        check(9, "android", Err(No::ClientUnknown(id(9))));
        check(2, " ", Err(No::NameInvalid));
        check(3, "robot", Err(No::NameTaken(id(2))));
    }
}
