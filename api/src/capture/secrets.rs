//! The clients' secrets in the clear, for the answers that show them.

use std::collections::HashMap;

use eventlog::VaultKind;
use projections::clients::BriefRow;

use crate::call::Call;
use crate::fault::Fault;

const MASK: &str = "********************************";

/// The secrets of an application's clients, by their public ids.
pub(super) struct Secrets(HashMap<String, String>);

impl Secrets {
    /// All of them; none where a setting hides them.
    pub(super) async fn of(call: &Call) -> Result<Self, Fault> {
        if call.app.settings.capture_masks_secrets {
            return Ok(Self(HashMap::new()));
        }
        let tenant = &call.tenant;
        let keys = call.app.keyring.tenant(tenant).await?;
        let mut secrets = HashMap::new();
        for row in call.app.log.vault_of(VaultKind::ClientSecret, tenant).await? {
            let clear = String::from_utf8(keys.open(&row)?).map_err(|_| Fault::Internal)?;
            secrets.insert(row.public_id, clear);
        }
        Ok(Self(secrets))
    }

    /// The secret a client was given last, or a mask.
    pub(super) fn newest(&self, client: &BriefRow) -> &str {
        let public_id = format!("{}.{}", client.capture_id, client.secret_generation);
        self.0.get(&public_id).map_or(MASK, String::as_str)
    }
}
