//! Commands on the catalogue of an account: what no published operation creates, registered entry
//! by entry or as one document. An entry that stands already is no event, so a document can be sent
//! as often as one likes.

mod assign_contract_type;
mod fault;
mod register_api;
mod register_catalog;
mod register_contract_type;
mod register_cp_code;
mod register_grantable_role;
mod register_product;
mod register_switch_key;

use domain::{Actor, Catalog, Event, Registered, Tenant};

pub use assign_contract_type::{AssignContractType, AssignedTo};
pub use fault::CatalogFault;
pub use register_api::RegisterApi;
pub use register_catalog::RegisterCatalog;
pub use register_contract_type::RegisterContractType;
pub use register_cp_code::RegisterCpCode;
pub use register_grantable_role::RegisterGrantableRole;
pub use register_product::RegisterProduct;
pub use register_switch_key::RegisterSwitchKey;

use crate::names::is_name;

const NAME_MAX: usize = 256;
const DESCRIPTION_MAX: usize = 1_000;
/// The largest integer that every reader of JSON keeps exact.
const NUMBER_MAX: i64 = (1 << 53) - 1;

/// One entry, as a request brings it.
trait Entry {
    /// The fact that brings it into `catalog`, which is the tenant's own as earlier entries of the
    /// same document leave it. There is none where it stands already.
    fn fact(
        &self,
        tenant: &Tenant,
        catalog: &Catalog,
        actor: &Actor,
    ) -> Result<Option<Event>, CatalogFault>;

    /// Roughly how many bytes it holds.
    fn bytes(&self) -> usize;
}

/// All commands here but for the entries they carry.
macro_rules! registers {
    ($name:literal, |$this:ident| $entries:expr) => {
        type Rejection = crate::catalog::CatalogFault;
        type Fresh = ();
        const NAME: &'static str = $name;

        fn needs(&self) -> domain::Right {
            domain::Right::TenantAdmin
        }

        fn weight(&self) -> usize {
            let $this = self;
            $entries.iter().map(|entry| crate::catalog::Entry::bytes(*entry)).sum()
        }

        fn draw(&mut self, _: &mut crate::Mint<'_>) -> Result<(), eventlog::SealError> {
            Ok(())
        }

        fn target(&self, tenant: &domain::Tenant, _: &crate::Context) -> domain::Aggregate {
            domain::Aggregate::catalog(&tenant.id)
        }

        fn decide(
            &self,
            tenant: &domain::Tenant,
            context: &crate::Context,
        ) -> Result<Vec<domain::Event>, crate::catalog::CatalogFault> {
            let $this = self;
            crate::catalog::decided(&$entries, tenant, &context.actor)
        }
    };
}
use registers;

/// What these entries come to, one after the other.
fn decided(
    entries: &[&dyn Entry],
    tenant: &Tenant,
    actor: &Actor,
) -> Result<Vec<Event>, CatalogFault> {
    let mut catalog = tenant.catalog.clone();
    let mut events = Vec::new();
    for entry in entries {
        if let Some(event) = entry.fact(tenant, &catalog, actor)? {
            catalog.apply(&event);
            events.push(event);
        }
    }
    assign_contract_type::check(tenant, &catalog.contract_types)?;
    Ok(events)
}

/// The fact that `after` takes the place of `before`; none where they are the same.
fn registered<T: Clone + PartialEq>(before: Option<&T>, after: T) -> Option<Event>
where
    Event: From<Registered<T>>,
{
    let before = before.cloned();
    let is_new = before.as_ref() != Some(&after);
    is_new.then(|| Registered { before, after }.into())
}

/// A text of 1 to `max` characters.
fn check_text(member: &'static str, text: &str, max: usize) -> Result<(), CatalogFault> {
    if is_name(text, max) { Ok(()) } else { Err(CatalogFault::TextInvalid { member, max }) }
}

/// An id that comes from the provider: positive, and exact in JSON.
fn check_number(member: &'static str, number: i64) -> Result<(), CatalogFault> {
    let is_id = (1..=NUMBER_MAX).contains(&number);
    if is_id { Ok(()) } else { Err(CatalogFault::NumberInvalid { member }) }
}

/// A code that comes from the provider, as in `1-8BYUX`.
fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod sample;
