//! Turns the allow list on (Akamai IAM v3, "Enable IP allowlist"). Nobody can lock themselves out
//! with it.

use domain::{Aggregate, AllowListEnabled, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Turns the allow list on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnableAllowList {}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnableAllowListRejection {
    #[error("no block of the allow list counts")]
    NoBlocks,
    #[error("the caller's address is not on the allow list")]
    AddressNotListed,
}

impl Rejection for EnableAllowListRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NoBlocks => Refusal::conflict("no_blocks", Vec::new()),
            Self::AddressNotListed => Refusal::forbidden("address_not_listed"),
        }
    }
}

impl Command for EnableAllowList {
    type Rejection = EnableAllowListRejection;
    type Fresh = ();
    const NAME: &'static str = "EnableAllowList";

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
        context: &Context,
    ) -> Result<Vec<Event>, EnableAllowListRejection> {
        use EnableAllowListRejection as No;

        let list = &tenant.allow_list;
        if list.is_enabled() {
            return Ok(Vec::new());
        }
        if list.enabled_blocks() == 0 {
            return Err(No::NoBlocks);
        }
        if !list.covers(context.address) {
            return Err(No::AddressNotListed);
        }
        Ok(vec![AllowListEnabled { tenant: tenant.id.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{from, tenant};
    use super::*;

    fn check(
        on: bool,
        blocks: &[&str],
        address: &str,
        expected: Result<usize, EnableAllowListRejection>,
    ) {
        let tenant = tenant(on, blocks);
        let decided = EnableAllowList {}.decide(&tenant, &from(address, ()));
        let fact = Event::from(AllowListEnabled { tenant: tenant.id.clone() });
        assert_eq!(decided, expected.map(|count| vec![fact; count]), "{blocks:?} {address}");
    }

    #[test]
    fn turns_on_what_covers_its_caller() {
        check(false, &["10.0.0.0/8"], "10.1.1.1", Ok(1));
        check(false, &["1.1.1.1", "::/0"], "2001:db8::1", Ok(1));
        check(true, &["10.0.0.0/8"], "8.8.8.8", Ok(0));
    }

    #[test]
    fn refuses_an_empty_list_and_one_without_its_caller() {
        use EnableAllowListRejection as No;
        check(false, &[], "10.1.1.1", Err(No::NoBlocks));
        check(false, &["-10.0.0.0/8"], "10.1.1.1", Err(No::NoBlocks));
        check(false, &["10.0.0.0/8"], "8.8.8.8", Err(No::AddressNotListed));
        check(false, &["10.0.0.0/8"], "", Err(No::AddressNotListed));
        check(false, &["10.0.0.0/8", "-8.8.8.8"], "8.8.8.8", Err(No::AddressNotListed));
    }
}
