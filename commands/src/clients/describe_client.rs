//! Describes an API client otherwise.

use domain::{Aggregate, ClientDescribed, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::DESCRIPTION_MAX;
use crate::names::is_description;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Describes an API client otherwise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// At most 1,000 characters.
    pub description: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescribeClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("a client's description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
}

impl Rejection for DescribeClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
        }
    }
}

impl Command for DescribeClient {
    type Rejection = DescribeClientRejection;
    type Fresh = ();
    const NAME: &'static str = "DescribeClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.description.len()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, DescribeClientRejection> {
        use DescribeClientRejection as No;

        let client = self.client;
        let from = &tenant.clients.get(client).ok_or(No::ClientUnknown(client))?.description;
        if !is_description(&self.description, DESCRIPTION_MAX) {
            return Err(No::DescriptionInvalid);
        }
        if *from == self.description {
            return Ok(Vec::new());
        }
        let (from, to) = (from.clone(), self.description.clone());
        Ok(vec![ClientDescribed { client, from, to }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, text: &str, expected: Result<Vec<Event>, DescribeClientRejection>) {
        let command = DescribeClient { client: id(client), description: text.to_owned() };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn the_former_description_is_told() {
        let (from, to) = (String::new(), "of the\nweb".to_owned());
        check(2, "of the\nweb", Ok(vec![ClientDescribed { client: id(2), from, to }.into()]));
        check(2, "", Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_client_and_a_text_that_is_too_long() {
        use DescribeClientRejection as No;
        check(9, "", Err(No::ClientUnknown(id(9))));
        check(2, &"x".repeat(1001), Err(No::DescriptionInvalid));
    }
}
