//! What a webhook signs with: a secret in the form of the Standard Webhooks, and its place in the
//! vault.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::{TenantId, WebhookId};
use eventlog::{SealError, VaultKind, VaultWrite};

use crate::{Mint, Secret};

/// What a secret begins with; base64 of the signing key follows.
pub const SECRET_PREFIX: &str = "whsec_";

/// Where the vault keeps the secret of that number.
pub fn secret_id(tenant: &TenantId, webhook: WebhookId, generation: i64) -> String {
    format!("{tenant}/{webhook}.{generation}")
}

/// Takes the secret of that number out of the vault.
pub(super) fn drop_secret(tenant: &TenantId, webhook: WebhookId, generation: i64) -> VaultWrite {
    let public_id = secret_id(tenant, webhook, generation);
    VaultWrite::Delete { kind: VaultKind::WebhookSecret, public_id, tenant: tenant.clone() }
}

/// A new secret, of 32 bytes.
pub(super) fn draw(mint: &Mint<'_>, webhook: WebhookId) -> Result<Secret, SealError> {
    let clear = format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(mint.bytes::<32>()?));
    let stored = clear.clone().into_bytes();
    mint.secret(VaultKind::WebhookSecret, webhook.to_string(), clear, &stored)
}
