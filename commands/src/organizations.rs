//! Commands on organizations.

mod create_organization;

pub use create_organization::{CreateOrganization, CreateOrganizationRejection};
