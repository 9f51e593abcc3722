//! Commands that make a tenant and keep what belongs to all of it.

mod create_tenant;
mod set_signing_secret;

pub use create_tenant::{CreateTenant, CreateTenantRejection};
pub use set_signing_secret::{SetSigningSecret, SetSigningSecretRejection};
