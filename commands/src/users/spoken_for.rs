//! The tokens that speak for a user, and end with whoever the user is.

use domain::{ActorKind, Event, Tenant, TokenId, TokenRevoked, UserId};
use eventlog::{VaultKind, VaultWrite};

/// Those that still could speak.
fn tokens<'a>(tenant: &'a Tenant, user: &'a UserId) -> impl Iterator<Item = &'a TokenId> {
    let held = tenant.tokens.held_by(ActorKind::User, user.as_str());
    held.filter(|(_, token)| !token.revoked).map(|(id, _)| id)
}

/// The facts that end them.
pub(crate) fn revoked<'a>(
    tenant: &'a Tenant,
    user: &'a UserId,
) -> impl Iterator<Item = Event> + 'a {
    tokens(tenant, user).map(|token| TokenRevoked { token: token.clone() }.into())
}

/// What takes their secret halves out of the vault.
pub(crate) fn dropped(tenant: &Tenant, user: &UserId) -> Vec<VaultWrite> {
    let row = |token: &TokenId| VaultWrite::Delete {
        kind: VaultKind::Bearer,
        public_id: token.to_string(),
        tenant: tenant.id.clone(),
    };
    tokens(tenant, user).map(row).collect()
}
