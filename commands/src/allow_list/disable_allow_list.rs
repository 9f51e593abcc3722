//! Turns the allow list off (Akamai IAM v3, "Disable IP allowlist"), from wherever: it is the way
//! out for those whose address changed.

use domain::{Aggregate, AllowListDisabled, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Turns the allow list off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisableAllowList {}

/// Nothing stands against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisableAllowListRejection {}

impl Rejection for DisableAllowListRejection {
    fn refusal(&self) -> Refusal {
        match *self {}
    }
}

impl Command for DisableAllowList {
    type Rejection = DisableAllowListRejection;
    type Fresh = ();
    const NAME: &'static str = "DisableAllowList";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        Aggregate::allow_list(&tenant.id)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context,
    ) -> Result<Vec<Event>, DisableAllowListRejection> {
        if !tenant.allow_list.is_enabled() {
            return Ok(Vec::new());
        }
        Ok(vec![AllowListDisabled { tenant: tenant.id.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{from, tenant};
    use super::*;

    #[test]
    fn turns_off_what_is_on_from_anywhere() {
        for (on, address, events) in
            [(true, "10.1.1.1", 1), (true, "8.8.8.8", 1), (true, "", 1), (false, "10.1.1.1", 0)]
        {
            let tenant = tenant(on, &["10.0.0.0/8"]);
            let fact = Event::from(AllowListDisabled { tenant: tenant.id.clone() });
            let decided = DisableAllowList {}.decide(&tenant, &from(address, ()));
            assert_eq!(decided, Ok(vec![fact; events]));
        }
    }
}
