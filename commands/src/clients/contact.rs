//! The address at which somebody answers for a client: read in the clear, and sealed under the
//! client's own key before the lane.

use std::fmt;

use domain::{ClientId, ContactEmail, Personal};
use eventlog::{SealError, TenantKeys};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::is_address;

/// The longest address this dialect takes (tenant clients, "register").
const ADDRESS_MAX: usize = 512;

/// An e-mail address, in the clear. It shows itself nowhere.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ClearEmail(String);

impl ClearEmail {
    pub fn new(address: String) -> Self {
        Self(address)
    }
}

impl fmt::Debug for ClearEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearEmail(..)")
    }
}

/// An address that only the holder of the client's key can read.
#[derive(Debug, Clone)]
pub struct SealedEmail {
    pub sealed: Personal<ContactEmail>,
    /// Keyed hash of the address.
    pub lookup: String,
}

/// Why an address cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailFault {
    /// Mail cannot be sent to it.
    Invalid,
    /// The client's key is gone.
    Erased,
}

impl ClearEmail {
    /// Seals it under the key the client has had since it came to be.
    pub(super) fn seal(
        self,
        client: ClientId,
        keys: &TenantKeys,
    ) -> Result<Result<SealedEmail, EmailFault>, SealError> {
        let address = self.0.trim().to_owned();
        if !is_address(&address, ADDRESS_MAX) {
            return Ok(Err(EmailFault::Invalid));
        }
        let lookup = keys.lookup(&address);
        let email = ContactEmail { address, email_lookup: lookup.clone() };
        let sealed = keys.seal_more(&client.to_string(), &email)?;
        Ok(sealed.map(|sealed| SealedEmail { sealed, lookup }).ok_or(EmailFault::Erased))
    }
}
